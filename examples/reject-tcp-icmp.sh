#!/usr/bin/env bash
# The web server's own firewall rejects TCP port 443 with iptables' default, an ICMP port
# unreachable, where a closed port would send a reset. Port 80 works. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w tls
on w iptables -A INPUT -p tcp --dport 443 -j REJECT
capture c eth0 "$NAME.pcap"
for i in 1 2 3; do
  try c curl -4 -k -sS https://www.example.com/
  sleep 2
done
try c curl -4 -sS http://www.example.com/
end_captures

#!/usr/bin/env bash
# A router's policy forbids the web server's port 443: REJECT --reject-with icmp-admin-prohibited.
# Names resolve and port 80 works. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w tls
on r iptables -A FORWARD -p tcp --dport 443 -j REJECT --reject-with icmp-admin-prohibited
capture c eth0 "$NAME.pcap"
for i in 1 2 3; do
  try c curl -4 -k -sS https://www.example.com/
  sleep 2
done
try c curl -4 -sS http://www.example.com/
end_captures

#!/usr/bin/env bash
# The web server's firewall drops port 443. The name resolves, port 80 of the same host works, ping
# too; the SYNs to 443 stay unanswered. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w tls
on w iptables -A INPUT -p tcp --dport 443 -j DROP
capture c eth0 "$NAME.pcap"
try c curl -4 -k -sS --connect-timeout 8 https://www.example.com/
try c curl -4 -k -sS --connect-timeout 8 https://www.example.com/
try c curl -4 -sS http://www.example.com/
sleep 6
try c ping -n -c 2 198.51.100.80
end_captures

#!/usr/bin/env bash
# The first resolver of two falls silent; after one second the stub asks the second one, which
# answers. Slower, but everybody is served. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
resolver 203.0.113.2 198.51.100.80 -- 'options timeout:1'
start_named s
start_named w
start_web w
capture c eth0 "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
on s iptables -A INPUT -p udp --dport 53 -j DROP
for i in 1 2 3; do
  try c curl -4 -sS http://www.example.com/
  sleep 1
done
end_captures

#!/usr/bin/env bash
# The loop of routing-loop.sh, captured between the two routers: each packet comes by again and again,
# each time with a lower TTL, until the last router gives it up.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
on w sysctl -qw net.ipv4.ip_forward=1
on w sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
on r sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.to-w.send_redirects=0
on r ip route add 198.51.100.128/25 via 198.51.100.80
on w ip route add 198.51.100.128/25 via 198.51.100.1
capture r to-w "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
for i in 1 2 3; do
  try c curl -4 -sS --connect-timeout 1 http://loop.example.com/
  sleep 1
done
end_captures

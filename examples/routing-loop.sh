#!/usr/bin/env bash
# Two routers send the packets of one network to each other until their hop limit is used up: the
# client gets ICMP time exceeded instead of a connection. The name server and other hosts are fine.
# Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
on w sysctl -qw net.ipv4.ip_forward=1
on w sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
on r sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.to-w.send_redirects=0
on r ip route add 198.51.100.128/25 via 198.51.100.80
on w ip route add 198.51.100.128/25 via 198.51.100.1
capture c eth0 "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
for i in 1 2 3; do
  try c curl -4 -sS --connect-timeout 5 http://loop.example.com/
  sleep 1
done
end_captures

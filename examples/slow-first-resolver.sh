#!/usr/bin/env bash
# The first resolver of two falls silent; the stub waits five seconds for it, its default, and is then
# served by the second one. Nothing fails, and every page opens five seconds late. At the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
resolver 203.0.113.2 198.51.100.80
start_named s
start_named w
start_web w
capture c eth0 "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
on s iptables -A INPUT -p udp --dport 53 -j DROP
for i in 1 2 3 4; do
  try c curl -4 -sS http://www.example.com/
  sleep 1
done
end_captures

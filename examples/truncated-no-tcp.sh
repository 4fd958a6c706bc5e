#!/usr/bin/env bash
# A filter lets DNS through over UDP only: short answers come, a long one is cut off (TC) and cannot be
# had over TCP. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
on s iptables -A INPUT -p tcp --dport 53 -j DROP
capture c eth0 "$NAME.pcap"
lookup www.example.com
for i in 1 2 3; do
  ask @203.0.113.2 big.example.com TXT
  sleep 1
done
lookup mail.example.com
end_captures

#!/usr/bin/env bash
# The name server's process ends while clients use it. named answers two lookups, is stopped with
# SIGTERM, and from then on the host's kernel answers each query with ICMP port unreachable.
# Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
start_web w
capture c eth0 "$NAME.pcap"
lookup www.example.com
try c curl -4 -sS http://www.example.com/
sleep 1
stop_daemon "$named"
# Four seconds apart: Linux sends at most one such ICMP error per second to one peer.
for name in www.example.com mail.example.com www.example.com; do
  ask "$name" A
  sleep 4
done
end_captures

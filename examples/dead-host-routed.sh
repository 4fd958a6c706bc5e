#!/usr/bin/env bash
# The name server behind the router loses its power (its link goes down). About three seconds after
# each query, when its ARP requests stayed unanswered, the router says host unreachable. Captured
# at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
sleep 1
on s ip link set eth0 down
on r ip neigh flush dev to-s
for name in www.example.com mail.example.com ns1.example.com; do
  try c dig +tries=1 +time=5 "$name" A
  sleep 1
done
try c curl -4 -sS http://198.51.100.80/
end_captures

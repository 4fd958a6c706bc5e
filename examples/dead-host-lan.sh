#!/usr/bin/env bash
# The resolver is a host on the client's own network, and its cable is pulled. After the client's
# ARP entry is gone (here: flushed), who-has stays unanswered and no query leaves any more. The
# router still answers. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named l
resolver 192.0.2.53
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
sleep 1
on l ip link set eth0 down
on c ip neigh flush dev eth0
for name in www.example.com mail.example.com ns1.example.com; do
  try c dig +tries=1 +time=4 "$name" A
done
try c ping -n -c 2 192.0.2.1
end_captures

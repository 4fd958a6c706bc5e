#!/usr/bin/env bash
# Somebody sets up a second machine with the address of the file server 192.0.2.53: both answer who
# asks for it. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
capture c eth0 "$NAME.pcap"
try c ping -n -c 2 192.0.2.53
on r ip address add 192.0.2.53/24 dev lan
for _ in 1 2 3 4; do
  on c ip neigh flush dev eth0
  try c ping -n -c 1 192.0.2.53
  sleep 2
done
end_captures

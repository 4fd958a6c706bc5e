#!/usr/bin/env bash
# The zone has no record "shop", although users are sent there; all other names are fine. Captured
# at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
capture c eth0 "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
for i in 1 2 3; do
  try c curl -4 -sS http://shop.example.com/
  sleep 1
done
lookup mail.example.com
end_captures

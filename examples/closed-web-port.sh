#!/usr/bin/env bash
# The name resolves, but nothing listens on the web server's port 443: each connection is reset at
# once. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
capture c eth0 "$NAME.pcap"
for i in 1 2 3; do
  try c curl -4 -sS https://www.example.com/
  sleep 1
done
end_captures

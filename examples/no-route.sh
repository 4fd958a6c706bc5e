#!/usr/bin/env bash
# The router loses its route to the web server's network and says net unreachable at once. The name
# server, in another network, goes on answering. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
capture c eth0 "$NAME.pcap"
try c curl -4 -sS http://www.example.com/
sleep 1
on r ip address del 198.51.100.1/24 dev to-w
for i in 1 2 3; do
  try c curl -4 -sS http://www.example.com/
  sleep 2
done
end_captures

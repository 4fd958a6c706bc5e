#!/usr/bin/env bash
# The name server's machine is up, but no name server was ever started on it. The client's stub
# asks, and a browser-like client fails before it could open any connection. Captured at the client
# by dumpcap (pcapng), and at the same time on all interfaces by tcpdump (Linux cooked v2).
source "$(dirname "$0")/lib.sh"
begin "$@"
start_web w
capture c any "$NAME-any.pcap"
capture_pcapng c eth0 "$NAME.pcapng"
for i in 1 2 3; do
  ask www.example.com A
  sleep 3
done
try c curl -4 -sS http://www.example.com/
sleep 1
end_captures

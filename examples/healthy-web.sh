#!/usr/bin/env bash
# Nothing is broken: names resolve, a page loads over HTTP and over HTTPS. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w tls
capture c eth0 "$NAME.pcap"
try c curl -sS http://www.example.com/
try c curl -k -sS https://www.example.com/
sleep 1
try c curl -4 -sS http://www.example.com/
end_captures

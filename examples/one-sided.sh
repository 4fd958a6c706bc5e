#!/usr/bin/env bash
# Nothing is broken, but the capture shows only what the client sends (as a mirror port of one
# direction does). "No answer" cannot be told from "not captured" here. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web w
capture c eth0 "$NAME.pcap" -Q out
try c curl -4 -sS http://www.example.com/
sleep 1
lookup mail.example.com
try c curl -4 -sS http://www.example.com/
sleep 7
try c curl -4 -sS http://www.example.com/
end_captures

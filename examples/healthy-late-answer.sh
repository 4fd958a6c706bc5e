#!/usr/bin/env bash
# The name server pauses (SIGSTOP) for three seconds. A client with one second of patience has
# closed its socket when the answer comes, so it is the client that sends ICMP port unreachable,
# quoting source port 53. Its next try is answered at once. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
capture c eth0 "$NAME.pcap"
lookup mail.example.com
kill -STOP "$named"
try c dig +tries=1 +time=1 www.example.com A &
sleep 2.5
kill -CONT "$named"
sleep 0.3
lookup www.example.com
sleep 1
lookup mail.example.com
end_captures

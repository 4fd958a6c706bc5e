#!/usr/bin/env bash
# The capture ends a moment after a query left, before an answer could be due: nothing failed as
# far as it shows. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
kill -STOP "$named"
try c dig +tries=1 +time=5 ns1.example.com A &
end_captures

#!/usr/bin/env bash
# The client calls a neighbour by IPv6 that is not there: the solicitations stay without an answer.
# Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
ipv6_on
capture c eth0 "$NAME.pcap"
try c ping -6 -n -c 2 2001:db8:1::1
try c ping -6 -n -c 6 2001:db8:1::53
sleep 5
end_captures

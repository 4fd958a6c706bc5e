#!/usr/bin/env bash
# The same as named-stopped over IPv6: the resolver is 2001:db8:3::2, its process ends, and ICMPv6
# destination unreachable, port unreachable (type 1 code 4) answers the queries. Captured at the
# client.
source "$(dirname "$0")/lib.sh"
begin "$@"
ipv6_on
resolver 2001:db8:3::2
start_named s
named=$DAEMON
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
sleep 1
stop_daemon "$named"
for name in www.example.com mail.example.com www.example.com; do
  ask "$name" A
  sleep 3
done
end_captures

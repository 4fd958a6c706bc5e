#!/usr/bin/env bash
# One client speaks a version of EDNS that the name server does not know (1 instead of 0): each of its
# queries gets BADVERS. Another client, with ordinary queries, is served all the while. Captured at
# the router, towards the server.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
capture r to-s "$NAME.pcap"
for name in www.example.com mail.example.com ns1.example.com; do
  try l dig +tries=1 +time=2 @203.0.113.2 "$name" A
  try c dig +tries=1 +time=2 +edns=1 +noednsnegotiation @203.0.113.2 "$name" A
  sleep 1
done
try l dig +tries=1 +time=2 @203.0.113.2 example.com MX
end_captures

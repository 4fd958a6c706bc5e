#!/usr/bin/env bash
# Nothing is broken, but much of it looks as if: a search list makes the stub ask for names that do
# not exist, AAAA has no data, traceroute lives on ICMP errors, and the last one is a port
# unreachable. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
resolver 203.0.113.2 -- 'search corp.example.com example.com'
start_named s
start_web w
capture c eth0 "$NAME.pcap"
try c getent ahosts www
try c curl -sS http://www/
try c traceroute -n -q 2 -w 1 198.51.100.80
try c ping -n -c 3 www.example.com
try c getent ahosts mail.example.com
end_captures

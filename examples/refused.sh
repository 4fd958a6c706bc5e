#!/usr/bin/env bash
# The name server runs but is configured to answer nobody outside its own network: every query of
# the client gets REFUSED. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s 'allow-query { 203.0.113.0/24; };'
capture c eth0 "$NAME.pcap"
ask www.example.com A
ask www.example.com AAAA
ask mail.example.com A
sleep 1
lookup www.example.com
end_captures

#!/usr/bin/env bash
# As in named-stopped, but captured with the filter `port 53`, which hides the ICMP errors: the
# stopped service then looks like one that does not answer. Another name server still answers.
# Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
start_named l
capture c eth0 "$NAME.pcap" port 53
lookup www.example.com mail.example.com
sleep 1
stop_daemon "$named"
for name in www.example.com mail.example.com www.example.com; do
  ask "$name" A
  sleep 4
done
sleep 3
ask @192.0.2.53 example.com SOA
end_captures

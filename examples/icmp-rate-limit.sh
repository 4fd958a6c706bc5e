#!/usr/bin/env bash
# As in named-stopped, but under load: Linux limits its ICMP errors to a burst of six and then
# about one per second per peer, so that one constant fault looks partly refused and partly silent.
# It is one incident. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
capture c eth0 "$NAME.pcap"
lookup www.example.com
stop_daemon "$named"
for ((i = 0; i < 40; ++i)); do
  try c dig +tries=1 +time=1 www.example.com A &
  sleep 0.15
done
sleep 6
try c ping -n -c 2 203.0.113.2
end_captures

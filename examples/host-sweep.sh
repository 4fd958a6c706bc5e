#!/usr/bin/env bash
# Nothing is down: a machine tries SSH at sixty addresses of the web server's network, of which only
# the web server's is in use, while a client loads pages. Captured at the machine that does it.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w
capture l eth0 host-sweep.pcap
probes=()
for host in {60..120}; do
  try l nc -z -w 2 "198.51.100.$host" 22 &
  probes+=($!)
  sleep 0.05
done
wait "${probes[@]}"
sleep 3
end_captures

#!/usr/bin/env bash
# Nothing is down: somebody pings the web server hundreds of times a second while a client loads
# pages, all of which come. Captured at the web server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w tls
capture w eth0 ping-flood.pcap
for _ in 1 2 3 4; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 1
done
floods=()
for _ in 1 2 3 4 5 6; do
  try l ping -q -i 0.02 -s 8 -c 100 198.51.100.80 &
  floods+=($!)
done
for _ in 1 2 3 4 5 6; do
  try c curl -sk -o /dev/null https://www.example.com/
done
wait "${floods[@]}"
try c curl -s -o /dev/null http://www.example.com/
end_captures

#!/usr/bin/env bash
# The machine 192.0.2.53 tells the client that it is the gateway, and the gateway that it is the
# client, over and over. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_web w
on l sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0
on l sysctl -qw net.ipv4.conf.eth0.send_redirects=0
capture c eth0 "$NAME.pcap"
try c curl -s -o /dev/null http://198.51.100.80/
try l ping -n -c 1 192.0.2.15
order='{"mac": "02:00:00:00:00:02", "device": "eth0", "every": 2, "seconds": 14, "pair": [
  {"address": "192.0.2.1", "mac": "02:00:00:00:01:00"},
  {"address": "192.0.2.15", "mac": "02:00:00:00:00:01"}]}'
inside l python3 -B "$(dirname "$(realpath "$0")")/../lab/runner/poison.py" "$order" &
PIDS+=($!)
for _ in 1 2 3 4; do
  try c curl -s -m 5 -o /dev/null http://198.51.100.80/
  on r ip neigh flush dev lan  # a gateway asks for its neighbours now and then
  try r ping -n -c 1 192.0.2.15
  sleep 2
done
end_captures

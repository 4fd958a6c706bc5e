#!/usr/bin/env bash
# A box on the way answers DNS queries in the name server's name with an address of its own; the true
# answers come as well. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
forger='{"target": "203.0.113.2", "port": 53, "device": "lan", "seed": 7}'
inside r python3 -B "$(dirname "$(realpath "$0")")/../lab/runner/injector.py" "$forger" &
PIDS+=($!)
sleep 1
for name in www mail ns1 www; do
  ask @203.0.113.2 "$name.example.com"
  sleep 0.5
done
end_captures

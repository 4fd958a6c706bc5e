#!/usr/bin/env bash
# A host sends its log messages (syslog, UDP port 514) to a server on which no syslog daemon runs:
# the kernel answers each with ICMP port unreachable. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
capture c eth0 "$NAME.pcap"
for i in 1 2 3 4; do
  try c logger --server 198.51.100.80 --udp --port 514 --rfc3164 "message $i"
  sleep 2
done
end_captures

#!/usr/bin/env bash
# Nothing is down: a monitor looks for open ports of the web server while a client loads pages. Each
# closed port answers RST, ACK.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w tls
capture c eth0 port-scan.pcap
try c curl -s -o /dev/null http://www.example.com/
for port in {20..59} 80 110 143 443 993 3306 8080; do
  try c nc -z -w 1 198.51.100.80 "$port"
done
try c curl -sk -o /dev/null https://www.example.com/
end_captures

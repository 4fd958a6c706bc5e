#!/usr/bin/env bash
# Nothing is down: somebody sends datagrams to closed ports of the web server, each from a port of its
# own, hundreds a second, while a client loads pages, all of which come. Captured at the web server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w tls
capture w eth0 udp-flood.pcap
for _ in 1 2 3; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 1
done
try l python3 -c '
import socket, time
for number in range(600):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.sendto(b"x" * 8, ("198.51.100.80", 9000 + number % 5))
    sock.close()
    if number % 10 == 9:
        time.sleep(0.06)
' &
flood=$!
sleep 1
for _ in 1 2 3 4 5 6; do
  try c curl -sk -o /dev/null https://www.example.com/
done
wait "$flood"
try c curl -s -o /dev/null http://www.example.com/
end_captures

#!/usr/bin/env bash
# Nothing is down: somebody asks the name server for names that do not exist, each another one, hundreds
# a second, while a client looks up names and loads pages, all of which come. Captured at the server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w
capture s eth0 dns-query-flood.pcap
for _ in 1 2 3; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 1
done
try l python3 -c '
import random, socket, struct, time
letters = "abcdefghijklmnopqrstuvwxyz0123456789"
for number in range(420):
    label = "".join(random.choice(letters) for _ in range(10)).encode()
    query = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    query += bytes([len(label)]) + label + b"\x07example\x03com\0\0\x01\0\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(query, ("203.0.113.2", 53))
    if number % 10 == 9:
        time.sleep(0.05)
' &
flood=$!
while kill -0 "$flood" 2>/dev/null; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 0.2
done
try c curl -s -o /dev/null http://www.example.com/
end_captures

#!/usr/bin/env bash
# Nothing is down: a machine asks for one page three hundred times in two seconds, with a query that
# differs each time, while a client loads pages, all of which come. Captured at the web server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
start_web w
capture w eth0 web-flood.pcap
for _ in 1 2 3; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 1
done
try l python3 -c '
import socket, time
with socket.create_connection(("198.51.100.80", 80)) as sock:
    for number in range(300):
        sock.sendall(f"GET /?q={number} HTTP/1.1\r\nHost: www.example.com\r\n\r\n".encode())
        sock.recv(4096)
        time.sleep(0.004)
' &
flood=$!
for _ in 1 2 3 4 5 6; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 0.3
done
wait "$flood"
try c curl -s -o /dev/null http://www.example.com/
end_captures

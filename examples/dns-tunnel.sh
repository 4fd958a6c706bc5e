#!/usr/bin/env bash
# Nothing is down: a program of the client sends data in the names that it asks for, and gets data in the
# answers, as tunnels through DNS do; its other end is the program on the name server. Captured at the
# client.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_web w
inside s python3 -c '
import os, random, socket, struct
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("203.0.113.2", 53))
while True:
    query, peer = sock.recvfrom(2048)
    end = query.index(b"\0", 12) + 5
    head = query[:2] + struct.pack(">HHHHH", 0x8400, 1, 1, 0, 0) + query[12:end]
    kind = struct.unpack(">H", query[end - 4:end - 2])[0]
    data = socket.inet_aton("198.51.100.80")
    if kind == 16:
        text = os.urandom(random.randrange(8, 100)).hex().encode()
        data = bytes([len(text)]) + text
    sock.sendto(head + struct.pack(">HHHIH", 0xc00c, kind, 1, 0, len(data)) + data, peer)
' >"$WORK/tunnel.log" 2>&1 &
PIDS+=("$!")
wait_listening s -u 53
capture c eth0 dns-tunnel.pcap
try c curl -4 -s -o /dev/null http://www.example.com/
try c python3 -c '
import os, random, socket, struct, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
sock.connect(("203.0.113.2", 53))
for number in range(200):
    text = os.urandom(random.randrange(14, 60)).hex().encode()
    query = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    for at in range(0, len(text), 60):
        part = text[at:at + 60]
        query += bytes([len(part)]) + part
    sock.send(query + b"\x01t\x07example\x03net\0\0\x10\0\x01")
    sock.recv(2048)
    time.sleep(0.03)
'
try c curl -4 -s -o /dev/null http://www.example.com/
end_captures

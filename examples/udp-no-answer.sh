#!/usr/bin/env bash
# A client asks a RADIUS server (UDP 1812), repeats itself as RADIUS clients do, and gets no answer: a
# filter drops the requests. Beside it a machine reports to a syslog port, which never answers and
# need not. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
on s iptables -A INPUT -p udp -m multiport --dports 514,1812 -j DROP
capture c eth0 "$NAME.pcap"
lookup www.example.com
# send PORT TEXT...: one datagram a second from one socket.
send() {
  local port=$1 text
  shift
  {
    for text in "$@"; do
      printf '%s' "$text" >&3
      sleep 1
    done
  } 3>"/dev/udp/203.0.113.2/$port"
}
export -f send
try c bash -c 'send 514 "<13>disk 91 % full" "<13>disk 92 % full" "<13>disk 95 % full"' &
for user in alice bob; do
  try c bash -c "send 1812 'Access-Request $user' 'Access-Request $user' 'Access-Request $user'"
done
wait $! || true
sleep 3
lookup mail.example.com
end_captures

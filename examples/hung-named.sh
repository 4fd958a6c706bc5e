#!/usr/bin/env bash
# The name server's process hangs (SIGSTOP): its sockets stay open, so the kernel takes the queries
# and nobody reads them. UDP is silent; TCP port 53 still completes its handshake, because the
# kernel does that, and then no answer comes. The host answers ping. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
named=$DAEMON
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
sleep 1
kill -STOP "$named"
for name in www.example.com mail.example.com ns1.example.com; do
  ask "$name" A
  sleep 1
done
ask +tcp @203.0.113.2 example.com SOA
sleep 6
try c ping -n -c 2 203.0.113.2
end_captures

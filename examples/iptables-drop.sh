#!/usr/bin/env bash
# The name server runs, and its firewall begins to drop everything to port 53, UDP and TCP. The
# host still answers ping and serves a web page. Captured at the client and, in -server.pcap, at
# the server's interface: the queries arrive, and no answer leaves.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_web s
capture c eth0 "$NAME.pcap"
capture s eth0 "$NAME-server.pcap"
lookup www.example.com mail.example.com
sleep 1
on s iptables -A INPUT -p udp --dport 53 -j DROP
on s iptables -A INPUT -p tcp --dport 53 -j DROP
for name in www.example.com mail.example.com ns1.example.com; do
  ask "$name" A
  sleep 1
done
ask +tcp @203.0.113.2 example.com SOA
try c curl -4 -sS http://203.0.113.2/
sleep 6
try c ping -n -c 2 203.0.113.2
end_captures

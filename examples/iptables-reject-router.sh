#!/usr/bin/env bash
# The name server runs, and the router in front of it begins to reject UDP port 53 (FORWARD ... -j
# REJECT). The ICMP port unreachable comes from the router's address. Captured at the client, and
# on the router's side towards the server, where the rejected queries never appear.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
capture c eth0 "$NAME.pcap"
capture r to-s "$NAME-inside.pcap"
lookup www.example.com
sleep 1
on r iptables -A FORWARD -p udp --dport 53 -j REJECT --reject-with icmp-port-unreachable
for name in www.example.com mail.example.com ns1.example.com; do
  ask "$name" A
  sleep 3
done
ask +tcp @203.0.113.2 example.com SOA
try c ping -n -c 2 203.0.113.2
end_captures

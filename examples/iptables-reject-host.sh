#!/usr/bin/env bash
# The name server runs, and a rule in its own firewall begins to reject UDP port 53 (INPUT ... -j
# REJECT, whose default answer is ICMP port unreachable). TCP port 53 goes on working. Captured at
# the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
capture c eth0 "$NAME.pcap"
lookup www.example.com mail.example.com
sleep 1
on s iptables -A INPUT -p udp --dport 53 -j REJECT
for name in www.example.com mail.example.com ns1.example.com; do
  ask "$name" A
  sleep 3
done
ask +tcp @203.0.113.2 example.com SOA
try c ping -n -c 2 203.0.113.2
end_captures

#!/usr/bin/env bash
# A page over HTTP/3 (QUIC); then a firewall on the router drops UDP to port 443, and two more tries
# get no answer. The client speaks nothing but QUIC. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_quic w www.example.com
capture c eth0 "$NAME.pcap"
page_over_quic
on r iptables -A FORWARD -p udp --dport 443 -j DROP
sleep 1
page_over_quic
sleep 2
page_over_quic
sleep 2
end_captures

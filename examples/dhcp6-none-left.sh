#!/usr/bin/env bash
# A network where addresses of IPv6 come from DHCP alone (the router says so). Its server has one
# address, and somebody has it: the next client asks and is told that there is none (NoAddrsAvail).
# Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
managed_network
start_dhcp6 l 2001:db8:1::100,2001:db8:1::100
capture c eth0 "$NAME.pcap"
ask_dhcp6 other 8
ask_dhcp6 c 14
end_captures

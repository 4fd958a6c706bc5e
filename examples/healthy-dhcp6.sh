#!/usr/bin/env bash
# Nothing is wrong: a client is given an address by DHCP for IPv6; another network has no such server,
# and its router announces prefixes, so that nobody needs one. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
managed_network
start_dhcp6 l 2001:db8:1::100,2001:db8:1::120
capture c eth0 "$NAME.pcap"
ask_dhcp6 c 12
stop_daemon "$DAEMON"
managed_network 0x40c0
ask_dhcp6 c 12
end_captures

#!/usr/bin/env bash
# A network where addresses of IPv6 come from DHCP alone (the router says so), and whose DHCP server
# does not run: the client asks in vain. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
managed_network
capture c eth0 "$NAME.pcap"
ask_dhcp6 c 20
end_captures

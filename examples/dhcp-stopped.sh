#!/usr/bin/env bash
# The DHCP server on the client's own network serves a client that joins, then it is stopped: the
# next client that joins calls in vain. Names still resolve. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_dhcp l 192.0.2.100,192.0.2.120
capture c eth0 "$NAME.pcap"
join_by_dhcp
lookup www.example.com
stop_daemon "$DAEMON"
join_by_dhcp
lookup mail.example.com
sleep 3
end_captures

#!/usr/bin/env bash
# A client comes from another network and asks for its address of there. The DHCP server refuses it
# (DHCPNAK), and has no other one: its only address is given away. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_dhcp l 192.0.2.100,192.0.2.100
# Another client, which is in the same namespace only because that is simpler.
on c ip link add other link eth0 address 02:00:00:00:00:77 type macvlan
on c ip link set other up
join_by_dhcp other
capture c eth0 "$NAME.pcap"
move_by_dhcp
sleep 5
end_captures

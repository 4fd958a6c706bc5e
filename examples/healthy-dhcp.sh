#!/usr/bin/env bash
# Nothing is wrong: a client comes from another network, is refused its address of there (DHCPNAK),
# and is given a new one at once; another one joins. The server looks first whether the address that
# it is going to offer is free, by ARP requests that nobody answers. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_dhcp l 192.0.2.100,192.0.2.120
capture c eth0 "$NAME.pcap"
move_by_dhcp
on c ip link add other link eth0 address 02:00:00:00:00:77 type macvlan
on c ip link set other up
join_by_dhcp other
sleep 3
end_captures

#!/usr/bin/env bash
# The same captures in other forms: other file formats, compressed, and as tcpdump prints them.
# Needs no root. Argument: the folder that holds the captures.
set -euo pipefail
export TZ=UTC
cd "${1:?usage: $0 CAPTURES-FOLDER}"

editcap -F nsecpcap named-stopped.pcap named-stopped-nano.pcap
editcap -F pcapng named-stopped.pcap named-stopped.pcapng
for name in named-stopped.pcap named-stopped.pcapng; do
  gzip -9 -n -k -f "$name"
done
zstd -q -f -19 named-stopped.pcap

print() { tcpdump -r "$1" "${@:2}" 2>/dev/null; }
for name in named-stopped iptables-drop closed-web-port healthy-web refused servfail nxdomain \
  dns-query-flood dns-tunnel; do
  print $name.pcap -n >$name-n.txt
done
print named-stopped.pcap -n -v >named-stopped-v.txt
print named-stopped.pcap -n -tttt >named-stopped-tttt.txt
print named-stopped.pcap -n -e >named-stopped-e.txt
print named-stopped.pcap -nn -vv -e -tttt -X >named-stopped-vvettttX.txt
print named-never-up-any.pcap -n >named-never-up-any-n.txt
print ipv6-port-unreachable.pcap -n >ipv6-port-unreachable-n.txt
print dead-host-lan.pcap -n >dead-host-lan-n.txt
print dead-host-routed.pcap -n -tttt >dead-host-routed-tttt.txt
print healthy-odd.pcap -n -v >healthy-odd-v.txt
print dhcp-stopped.pcap -n -v >dhcp-stopped-v.txt
print healthy-dhcp.pcap -n >healthy-dhcp-n.txt
print arp-conflict.pcap -n >arp-conflict-n.txt

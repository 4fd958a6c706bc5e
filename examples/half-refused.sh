#!/usr/bin/env bash
# Two named behind one address take turns, as behind a load balancer; the second one's allow-query
# excludes the client. About half of the lookups are answered REFUSED.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
second="$WORK/second"
mkdir -p "$second"
sed -e "s|$WORK/named-s|$second|g" \
  -e 's|listen-on { any; };|listen-on port 5300 { any; }; allow-query { none; };|' \
  -e 's|listen-on-v6 { any; };|listen-on-v6 { none; };|' "$WORK/named-s/named.conf" \
  >"$second/named.conf"
write_zone "$second/zone"
inside s named -g -n 1 -c "$second/named.conf" >"$WORK/named-second.log" 2>&1 &
PIDS+=($!)
wait_listening s -u 5300
on s iptables -t nat -A PREROUTING -p udp --dport 53 -m statistic --mode nth --every 2 --packet 1 \
  -j REDIRECT --to-ports 5300

capture c eth0 half-refused.pcap
for name in www mail ns1 www mail ns1 www mail; do
  ask "$name.example.com" A
  sleep 6
done
end_captures

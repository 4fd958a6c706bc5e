#!/usr/bin/env bash
# The resolver (unbound) is well, but the upstream it forwards to is dead: that machine's link is down.
# The client waits for as long as the resolver tries, then gets SERVFAIL; asked again, the resolver
# answers SERVFAIL at once from its cache. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
on w ip link set eth0 down
start_unbound s '  outbound-msg-retry: 1
forward-zone:
  name: "."
  forward-addr: 198.51.100.80
'
capture c eth0 "$NAME.pcap"
for name in www.example.com mail.example.com www.example.com; do
  try c dig +tries=1 +time=10 "$name" A
  sleep 1
done
end_captures

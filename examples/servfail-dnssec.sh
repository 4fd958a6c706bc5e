#!/usr/bin/env bash
# The resolver (unbound) validates and holds a trust anchor for example.com, but the zone it gets
# is not signed: bogus, so SERVFAIL with an extended error. With checking disabled (+cd) the same
# name resolves. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named w
digest=1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF
start_unbound s "server:
  trust-anchor: \"example.com. DS 12345 13 2 $digest\"
stub-zone:
  name: example.com
  stub-addr: 198.51.100.80
"
capture c eth0 "$NAME.pcap"
for name in www.example.com mail.example.com ns1.example.com; do
  try c dig +tries=1 +time=10 "$name" A
  sleep 1
done
ask +cd www.example.com A
end_captures

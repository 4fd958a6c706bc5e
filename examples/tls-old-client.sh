#!/usr/bin/env bash
# The web server speaks TLS 1.3 only, the client 1.2 at most. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_tls w www.example.com '9 days ago' '80 days' -tls1_3
capture c eth0 "$NAME.pcap"
page_over_tls --tls-max 1.2
sleep 1
page_over_tls --tls-max 1.2
sleep 1
page_over_tls --tls-max 1.2
end_captures

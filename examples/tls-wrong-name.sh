#!/usr/bin/env bash
# The web server shows the certificate of another site (TLS 1.2). Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_tls w intern.example.com '9 days ago' '80 days' -tls1_2
capture c eth0 "$NAME.pcap"
page_over_tls
sleep 1
page_over_tls
sleep 1
page_over_tls
end_captures

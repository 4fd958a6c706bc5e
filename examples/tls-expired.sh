#!/usr/bin/env bash
# The certificate of the web server ran out three days ago. Captured at the client; TLS 1.2, so that
# the certificate is in view.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_tls w www.example.com '90 days ago' '3 days ago' -tls1_2
capture c eth0 "$NAME.pcap"
page_over_tls
sleep 1
page_over_tls
sleep 1
page_over_tls
end_captures

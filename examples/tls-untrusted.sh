#!/usr/bin/env bash
# The web server's certificate is signed by an authority that the client does not know. TLS 1.3: the
# certificate is encrypted, the client's alert is not. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_tls w www.example.com '9 days ago' '80 days'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 -subj '/CN=Another' \
  -keyout "$WORK/other.key" -out "$WORK/ca.pem" 2>/dev/null
capture c eth0 "$NAME.pcap"
page_over_tls
sleep 1
page_over_tls
sleep 1
page_over_tls
end_captures

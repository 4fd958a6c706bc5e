#!/usr/bin/env bash
# The program on port 443 is stopped (SIGSTOP): the kernel accepts connections and acknowledges what
# comes, and nobody answers. Captured at the client.
source "$(dirname "$0")/lib.sh"
begin "$@"
start_named s
start_tls w www.example.com '9 days ago' '80 days'
kill -STOP "$DAEMON"
capture c eth0 "$NAME.pcap"
page_over_tls
page_over_tls
sleep 1
try c ping -n -c 2 198.51.100.80
sleep 5
end_captures

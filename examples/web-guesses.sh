#!/usr/bin/env bash
# Nothing is down: a machine tries thirty passwords at a page that asks for one, and the last is right; a
# client who knows it loads the page. Captured at the web server.
source "$(dirname "$0")/lib.sh"
begin "$@"

start_named s
mkdir -p "$WORK/web"
echo '<!doctype html><title>It works</title>' >"$WORK/web/index.html"
echo 'admin:{PLAIN}correct-horse' >"$WORK/web/users"
cat >"$WORK/nginx.conf" <<CONF
daemon off; master_process off; worker_processes 1; pid $WORK/web/pid; error_log $WORK/web/error.log;
events { worker_connections 64; }
http { access_log off; server { listen 80; root $WORK/web;
  auth_basic admin; auth_basic_user_file $WORK/web/users; } }
CONF
inside w nginx -c "$WORK/nginx.conf" &
PIDS+=("$!")
wait_listening w -t 80
capture w eth0 web-guesses.pcap
try c curl -s -o /dev/null -u admin:correct-horse http://www.example.com/
for number in {1..30}; do
  try l curl -s -o /dev/null -u "admin:password$number" http://198.51.100.80/
  sleep 0.1
done
try l curl -s -o /dev/null -u admin:correct-horse http://198.51.100.80/
try c curl -s -o /dev/null -u admin:correct-horse http://www.example.com/
end_captures

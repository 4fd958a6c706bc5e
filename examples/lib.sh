# shellcheck shell=bash
# What the example scripts share: a small network of namespaces, real daemons in it, captures.
#
#     c  192.0.2.15   --+
#                       +-- r --- s  203.0.113.2    the name server, reached through the router
#     l  192.0.2.53   --+     \-- w  198.51.100.80  the web server, reached through the router
#
# c is the client and l a host on its own network (r bridges the two); r is 192.0.2.1, 203.0.113.1
# and 198.51.100.1. IPv6 is off unless a script calls ipv6_on: then c is 2001:db8:1::15 and s is
# 2001:db8:3::2. All of it lives in namespaces named after this process, which are removed at exit;
# the machine's own network is not touched.
#
# A script calls `begin "$@"`, then builds its scenario with the functions below.

set -euo pipefail

begin() {
  if [[ $# -ne 1 ]]; then
    echo "usage: $0 OUTPUT-FOLDER" >&2
    exit 2
  fi
  if [[ $(id -u) -ne 0 ]]; then
    echo "$0: must run as root: it creates network namespaces" >&2
    exit 2
  fi
  NAME=$(basename "$0" .sh)
  OUT=$(realpath -m "$1")
  mkdir -p "$OUT"
  WORK=$(mktemp -d "/tmp/whydown-$NAME.XXXXXX")
  chmod 755 "$WORK"
  NET=wd$$
  PIDS=()
  CAPTURES=()
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  build_network
}

clean_up() {
  local status=$? pid ns
  for pid in "${CAPTURES[@]}" "${PIDS[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  for ns in c l r s w; do
    ip netns del "$NET$ns" 2>/dev/null || true
    rm -rf "/etc/netns/$NET$ns"
  done
  rmdir /etc/netns 2>/dev/null || true
  rm -rf "$WORK"
  exit "$status"
}

# on NS COMMAND...: runs a command in a namespace.
on() {
  local ns=$1
  shift
  ip netns exec "$NET$ns" "$@"
}

# inside NS COMMAND... &: the same for a daemon: `$!` is then the command's own process id.
inside() {
  local ns=$1
  shift
  exec nsenter --net="/run/netns/$NET$ns" "$@"
}

# try NS COMMAND...: the same for a client that may well fail; bounded, its words kept away.
try() {
  local ns=$1
  shift
  ip netns exec "$NET$ns" timeout 40 "$@" >>"$WORK/client.log" 2>&1 || true
}

build_network() {
  local ns
  for ns in c l r s w; do
    ip netns add "$NET$ns"
    on $ns ip link set lo up
    on $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  done
  on r sysctl -qw net.ipv4.ip_forward=1
  for ns in c l s w; do
    # The fixed hardware addresses keep one run's capture like the next one's.
    ip link add eth0 netns "$NET$ns" address "02:00:00:00:00:0$(index_of $ns)" type veth \
      peer name "to-$ns" netns "$NET"r address "02:00:00:00:01:0$(index_of $ns)"
    on r ip link set "to-$ns" up
  done
  on r ip link add lan address 02:00:00:00:01:00 type bridge
  on r ip link set to-c master lan
  on r ip link set to-l master lan
  on r ip link set lan up
  on r ip address add 192.0.2.1/24 dev lan
  on r ip address add 203.0.113.1/24 dev to-s
  on r ip address add 198.51.100.1/24 dev to-w
  join c 192.0.2.15/24 192.0.2.1
  join l 192.0.2.53/24 192.0.2.1
  join s 203.0.113.2/24 203.0.113.1
  join w 198.51.100.80/24 198.51.100.1
  resolver 203.0.113.2
}

index_of() {
  case $1 in c) echo 1 ;; l) echo 2 ;; s) echo 3 ;; w) echo 4 ;; esac
}

join() {
  on "$1" ip link set eth0 up
  on "$1" ip address add "$2" dev eth0
  on "$1" ip route add default via "$3"
}

ipv6_on() {
  local ns
  for ns in c r s; do
    on $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
  on r sysctl -qw net.ipv6.conf.all.forwarding=1
  on r ip address add 2001:db8:1::1/64 dev lan nodad
  on r ip address add 2001:db8:3::1/64 dev to-s nodad
  on c ip address add 2001:db8:1::15/64 dev eth0 nodad
  on s ip address add 2001:db8:3::2/64 dev eth0 nodad
  on c ip route add default via 2001:db8:1::1
  on s ip route add default via 2001:db8:3::1
  sleep 2  # duplicate address detection of the link-local addresses
}

# resolver ADDRESS... [-- LINE...]: the client's resolv.conf, with further lines after `--`.
resolver() {
  mkdir -p "/etc/netns/${NET}c"
  {
    while [[ $# -gt 0 && $1 != -- ]]; do
      echo "nameserver $1"
      shift
    done
    [[ $# -gt 0 ]] && shift
    printf '%s\n' "$@"
  } >"/etc/netns/${NET}c/resolv.conf"
}

# Waits until a socket of that protocol (-u or -t) and port listens in the namespace.
wait_listening() {
  local ns=$1 kind=$2 port=$3 i
  for ((i = 0; i < 100; ++i)); do
    if on "$ns" ss -Hln "$kind" "sport = :$port" | grep -q .; then return; fi
    sleep 0.1
  done
  echo "$NAME: nothing listens on port $port in $ns" >&2
  cat "$WORK"/*.log >&2 || true
  exit 1
}

# start_named NS [OPTION-LINE...]: authoritative for example.com; DAEMON is its process id.
start_named() {
  local ns=$1 dir="$WORK/named-$1"
  shift
  mkdir -p "$dir"
  write_zone "$dir/zone"
  {
    echo "options { directory \"$dir\"; pid-file none; session-keyfile none; recursion no;"
    echo "  listen-on { any; }; listen-on-v6 { any; }; dnssec-validation no; notify no;"
    printf '  %s\n' "$@"
    echo "};"
    echo "controls { };"
    echo "zone \"example.com\" { type primary; file \"$dir/zone\"; };"
  } >"$dir/named.conf"
  inside "$ns" named -g -n 1 -c "$dir/named.conf" >"$WORK/named-$ns.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$ns" -u 53
}

write_zone() {
  cat >"$1" <<'ZONE'
$TTL 300
@     SOA  ns1 hostmaster 1 3600 600 86400 60
      NS   ns1
      MX   10 mail
ns1   A    203.0.113.2
www   A    198.51.100.80
mail  A    198.51.100.80
loop  A    198.51.100.200
ZONE
  # More than fits into a datagram of 1232 bytes.
  printf 'big TXT%s\n' "$(printf ' "%0200d"' 0 0 0 0 0 0 0 0)" >>"$1"
}

# start_web NS [tls]: nginx on port 80, and on 443 with a certificate of its own.
start_web() {
  local ns=$1 dir="$WORK/web"
  mkdir -p "$dir"
  echo '<!doctype html><title>It works</title><p>Example page.' >"$dir/index.html"
  if [[ ${2:-} == tls ]]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
      -subj /CN=www.example.com -addext subjectAltName=DNS:www.example.com \
      -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
  fi
  {
    echo "daemon off; master_process off; worker_processes 1;"
    echo "pid $dir/pid; error_log $dir/error.log;"
    echo "events { worker_connections 64; }"
    echo "http { access_log off;"
    for path in client_body proxy fastcgi uwsgi scgi; do
      echo "  ${path}_temp_path $dir/$path;"
    done
    echo "  server { listen 80; root $dir;"
    if [[ ${2:-} == tls ]]; then
      echo "    listen 443 ssl; ssl_certificate $dir/cert.pem; ssl_certificate_key $dir/key.pem;"
    fi
    echo "  }"
    echo "}"
  } >"$dir/nginx.conf"
  inside "$ns" nginx -c "$dir/nginx.conf" >"$WORK/nginx-$ns.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$ns" -t 80
}

# start_tls NS NAME FROM UNTIL [S_SERVER-OPTION...]: pages over TLS on port 443, with a certificate
# for NAME that is good between two dates (as `date -d` reads them), signed by $WORK/ca.pem; DAEMON
# is the server's process id.
start_tls() {
  local ns=$1 name=$2 from until
  from=$(date -u -d "$3" +%Y%m%d%H%M%SZ)
  until=$(date -u -d "$4" +%Y%m%d%H%M%SZ)
  shift 4
  (
    cd "$WORK"
    : >index
    printf '%s\n' '[ca]' 'default_ca = a' '[a]' 'database = index' 'new_certs_dir = .' \
      'rand_serial = yes' 'default_md = sha256' 'policy = any' 'copy_extensions = copy' \
      '[any]' 'commonName = supplied' >ca.conf
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 \
      -subj '/CN=Example Authority' -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
      -addext "subjectAltName=DNS:$name" -keyout tls.key -out tls.csr
    openssl ca -config ca.conf -batch -notext -in tls.csr -cert ca.pem -keyfile ca.key \
      -startdate "$from" -enddate "$until" -out tls.pem
  ) 2>"$WORK/authority.log"
  inside "$ns" openssl s_server -accept 443 -www -quiet -cert "$WORK/tls.pem" \
    -key "$WORK/tls.key" "$@" >"$WORK/tls-$ns.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$ns" -t 443
}

# page_over_tls [CURL-OPTION...]: loads it as a user would, who trusts $WORK/ca.pem only.
page_over_tls() {
  try c curl -4 -sS --cacert "$WORK/ca.pem" --max-time 8 "$@" https://www.example.com/
}

# start_quic NS NAME [GTLSSERVER-OPTION...]: pages over HTTP/3 on UDP port 443; DAEMON is its process
# id.
start_quic() {
  local ns=$1 name=$2
  shift 2
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj "/CN=$name" -keyout "$WORK/quic.key" -out "$WORK/quic.pem" 2>"$WORK/quic-key.log"
  mkdir -p "$WORK/pages"
  echo '<!doctype html><title>It works</title>' >"$WORK/pages/index.html"
  echo 'text/html html' >"$WORK/mime"
  inside "$ns" gtlsserver -q -d "$WORK/pages" --mime-types-file="$WORK/mime" "$@" '*' 443 \
    "$WORK/quic.key" "$WORK/quic.pem" >"$WORK/quic-$ns.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$ns" -u 443
}

# page_over_quic [GTLSCLIENT-OPTION...]: looks the name up and loads its page over HTTP/3.
page_over_quic() {
  try c gtlsclient -q --exit-on-all-streams-close --no-pmtud --handshake-timeout=6s --timeout=8s \
    "$@" www.example.com 443 https://www.example.com/
}

# start_unbound NS CONFIG-TEXT: a validating resolver; DAEMON is its process id.
start_unbound() {
  local ns=$1 conf="$WORK/unbound-$1.conf"
  {
    echo 'server:'
    echo '  interface: 0.0.0.0'
    echo '  access-control: 0.0.0.0/0 allow'
    echo '  do-ip6: no'
    echo '  do-daemonize: no'
    echo '  chroot: ""'
    echo '  username: ""'
    echo "  directory: \"$WORK\""
    echo '  pidfile: ""'
    echo '  use-syslog: no'
    echo '  do-not-query-localhost: no'
    echo '  ede: yes'
    printf '%s\n' "$2"
  } >"$conf"
  inside "$ns" unbound -d -c "$conf" >"$WORK/unbound-$ns.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$ns" -u 53
}

# start_dhcp NS FIRST,LAST: dnsmasq gives out these addresses; DAEMON is its process id.
start_dhcp() {
  inside "$1" dnsmasq --keep-in-foreground --port=0 --user=root --pid-file="$WORK/dhcp.pid" \
    --dhcp-leasefile="$WORK/leases" --bind-interfaces --interface=eth0 --dhcp-authoritative \
    --dhcp-range="$2,255.255.255.0,2m" >"$WORK/dhcp-$1.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$1" -u 67
}

# join_by_dhcp [INTERFACE]: what a client does that joins the network; the address that it is given
# becomes a second one of c.
join_by_dhcp() {
  write_dhcp_script
  try c udhcpc -i "${1:-eth0}" -f -n -q -t 3 -T 4 -s "$WORK/dhcp-script"
}

# move_by_dhcp: the same of a client that comes from another network, where it was 10.9.9.9.
move_by_dhcp() {
  write_dhcp_script
  {
    echo 'lease { interface "eth0"; fixed-address 10.9.9.9; option subnet-mask 255.255.255.0;'
    echo '  option dhcp-server-identifier 10.9.9.1; renew never; rebind never; expire never; }'
  } >"$WORK/dhclient.leases"
  try c timeout 16 dhclient -1 -d -sf "$WORK/dhcp-script" -cf /dev/null \
    -lf "$WORK/dhclient.leases" -pf "$WORK/dhclient.pid" eth0
}

# For udhcpc, which says `bound`, and for dhclient.
write_dhcp_script() {
  cat >"$WORK/dhcp-script" <<'SCRIPT'
#!/bin/sh
if [ "$1" = bound ] || [ "$reason" = BOUND ]; then
  ip address replace "${ip:-$new_ip_address}/24" dev "$interface"
fi
SCRIPT
  chmod 755 "$WORK/dhcp-script"
}

# managed_network [PREFIX-FLAGS]: IPv6 on the client's network, whose router says that addresses come
# from DHCP: of its prefix hosts make no addresses themselves (flags 0x80), or do so, too (0xc0).
managed_network() {
  local ns flags=${1:-0x80}
  for ns in c l r; do
    on $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
  on c ip -4 address flush dev eth0
  on c sysctl -qw net.ipv6.conf.eth0.autoconf=0 net.ipv6.conf.eth0.accept_ra=0
  on l ip address replace 2001:db8:1::53/64 dev eth0 nodad
  on r ip address replace 2001:db8:1::1/64 dev lan nodad
  if [[ -n ${ROUTER:-} ]]; then stop_daemon "$ROUTER" KILL; fi
  cat >"$WORK/router.py" <<'ROUTER'
import socket, struct, sys, time
device, flags = sys.argv[1], int(sys.argv[2], 0) & 0xff
prefix = struct.pack(">BBBBIII16s", 3, 4, 64, flags, 600, 300, 0,
                     socket.inet_pton(socket.AF_INET6, "2001:db8:1::"))
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex(device))
while True:  # RFC 4861 4.2: hop limit 64, the flag M, lifetime 1800 s
    sock.sendto(struct.pack(">BBHBBHII", 134, 0, 0, 64, 0x80, 1800, 0, 0) + prefix, ("ff02::1", 0))
    time.sleep(2)
ROUTER
  sleep 2  # duplicate address detection of the link-local addresses
  inside r python3 "$WORK/router.py" lan "$flags" >"$WORK/router.log" 2>&1 &
  ROUTER=$!
  PIDS+=("$ROUTER")
}

# start_dhcp6 NS FIRST,LAST: dnsmasq gives out these addresses of IPv6; DAEMON is its process id.
start_dhcp6() {
  inside "$1" dnsmasq --keep-in-foreground --port=0 --user=root --pid-file="$WORK/dhcp6.pid" \
    --dhcp-leasefile="$WORK/leases6" --bind-interfaces --interface=eth0 --dhcp-authoritative \
    --dhcp-range="$2,64,10m" >"$WORK/dhcp6-$1.log" 2>&1 &
  DAEMON=$!
  PIDS+=("$DAEMON")
  wait_listening "$1" -u 547
}

# ask_dhcp6 WHO SECONDS: dhclient asks for an address of IPv6 for so long; `other` is another
# machine at the place of c.
ask_dhcp6() {
  local ns=$1 device=eth0
  if [[ $ns == other ]]; then
    ns=c device=other
    on c ip link add other link eth0 address 02:00:00:00:00:77 type macvlan
    on c ip link set other up
    sleep 2
  fi
  printf '#!/bin/sh\nexit 0\n' >"$WORK/dhcp6-script"
  chmod 755 "$WORK/dhcp6-script"
  ip netns exec "$NET$ns" timeout "$2" dhclient -6 -1 -d -sf "$WORK/dhcp6-script" -cf /dev/null \
    -lf "$(mktemp "$WORK/leases.XXXXXX")" -pf "$WORK/dhclient6.pid" "$device" \
    >>"$WORK/client.log" 2>&1 || true
}

stop_daemon() {
  kill -"${2:-TERM}" "$1"
  wait "$1" 2>/dev/null || true
}

# capture NS INTERFACE FILE [TCPDUMP-ARGUMENT...]: returns once tcpdump listens.
capture() {
  local ns=$1 interface=$2 file=$3 log i
  shift 3
  log="$WORK/tcpdump-${#CAPTURES[@]}.log"
  : >"$log"
  inside "$ns" tcpdump -i "$interface" -n -U --immediate-mode -Z root \
    -w "$WORK/$file" "$@" 2>"$log" &
  CAPTURES+=($!)
  for ((i = 0; i < 100; ++i)); do
    if grep -q 'listening on' "$log"; then
      KEEP+=("$file")
      return
    fi
    sleep 0.1
  done
  echo "$NAME: tcpdump did not start" >&2
  cat "$log" >&2
  exit 1
}
KEEP=()

# capture_pcapng NS INTERFACE FILE: the same by dumpcap, in the pcapng format.
capture_pcapng() {
  local log="$WORK/dumpcap-${#CAPTURES[@]}.log" i
  : >"$log"
  inside "$1" dumpcap -q -i "$2" -w "$WORK/$3" 2>"$log" &
  CAPTURES+=($!)
  for ((i = 0; i < 100; ++i)); do
    if grep -q '^File:' "$log" && [[ -s $WORK/$3 ]]; then
      sleep 0.3
      KEEP+=("$3")
      return
    fi
    sleep 0.1
  done
  echo "$NAME: dumpcap did not start" >&2
  cat "$log" >&2
  exit 1
}

# Ends all captures and moves them to the output folder.
end_captures() {
  local pid file
  sleep 0.5
  for pid in "${CAPTURES[@]}"; do
    kill -INT "$pid"
    wait "$pid" 2>/dev/null || true
  done
  CAPTURES=()
  for file in "${KEEP[@]}"; do
    install -m 644 "$WORK/$file" "$OUT/$file"
    echo "$OUT/$file: $(stat -c %s "$OUT/$file") bytes"
  done
}

# lookup NAME...: what an application's stub does for an IPv4 address, one name after the other.
lookup() {
  local name
  for name in "$@"; do try c getent ahostsv4 "$name"; done
}

# ask ARGUMENT...: one query of dig, without repeats, 2 s patience.
ask() { try c dig +tries=1 +time=2 "$@"; }

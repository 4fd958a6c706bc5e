#!/usr/bin/env bash
# Installs the Debian packages that a task needs and that are missing, and says what it does.
# Usage: setup.sh build|test|page|lint|fuzz|bench|lab|lab-fit|examples ...
# The task page also fetches axe-core by npm, for tests/page_test.py.
set -euo pipefail

declare -A packages=(
  [build]="g++ make cmake ninja-build pkg-config libpcap-dev zlib1g-dev libzstd-dev libssl-dev
           libc-ares-dev libcurl4-openssl-dev libfmt-dev nlohmann-json3-dev libcli11-dev
           libtomlplusplus-dev"
  [test]="libgtest-dev python3 python3-jsonschema tshark"
  [page]="tidy weasyprint pandoc librsvg2-bin poppler-utils libreoffice-writer-nogui"
  [lint]="clang-format-19 clang-tidy-19 libgtest-dev pyflakes3 shellcheck"
  [fuzz]="clang-19 libclang-rt-19-dev"
  [bench]="python3"
  [lab-fit]="python3 python3-numpy python3-scipy"
  [examples]="iproute2 iptables nftables tcpdump tshark bind9 bind9-dnsutils unbound nginx-light
              dnsmasq-base udhcpc isc-dhcp-client curl iputils-ping netcat-openbsd traceroute zstd python3
              ngtcp2-server ngtcp2-client"
  [lab]="iproute2 iptables nftables tcpdump wireshark-common bind9 unbound nginx-light
         dnsmasq-base arping openssl openssh-server sshpass curl faketime traceroute zstd python3
         ngtcp2-server ngtcp2-client"
)

# These may be there from elsewhere than Debian, and would not go together with its packages.
command -v chromium >/dev/null || packages[page]+=" chromium"
command -v node >/dev/null || packages[page]+=" nodejs"
command -v npm >/dev/null || packages[page]+=" npm"

missing=()
for task in "$@"; do
  if [[ -z "${packages[$task]:-}" ]]; then
    echo "setup.sh: unknown task '$task'; expected one of: ${!packages[*]}" >&2
    exit 2
  fi
  for package in ${packages[$task]}; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ "$status" == installed ]] || missing+=("$package")
  done
done
# By npm, from the lock file, which holds its hash.
fetch_axe() {
  [[ " $* " == *" page "* ]] || return 0
  local folder
  folder=$(cd "$(dirname "$0")/.." && pwd)
  [[ ! -f $folder/build/page/node_modules/axe-core/axe.min.js ]] || return 0
  mkdir -p "$folder/build/page"
  cp "$folder"/tests/page/package*.json "$folder/build/page/"
  npm ci --prefix "$folder/build/page" --ignore-scripts --no-audit --no-fund
}

if [[ ${#missing[@]} -eq 0 ]]; then
  fetch_axe "$@"
  exit
fi

if ! command -v apt-get >/dev/null; then
  echo "setup.sh: this machine has no apt-get; install these yourself: ${missing[*]}" >&2
  exit 1
fi

echo "Installing from Debian: ${missing[*]}"
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    as_root=(sudo)
  else
    echo "This needs root. Run this once, then call make again:" >&2
    echo "  su -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'" >&2
    exit 1
  fi
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends "${missing[@]}"
fetch_axe "$@"

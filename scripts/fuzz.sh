#!/usr/bin/env bash
# Runs every fuzzer of a build for some seconds each, from its seeds; what it finds beyond them goes
# to BUILD/corpus, findings to BUILD/findings. Usage: fuzz.sh BUILD SECONDS [NAME ...]
set -euo pipefail
build=$1 seconds=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
failed=0
while read -r source; do
  name=$(basename "$source" .cpp)
  subject=${name%_fuzz}
  if [[ $# -gt 0 && " $* " != *" $subject "* ]]; then continue; fi
  seeds=$(dirname "$source")/seeds/$subject
  [[ -d $seeds ]] || seeds=$(dirname "$source")/seeds
  mkdir -p "$build/corpus/$subject" "$build/findings/$subject"
  echo "== $subject: $seconds s"
  "$build/fuzz/$name" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$subject/" "$build/corpus/$subject" "$seeds" \
    >"$build/findings/$subject.log" 2>&1 || { failed=1; echo "   FINDING, see $build/findings/$subject.log"; }
  grep -E 'number_of_executed_units|new_units_added' "$build/findings/$subject.log" || true
done < <(find "$root/src" -name '*_fuzz.cpp' | sort)
exit $failed

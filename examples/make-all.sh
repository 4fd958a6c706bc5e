#!/usr/bin/env bash
# Makes every capture again and then the other forms of them. As root; about five minutes. Times,
# ids and source ports differ from run to run: tests/expect/ must then be brought up to date.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
out=$(realpath -m "${1:-$here/captures}")
for script in "$here"/*.sh; do
  case $(basename "$script") in
    lib.sh | make-all.sh | other-forms.sh) continue ;;
  esac
  bash "$script" "$out"
done
bash "$here/other-forms.sh" "$out"

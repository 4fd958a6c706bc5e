#!/usr/bin/env bash
# clang-format and clang-tidy over every source, with the compile commands of BUILD.
set -euo pipefail
build=$1
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files 'src/*.h' 'src/*.cpp' 'fuzz/*.cpp' 'bench/*.cpp' 'docs/*.cpp')
clang-format-19 --dry-run --Werror "${files[@]}"
mapfile -t units < <(git ls-files 'src/*.cpp' | grep -vE '_(test|fuzz|reference)\.cpp$')
printf '%s\n' "${units[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p "$build" --quiet 2> >(grep -v 'warnings generated\|Suppressed\|Use -header-filter' >&2)
echo "lint: ${#files[@]} files formatted, ${#units[@]} files tidy"

#!/usr/bin/env bash
# The checks of `make lint`, with the compile commands of BUILD: shellcheck, pyflakes, clang-format,
# clang-tidy. All four run to the end; status 1 if any had a finding. clang-tidy takes some ten
# seconds a file and skips what has not changed since it was last clean, see tidy.sh; `make clean`
# forgets that.
set -euo pipefail
build=$1
cd "$(dirname "$0")/.."

tidy() {
  local unit i changed=()
  for unit in "$@"; do
    sha256sum --check --status "$build/lint/$unit.sha256" 2>/dev/null || changed+=("$unit")
  done
  echo "clang-tidy: ${#changed[@]} of $# files are new or changed"
  # If any of its commands failed, xargs goes on with the others and ends with status 123.
  for i in "${!changed[@]}"; do
    echo "$((i + 1))/${#changed[@]} ${changed[i]}"
  done | xargs -r -P "$(nproc)" -L 1 scripts/tidy.sh "$build"
}

mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
mapfile -t python < <(git ls-files '*.py')
mapfile -t sources < <(git ls-files 'src/*.h' 'src/*.cpp' 'fuzz/*.cpp' 'bench/*.cpp' 'docs/*.cpp')
mapfile -t units < <(git ls-files 'src/*.cpp' | grep -vE '_(test|fuzz|reference)\.cpp$')

failed=0
echo "shellcheck: ${#scripts[@]} files"
shellcheck -x -P SCRIPTDIR "${scripts[@]}" || failed=1
echo "pyflakes: ${#python[@]} files"
pyflakes3 "${python[@]}" || failed=1
echo "clang-format: ${#sources[@]} files"
clang-format-19 --dry-run --Werror "${sources[@]}" || failed=1
tidy "${units[@]}" || failed=1
if [[ $failed -ne 0 ]]; then
  echo "lint: there are findings, see above" >&2
  exit 1
fi
echo "lint: clean"

#!/usr/bin/env bash
# clang-tidy over one source file: tidy.sh BUILD WHICH FILE, where WHICH is a word for the reader.
# A file without a finding leaves a stamp, BUILD/lint/FILE.sha256: the checksums of the file, of our
# headers that it includes, and of what decides over checks and flags. lint.sh skips the file as long
# as they hold.
set -euo pipefail
build=$1 which=$2 file=$3
stamp=$build/lint/$file.sha256
mkdir -p "$(dirname "$stamp")"
rm -f "$stamp"

# Taken before the run, so that a file that changes meanwhile is looked at again. Words that end in
# a colon or a backslash are make's, not file names.
read -r -d '' -a includes < <(g++ -std=c++23 -Isrc -MM "$file" && printf '\0')
for i in "${!includes[@]}"; do
  [[ ${includes[i]} != *[:\\] ]] || unset "includes[i]"
done
sums=$(sha256sum .clang-tidy CMakeLists.txt cmake/*.cmake "${includes[@]}")

status=0
words=$(clang-tidy-19 -p "$build" --quiet "$file" 2>&1) || status=$?
words=$(grep -vE '^[0-9]+ warnings? generated\.$' <<<"$words" || true)
printf '[%s] %s%s\n' "$which" "$file" "${words:+$'\n'}$words"
[[ $status -eq 0 && -z $words ]] || exit 1
echo "$sums" >"$stamp"

#!/usr/bin/env bash
# Prints what failed and what was skipped, with reasons, and ends with one line: N passed, N failed, N skipped.
set -euo pipefail
log=$1 status=$2
# Passed tests are only counted; everything else is shown.
grep -v -E '^(passed |Running tests from |  *from /)' "$log" | sed -e '/^Test run summary/,$d' || true
count() { grep -E "^ *$1: [0-9]+" "$log" | tail -n 1 | grep -o -E '[0-9]+' || echo 0; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
  sed -n '/^Test run summary/,$p' "$log"
  failed=1
fi
if [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
  echo "In CI nothing may be skipped."
  status=1
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]

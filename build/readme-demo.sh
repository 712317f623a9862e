#!/usr/bin/env bash
# Writes what `./slipway demo --exit` prints on this machine into the README, between its markers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=$(mktemp)
trap 'rm -f "$output"' EXIT
./slipway demo --exit >"$output"
awk -v file="$output" '
  /^<!-- demo -->$/ { print; print "```text"; while ((getline line < file) > 0) print line; print "```"; skipping = 1; next }
  /^<!-- \/demo -->$/ { skipping = 0 }
  !skipping { print }
' README.md >README.new
mv README.new README.md

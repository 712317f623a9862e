#!/usr/bin/env bash
# Writes what `./slipway demo --exit` prints on this machine into the README, its last lines between the markers, all of it as the picture docs/demo.svg.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=$(mktemp)
trap 'rm -f "$output"' EXIT
./slipway demo --exit >"$output"
node build/demo-picture.mjs <"$output" >docs/demo.svg
sed -n '/^The numbers$/,$p' "$output" | awk '
  NR == FNR { numbers = numbers $0 "\n"; next }
  /^<!-- demo -->$/ { print; printf "```text\n%s```\n", numbers; skipping = 1; next }
  /^<!-- \/demo -->$/ { skipping = 0 }
  !skipping { print }
' - README.md >README.new
mv README.new README.md

#!/usr/bin/env bash
# Writes what files can hold, as the code that reads them says it, into the pages of docs/, between their markers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
new=$(mktemp)
trap 'rm -f "$new"' EXIT
for page in docs/*.md; do
  grep -q '^<!-- fields ' "$page" || continue
  skipping=
  while IFS= read -r line; do
    case $line in
      '<!-- fields '*' -->')
        form=${line#<!-- fields }
        printf '%s\n\n' "$line"
        ./slipway manifest fields --form "${form% -->}" </dev/null
        skipping=1
        ;;
      '<!-- /fields -->')
        printf '\n%s\n' "$line"
        skipping=
        ;;
      *) [ -n "$skipping" ] || printf '%s\n' "$line" ;;
    esac
  done <"$page" >"$new"
  cat "$new" >"$page"
done

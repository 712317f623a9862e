#!/usr/bin/env bash
# Some tests run npm's openai client. Where Node 20 or later is missing, installs it when it may; then restores the client by its lock file.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clients="$here/../tests/clients"

present() { command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; }

if ! present; then
  # A distribution may hold an older Node: what is there afterwards decides, and what was tried is said.
  if "$here/apt-install.sh" test.sh nodejs npm; then tried="; what the distribution has was installed and does not do"; else tried="; it could not be installed here"; fi
  hash -r
  present || { echo "test.sh: Node 20 or later with npm is missing$(command -v node >/dev/null && echo ", here is $(node --version)")$tried. See https://nodejs.org/en/download" >&2; exit 2; }
fi
# npm writes this file last, so it is newer than the lock file exactly where all of that is there.
[ "$clients/node_modules/.package-lock.json" -nt "$clients/package-lock.json" ] && exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! npm ci --prefix "$clients" --ignore-scripts --no-audit --no-fund --no-update-notifier >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  echo "test.sh: npm ci could not restore tests/clients" >&2
  exit 2
fi

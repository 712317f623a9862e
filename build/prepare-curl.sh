#!/usr/bin/env bash
# The README's steps use curl, and a test types them. Where it is missing, says so, or installs it when it may.
set -euo pipefail
command -v curl >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "test.sh: installing curl" >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends curl; } >/dev/null 2>&1 || true
  command -v curl >/dev/null && exit 0
fi
echo "test.sh: curl is missing. On Debian or Ubuntu: apt-get install curl" >&2
exit 2

#!/usr/bin/env bash
# Installs packages of the distribution where that may be done, quietly; says apt's last lines where it fails: apt-install.sh ASKER PACKAGE...
# Ends with 1 where it may not or cannot: whoever asks says what is missing.
set -euo pipefail
asker=$1; shift
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
echo "$asker: installing $*" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then exit 0; fi
echo "$asker: apt-get could not; its last lines:" >&2
tail -n 5 "$log" >&2
exit 1

#!/usr/bin/env bash
# Slipway uses the system's SQLite library, which the system keeps patched. Where it is missing, says so, or installs it when it may.
set -euo pipefail
[ "$(uname -s)" = Linux ] || exit 0

present() {
  local folder
  if command -v ldconfig >/dev/null && ldconfig -p 2>/dev/null | grep -q 'libsqlite3\.so\.0'; then return 0; fi
  for folder in /lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /lib/*-linux-* /usr/lib/*-linux-*; do
    [ -e "$folder/libsqlite3.so.0" ] && return 0
  done
  return 1
}

present && exit 0
"$(dirname "${BASH_SOURCE[0]}")/apt-install.sh" slipway libsqlite3-0 && present && exit 0
echo "slipway: the system's SQLite library (libsqlite3.so.0) is missing. On Debian or Ubuntu: apt-get install libsqlite3-0" >&2
exit 2

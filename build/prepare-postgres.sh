#!/usr/bin/env bash
# Some tests need PostgreSQL. Where it is missing, installs it when it may, without a cluster of the package's own; prints the folder of its programs.
set -euo pipefail

programs() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then echo "$folder"; return 0; fi
  done
  folder=$(command -v initdb || true)
  if [ -n "$folder" ]; then dirname "$folder"; return 0; fi
  return 1
}

programs && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # The package would make a cluster of its own and start it.
  mkdir -p /etc/postgresql-common/createcluster.d
  unwanted=/etc/postgresql-common/createcluster.d/slipway-tests.conf
  trap 'rm -f "$unwanted"' EXIT
  echo "create_main_cluster = false" >"$unwanted"
  "$(dirname "${BASH_SOURCE[0]}")/apt-install.sh" test.sh postgresql && programs && exit 0
fi
echo "PostgreSQL is missing. On Debian or Ubuntu: apt-get install postgresql" >&2
exit 2

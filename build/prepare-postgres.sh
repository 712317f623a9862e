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
  echo "test.sh: installing PostgreSQL" >&2
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/slipway-tests.conf
  { apt-get update && apt-get install -y --no-install-recommends postgresql; } >/dev/null 2>&1 || true
  rm -f /etc/postgresql-common/createcluster.d/slipway-tests.conf
  programs && exit 0
fi
echo "PostgreSQL is missing. On Debian or Ubuntu: apt-get install postgresql" >&2
exit 2

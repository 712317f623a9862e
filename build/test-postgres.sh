#!/usr/bin/env bash
# A PostgreSQL for one run of the tests, in a folder of its own on a free loopback port.
#   test-postgres.sh start FOLDER   starts it; prints its connection string
#   test-postgres.sh stop FOLDER    stops it and removes the folder
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command=$1 folder=$2

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" != 0 ]; then "$@"
  elif command -v setpriv >/dev/null; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else runuser -u postgres -- "$@"
  fi
}

start() {
  local programs password port
  programs=$(./prepare-postgres.sh)
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
  echo "$programs" >"$folder/programs"
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && echo "$password" >"$folder/password")
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder/password"; fi
  cd "$folder"
  as_owner "$programs/initdb" -D "$folder/data" -U slipway --pwfile="$folder/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$folder/log" 2>&1 \
    || { tail -n 3 "$folder/log" >&2; return 1; }
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    # It says itself whether the port was free.
    if as_owner "$programs/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 \
      -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c max_connections=300" start >>"$folder/log" 2>&1; then
      echo "Host=127.0.0.1;Port=$port;Database=postgres;Username=slipway;Password=$password"
      return 0
    fi
    grep -q "Address already in use" "$folder/data/log" || break
    : >"$folder/data/log"
  done
  tail -n 3 "$folder/data/log" >&2
  return 1
}

unstopped() {
  echo "test-postgres.sh: the PostgreSQL in $folder could not be stopped, and its folder stays: ${1:-pg_ctl says nothing}" >&2
  return 1
}

stop() {
  if [ -f "$folder/data/postmaster.pid" ]; then
    local control; control=$(cat "$folder/programs")/pg_ctl
    cd "$folder"
    # Where it goes on running its folder stays: without that nobody could stop it any more.
    local said state=0
    said=$(as_owner "$control" -D "$folder/data" status 2>&1) || state=$?
    case $state in
      0) said=$(as_owner "$control" -D "$folder/data" -m immediate -w stop 2>&1) || unstopped "$said" || return 1 ;;
      3) ;;     # It does not run.
      *) unstopped "$said" || return 1 ;;
    esac
  fi
  cd /
  rm -rf "$folder"
}

"$command"

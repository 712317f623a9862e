#!/usr/bin/env bash
# Builds the benchmarks and runs them: run.sh [NAME…] [--quick] [--write] [--folder DIR]; run.sh --help lists the names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v dotnet >/dev/null || { echo "run.sh: the .NET SDK 10 is needed; see https://dotnet.microsoft.com/download" >&2; exit 2; }
build/prepare-sqlite.sh

folder=artifacts/bench append= named= previous=
for argument in "$@"; do
  case "$previous $argument" in
    "--folder "*) folder=$argument ;;
    *" append" | *" calls" | *" call-queries") append=yes ;;
    *" --help" | *" -h") named=yes ;;
    *" -"*) ;;
    *) named=yes ;;
  esac
  previous=$argument
done

log=$(mktemp) postgres= benchmarks=
clean() {
  if [ -n "$benchmarks" ]; then build/end-group.sh "$benchmarks"; fi
  if [ -n "$postgres" ]; then build/test-postgres.sh stop "$postgres"; fi
  rm -f "$log"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
dotnet build bench/Slipway.Bench -c Release --disable-build-servers -nologo -v quiet >"$log" 2>&1 || { cat "$log" >&2; echo "run.sh: the build failed" >&2; exit 2; }

# On the disk that is measured, so that both engines are held against the same one.
if [ -n "$append" ] || [ -z "$named" ]; then
  unset SLIPWAY_TEST_POSTGRES SLIPWAY_TEST_POSTGRES_MISSING
  mkdir -p "$folder"
  postgres=$(mktemp -d "$(realpath "$folder")/postgres.XXXXXX")
  if SLIPWAY_TEST_POSTGRES=$(build/test-postgres.sh start "$postgres" 2>"$log"); then
    export SLIPWAY_TEST_POSTGRES
  else
    unset SLIPWAY_TEST_POSTGRES
    SLIPWAY_TEST_POSTGRES_MISSING=$(tail -n 1 "$log")
    export SLIPWAY_TEST_POSTGRES_MISSING
  fi
fi

status=0
# In the background, because a shell heeds signals only while it waits; with a process group of its own, so that nothing of it is left.
set -m
dotnet bench/Slipway.Bench/bin/Release/net10.0/Slipway.Bench.dll "$@" &
benchmarks=$!
set +m
wait "$benchmarks" || status=$?
benchmarks=
exit "$status"

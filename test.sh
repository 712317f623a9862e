#!/usr/bin/env bash
# The one test command: prepares what the tests need, checks formatting, builds, runs everything, and ends with the count.
#   --long   the crash tests kill each writing process sixty times instead of four, and the canary's statistics are simulated in full (ten minutes more)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

explicit=(--filter-not-class '*FullSimulationTests') limit=20m
case "${1:-}" in
  "") ;;
  --long) export SLIPWAY_TEST_LONG=1; explicit=(--explicit on) limit=60m ;;
  *) echo "test.sh: \"$1\" is not understood; see: head -n 4 test.sh" >&2; exit 2 ;;
esac
command -v dotnet >/dev/null || { echo "test.sh: the .NET SDK 10 is needed; see https://dotnet.microsoft.com/download" >&2; exit 2; }
build/prepare-sqlite.sh
build/prepare-curl.sh
build/prepare-node.sh || echo "test.sh: what needs the npm client is skipped" >&2

step() { printf '\n== %s\n' "$1"; }

step "Restore"
dotnet restore Slipway.slnx --disable-build-servers -v quiet
step "Formatting"
# Spaces and the order of usings alone: what else the formatter can tell is a warning of the build, and so an error of it.
{ dotnet format whitespace Slipway.slnx --no-restore --verify-no-changes && dotnet format style Slipway.slnx --diagnostics IDE0055 --no-restore --verify-no-changes; } ||
  { echo "test.sh: not formatted; run: dotnet format Slipway.slnx" >&2; exit 1; }
step "Build"
dotnet build Slipway.slnx -c Release --no-restore --disable-build-servers -v quiet

step "Tests"
results=$(mktemp -d) postgres=$(mktemp -d) tests=
clean() {
  # All that the tests started is in their process group.
  if [ -n "$tests" ]; then build/end-group.sh "$tests"; fi
  rm -rf "$results"
  build/test-postgres.sh stop "$postgres"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if SLIPWAY_TEST_POSTGRES=$(build/test-postgres.sh start "$postgres" 2>"$results/postgres"); then
  export SLIPWAY_TEST_POSTGRES
else
  unset SLIPWAY_TEST_POSTGRES
  SLIPWAY_TEST_POSTGRES_MISSING=$(tail -n 1 "$results/postgres")
  export SLIPWAY_TEST_POSTGRES_MISSING
fi
status=0
# What tests that are broken off leave in their temporary folders goes with it.
mkdir "$results/temporary"
# A test that hangs is named, and ended.
hangs=(--long-running 180 --xunit-diagnostics on --timeout "$limit")
# Thousands of processes and servers live for seconds: what the runtime measures to make code quicker later costs them a quarter of their processor time.
export DOTNET_TieredPGO=0
# In the background, because a shell heeds signals only while it waits; with a process group of its own, so that nothing of it is left.
set -m
TMPDIR="$results/temporary" dotnet test --solution Slipway.slnx -c Release --no-build --output Detailed --results-directory "$results" --report-xunit-trx "${hangs[@]}" "${explicit[@]}" >"$results/log" 2>&1 &
tests=$!
set +m
wait "$tests" || status=$?
tests=
build/summarize-tests.sh "$results/log" "$status"

#!/usr/bin/env bash
# The one test command: prepares what the tests need, checks formatting, builds, runs everything, and ends with the count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

command -v dotnet >/dev/null || { echo "test.sh: the .NET SDK 10 is needed; see https://dotnet.microsoft.com/download" >&2; exit 2; }
build/prepare-sqlite.sh
build/prepare-curl.sh

step() { printf '\n== %s\n' "$1"; }

step "Restore"
dotnet restore Slipway.slnx --disable-build-servers -v quiet
step "Formatting"
dotnet format Slipway.slnx --no-restore --verify-no-changes || { echo "test.sh: not formatted; run: dotnet format Slipway.slnx" >&2; exit 1; }
step "Build"
dotnet build Slipway.slnx -c Release --no-restore --disable-build-servers -v quiet
step "Tests"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
dotnet test --solution Slipway.slnx -c Release --no-build --output Detailed --results-directory "$results" --report-xunit-trx >"$results/log" 2>&1 || status=$?
build/summarize-tests.sh "$results/log" "$status"

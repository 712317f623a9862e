#!/usr/bin/env bash
# Builds the benchmarks and runs them: run.sh [NAME…] [--quick] [--write] [--folder DIR]; run.sh --help lists the names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v dotnet >/dev/null || { echo "run.sh: the .NET SDK 10 is needed; see https://dotnet.microsoft.com/download" >&2; exit 2; }
build/prepare-sqlite.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build bench/Slipway.Bench -c Release --disable-build-servers -nologo -v quiet >"$log" 2>&1 || { cat "$log" >&2; echo "run.sh: the build failed" >&2; exit 2; }
dotnet bench/Slipway.Bench/bin/Release/net10.0/Slipway.Bench.dll "$@"

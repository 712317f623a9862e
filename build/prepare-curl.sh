#!/usr/bin/env bash
# The README's steps use curl, and a test types them. Where it is missing, says so, or installs it when it may.
set -euo pipefail
command -v curl >/dev/null && exit 0
"$(dirname "${BASH_SOURCE[0]}")/apt-install.sh" test.sh curl && command -v curl >/dev/null && exit 0
echo "test.sh: curl is missing. On Debian or Ubuntu: apt-get install curl" >&2
exit 2

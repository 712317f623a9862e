#!/usr/bin/env bash
# Ends all that a script started in a process group of its own: end-group.sh GROUP. Asks first, and forces what is left after ten seconds.
set -euo pipefail
group=$1
# Once a group is empty there is nobody to signal, and that is what is wanted.
kill -TERM -- "-$group" 2>/dev/null || exit 0
for _ in $(seq 100); do
  kill -0 -- "-$group" 2>/dev/null || exit 0
  sleep 0.1
done
kill -KILL -- "-$group" 2>/dev/null || exit 0
echo "end-group.sh: what was started had to be killed" >&2

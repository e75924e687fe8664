#!/usr/bin/env bash
# Runs the built test projects one after the other and ends with one line that counts all their tests.
set -uo pipefail
configuration=${1:-Release}
cd "$(dirname "$0")"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

status=0
for project in OrleansDaap.UnitTests OrleansDaap.IntegrationTests; do
  echo "== $project"
  dotnet test "$project/bin/$configuration/net10.0/$project.dll" --nologo \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$results/$project.trx" || status=1
done

count() { cat "$results"/*.trx 2>/dev/null | grep -oE "<Counters [^>]*" | grep -oE "\b$1=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(count passed)
failed=$(count failed)
skipped=$(($(count total) - passed - failed))
if [ "$passed" -eq 0 ] || { [ "$failed" -eq 0 ] && [ "$status" -ne 0 ]; }; then
  # A run that crashed or never began counts as a failure even if no test says so.
  failed=$((failed + 1))
fi
[ "$skipped" -eq 0 ] || echo "$skipped skipped: their reasons stand above"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

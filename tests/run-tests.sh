#!/usr/bin/env bash
# Runs the built test projects one after the other and ends with one line that counts all their tests.
# Usage: run-tests.sh [CONFIGURATION [FILTER]]
set -uo pipefail
configuration=${1:-Release}
filter=${2:-}
cd "$(dirname "$0")"
results=$(mktemp -d)
memory=
trap 'rm -rf "$results" $memory' EXIT

# What tests write goes to memory where there is plenty: hundreds of small PostgreSQLs are made and flushed, and what a test kills is
# a process, never the machine. Some machines run no program from there.
if [ -z "${TMPDIR:-}" ] && [ "$(df -m /dev/shm 2>/dev/null | awk 'END { print $4 }')" -ge 4096 ] 2>/dev/null &&
  [ "$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)" -ge 6144 ] && memory=$(mktemp -d /dev/shm/daap.XXXX); then
  chmod 1777 "$memory"
  printf '#!/bin/sh\n' >"$memory/program" && chmod +x "$memory/program"
  if "$memory/program" 2>/dev/null; then export TMPDIR=$memory; fi
fi

status=0
for project in OrleansDaap.UnitTests OrleansDaap.IntegrationTests; do
  echo "== $project"
  # A test that hangs ends the run, and its name is printed. None takes half as long, on a loaded machine either.
  dotnet test "$project/bin/$configuration/net10.0/$project.dll" --nologo ${filter:+--filter "$filter"} \
    --blame-hang-timeout "${HANG_TIMEOUT:-10m}" --blame-hang-dump-type none --results-directory "$results" \
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
# The end of a long output is what people see of it: what failed is said there again, with its reason.
cat "$results"/*.trx 2>/dev/null | awk '
  /<UnitTestResult / { failed = /outcome="Failed"/; match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11) }
  failed && /<Message>/ { print "FAILED " name; left = 12 }
  {
    last = /<\/Message>/
    gsub(/^ *<Message>|<\/Message>.*/, ""); gsub(/&quot;/, "\""); gsub(/&lt;/, "<"); gsub(/&gt;/, ">"); gsub(/&#xD;/, ""); gsub(/&amp;/, "\\&")
    if (left-- > 0) print "  " substr($0, 1, 600)
    if (last) left = 0
  }'
[ "$skipped" -eq 0 ] || echo "$skipped skipped: their reasons stand above"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

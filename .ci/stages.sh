#!/usr/bin/env bash
# Stages for ./test and ./check: runs each, times it against its budget, adds up what the test programs counted, and says so at the end.
# To be sourced, with $root set. A stage that crashed, hung or ran no test counts as one failure, so the last line never looks better than it was.

root=${root:?the root of the repository}
passed=0
failed=0
rows=()
wrong=()
started=$SECONDS

# stage NAME BUDGET_SECONDS COMMAND...: a step without tests. Its failure ends everything: what follows would test something else.
stage() {
  local name=$1 budget=$2 begun=$SECONDS
  shift 2
  printf '\n== %s\n' "$name"
  # Not "if command": that would switch off set -e within a function that is run as a command.
  set +e
  (set -e; "$@")
  local code=$?
  set -e
  if ((code == 0)); then
    row "$name" $((SECONDS - begun)) "$budget" "done"
  else
    failed=$((failed + 1))
    row "$name" $((SECONDS - begun)) "$budget" "FAILED (exit code $code)"
    finish
  fi
}

# tests NAME BUDGET_SECONDS PROGRAM ARGUMENTS...: an xunit v3 test program. It is ended after three times its budget.
tests() {
  local name=$1 budget=$2 begun=$SECONDS log limit code foreground=()
  shift 2
  printf '\n== %s\n' "$name"
  mkdir -p "$root/artifacts/logs"
  log=$root/artifacts/logs/${name// /-}.log
  limit=$((budget * 3))
  [[ ${ROJ_ALL:-} == 1 ]] && limit=0 # no limit
  [[ -t 0 ]] && foreground=(--foreground) # so that Ctrl-C reaches the program
  set +e
  timeout "${foreground[@]}" --kill-after=10 "$limit" "$@" -noLogo -noColor -noAutoReporters 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  set -e
  count "$name" "$code" "$log" $((SECONDS - begun)) "$budget"
}

# count NAME EXIT_CODE LOG SECONDS BUDGET: adds up the program's own summary, such as
#    Roj.Tests  Total: 5, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.101s
count() {
  local name=$1 code=$2 log=$3 seconds=$4 budget=$5 ran bad skipped note
  # Errors are failures outside any test, such as in the clean-up of a class.
  read -r ran bad skipped < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
    function field(name) { return match($0, name ": [0-9]+") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2) : 0 }
    /=== TEST EXECUTION SUMMARY ===/ { summary = 1; next }
    summary && /[ \t]Total: [0-9]+/ {
      ran += field("Total") - field("Failed") - field("Skipped") - field("Not Run")
      bad += field("Failed") + field("Errors")
      skipped += field("Skipped")
    }
    END { print ran + 0, bad + 0, skipped + 0 }')
  note="$ran passed, $bad failed"
  ((skipped > 0)) && note+=", $skipped skipped"
  if ((code == 124 || code == 137)); then
    bad=$((bad + 1))
    note+=", ended after $seconds s"
  elif ((code != 0 && bad == 0)); then
    bad=1
    note+=", crashed (exit code $code)"
  elif ((ran + bad == 0)); then
    bad=1
    note="no test was run"
  fi
  passed=$((passed + ran))
  failed=$((failed + bad))
  row "$name" "$seconds" "$budget" "$note"
  # What xunit says of a test that failed: its name, then [FAIL], then why; behind the table, where a log that was cut short still has it.
  mapfile -t -O "${#wrong[@]}" wrong < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
    / \[FAIL\]$/ && tests < 20 { tests++; left = 13; sub(/^ */, ""); sub(/ \[FAIL\]$/, ""); $0 = "failed: " $0 }
    left > 0 { left--; print substr($0, 1, 300) }')
}

row() {
  local late=""
  (($2 > $3)) && [[ ${ROJ_ALL:-} != 1 ]] && late="  OVER BUDGET"
  rows+=("$(printf '%-20s %6d s of %4d s  %s%s' "$1" "$2" "$3" "$4" "$late")")
}

# The table, which tests failed, then the one line that others read.
finish() {
  printf '\n'
  printf '%s\n' "${rows[@]}" "${wrong[@]}"
  printf '%-20s %6d s\n\n' "in all" $((SECONDS - started))
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0)) && exit 0
  exit 1
}

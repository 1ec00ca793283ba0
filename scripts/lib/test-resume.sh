#!/usr/bin/env bash
# Kills a sweep at random moments and goes on with it, until it has been killed often enough and is done: no row
# is lost, none is there twice, and what was there stays. Needs target/dist. To repeat a run, or with another
# sweep: scripts/lib/test-resume.sh [--kills N] [--seed N] [WHAT scripts/convgauge sweep TAKES]
set -euo pipefail

# shellcheck source=scripts/lib/setup.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/setup.sh"

kills=10
seed=$RANDOM
while [[ ${1-} == --kills || ${1-} == --seed ]]; do
  if [[ $1 == --kills ]]; then kills=$2; else seed=$2; fi
  shift 2
done
if (($# > 0)); then
  sweep=("$@")
else
  sweep=(tiny --check-only --backend cpu --algorithm 'naive|im2col|direct')
fi
RANDOM=$seed

work=$(mktemp -d)
client=
end_all() {
  if [[ -n $client ]]; then
    kill -KILL "$client" 2>/dev/null || true
  fi
  rm -rf -- "$work"
}
trap end_all EXIT
# With it, the first rows would take many seconds each, whatever is tried here.
export CONVGAUGE_CPU_TUNING=off
need_jdk
need_dist
find_tornadovm

rows=$work/rows.jsonl

fail() {
  printf 'FAILED (--seed %s): %s\n' "$seed" "$*"
  exit 1
}

keys() {
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$client_classes" "$root/scripts/lib/RowKeys.java" "$@"
}

size() {
  if [[ -f $rows ]]; then wc -c <"$rows"; else echo 0; fi
}

# Prints the whole lines of the results, of which a kill may leave half of another.
whole_lines() {
  if [[ -f $rows ]]; then
    head -n "$(wc -l <"$rows")" "$rows"
  fi
}

"$root/scripts/convgauge" sweep "${sweep[@]}" --json "$work/whole.jsonl" >"$work/log" 2>&1 || fail "the whole sweep: $(cat "$work/log")"
keys "$work/whole.jsonl" >"$work/whole.keys"
[[ -s $work/whole.keys && -z $(uniq -d "$work/whole.keys") ]] || fail "the whole sweep has no rows, or some twice"

killed=0
torn=0
grown=0
starts=0
while true; do
  starts=$((starts + 1))
  ((starts < 20 * kills)) || fail "it was started $starts times and is not done"
  whole_lines >"$work/before"
  before=$(size)
  "$root/scripts/convgauge" sweep "${sweep[@]}" --json "$rows" --resume >"$work/log" 2>&1 &
  client=$!
  if ((killed < kills)); then
    # Half of the time at any moment, half of the time while rows come.
    if ((RANDOM % 2)); then
      while kill -0 "$client" 2>/dev/null && (($(size) == before)); do
        sleep 0.02
      done
      sleep "0.$(printf '%03d' $((RANDOM % 300)))"
    else
      sleep "$((RANDOM % 3)).$(printf '%03d' $((RANDOM % 1000)))"
    fi
    kill -KILL "$client" 2>/dev/null || true
  fi
  status=0
  wait "$client" 2>/dev/null || status=$?
  client=
  # What was there, whole lines, is there unchanged; a torn line may be behind it.
  cmp -s "$work/before" <(head -c "$(wc -c <"$work/before")" <(cat "$rows" 2>/dev/null)) || fail "rows that were there were changed or lost"
  whole_lines >"$work/now"
  keys "$work/now" >"$work/now.keys" || fail "a whole line is no row"
  [[ -z $(uniq -d "$work/now.keys") ]] || fail "rows are there twice: $(uniq -d "$work/now.keys")"
  if ((status == 137)); then
    killed=$((killed + 1))
    if (($(wc -c <"$work/now") != $(size))); then torn=$((torn + 1)); fi
    if (($(wc -c <"$work/now") > $(wc -c <"$work/before"))); then grown=$((grown + 1)); fi
  elif ((status != 0)); then
    fail "it ended with exit status $status: $(cat "$work/log")"
  elif ((killed < kills)); then
    # Done too soon: from the beginning.
    diff "$work/whole.keys" "$work/now.keys" || fail "rows are missing"
    rm -- "$rows" "$rows.sweep"
  else
    break
  fi
done
diff "$work/whole.keys" "$work/now.keys" || fail "rows are missing"
# Kills that all came before the first row or after the last would have tried nothing.
((kills == 0 || grown > 0)) || fail "no kill came while there were rows to write"
printf 'Tests of resuming: killed %d times (seed %s), %d times while rows were written, %d lines torn; %d rows, none lost, none twice\n' \
  "$killed" "$seed" "$grown" "$torn" "$(wc -l <"$rows")"

#!/usr/bin/env bash
# Tests scripts/compare-builds: that it takes turns, what it hands on, and what it refuses. The runs are made up;
# they are compared in earnest, for which target/dist is needed.
set -euo pipefail

# shellcheck source=scripts/lib/setup.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/setup.sh"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# checkout NAME NANOS [STATUS]: a convgauge whose one row takes that time, give or take, and whose runs end with that status.
checkout() {
  local script="$work/$1/scripts/convgauge"
  mkdir -p -- "$work/$1/scripts"
  printf '#!/usr/bin/env bash\nname=%q nanos=%s status=%s calls=%q\n' "$1" "$2" "${3-0}" "$work/calls" >"$script"
  cat >>"$script" <<'RUN'
printf '%s %s\n' "$name" "$*" >>"$calls"
while [[ $1 != --json ]]; do shift; done
run=$(grep -c "^$name " "$calls")
nanos=$((nanos + run))
printf '{"schema":1,"run":"%s-%s","problem":"g1mb1_ic1ih3iw3_oc1_kh1kw1_sh1sw1_ph0pw0_dh0dw0","name":"","dtype":"f32","backend":"cpu","device":"x","hardware":"host",' "$name" "$run" >"$2"
printf '"algorithm":"a","threads":1,"regime":"eager","output":"reused","cache":"hot","status":"PASSED","repeat":"again","stages":{},"env":{"git_revision":"%s"},' "$name" >>"$2"
printf '"time":{"median_ns":%s,"iqr_ns":1,"min_ns":%s,"ci95_ns":[%s,%s],"samples":10,"outliers":0,"settled":true,"first_ns":1}}\n' "$nanos" "$nanos" "$nanos" "$nanos" >>"$2"
exit "$status"
RUN
  chmod +x "$script"
}

passed=0
failed=0

# expect STATUS TEXT ARGUMENT...: that scripts/compare-builds ends with the status and says the text.
expect() {
  local status=$1 text=$2 got=0
  shift 2
  : >"$work/calls"
  "$root/scripts/compare-builds" "$@" >"$work/said" 2>&1 || got=$?
  if ((got == status)) && grep -qF -- "$text" "$work/said"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: compare-builds %s\n  exit status %s for %s, or this is not said: %s\n' "$*" "$got" "$status" "$text"
    cat -- "$work/said"
  fi
}

checkout 'old build' 100000 1
checkout same 100000
checkout slow 110000
checkout broken 100000 3

expect 1 '1 slower, 0 faster, 0 unchanged' "$work/old build" "$work/slow"
expect 0 '0 slower, 1 faster, 0 unchanged' "$work/slow" "$work/old build"
expect 0 '0 slower, 0 faster, 1 unchanged' "$work/old build" "$work/same"
expect 0 '0 slower, 0 faster, 1 unchanged' --runs 2 "$work/same" "$work/slow" --threshold 20
expect 3 'ended with exit status 3' "$work/same" "$work/broken"

expect 1 '1 slower' --runs 3 --keep "$work/kept" "$work/same" "$work/slow" --all -- --dtype f32 --problem 'a "b"'
expected=
for run in 1 2 3; do
  for side in same slow; do
    folder=base
    [[ $side == same ]] || folder=new
    expected+="$side run --json $work/kept/$folder/$run.jsonl --dtype f32 --problem a \"b\""$'\n'
  done
done
if [[ $(<"$work/calls")$'\n' == "$expected" ]]; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
  printf 'FAILED: the runs took no turns, or were given something else:\n%s' "$(<"$work/calls")"
fi

expect 2 'holds result files already' --keep "$work/kept" "$work/same" "$work/slow"
expect 2 'takes two checkouts' "$work/same"
expect 2 'takes two checkouts' "$work/same" --all
expect 2 'is no checkout of convgauge' "$work/same" "$work/kept"
expect 2 "--runs '0' is not a number" --runs 0 "$work/same" "$work/slow"
expect 2 '--runs needs a value' --runs
expect 2 '--json does not go behind the --' "$work/same" "$work/slow" -- --json x
expect 2 "--threshold is 'much'" --runs 1 "$work/same" "$work/slow" --threshold much

printf 'compare-builds: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

#!/usr/bin/env bash
# Tests device-sweep: each device in a run of its own, what hangs and what crashes. The runs are made
# up; the JSON lines are read and written in earnest, for which target/dist is needed. Arguments select
# tests by name: scripts/lib/test-sweep.sh hangs
set -euo pipefail

# shellcheck source=scripts/lib/test-sandbox.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/test-sandbox.sh"

real_java=$(
  # shellcheck source=scripts/lib/setup.sh
  source "$scripts/lib/setup.sh"
  need_jdk
  printf '%s' "$jdk/bin/java"
)
# Compiled once, since each start is a JVM of its own.
real_classes="$work/classes:$scripts/../target/dist/lib/*"
"${real_java}c" -d "$work/classes" -cp "$real_classes" "$scripts/lib/SweepRows.java"

# A convgauge whose devices are in a file, and whose runs do what a file with their device's name says.
begin() {
  jdk "$sandbox/jvm/good" 25.0.3
  cp "$scripts/lib/SweepRows.java" "$project/scripts/lib"
  program "$sandbox/jvm/good/bin/java" <<JAVA
real_java='$real_java'
real_classes='$real_classes'
JAVA
  cat >>"$sandbox/jvm/good/bin/java" <<'JAVA'
if [[ $* == *SweepRows.java* ]]; then
  while [[ $1 != *.java ]]; do shift; done
  shift
  exec "$real_java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$real_classes" SweepRows "$@"
fi
while [[ $1 != io.github.convgauge.cli.Main ]]; do
  [[ $1 != -Dconvgauge.home=* ]] || home=${1#*=}
  shift
done
printf '%s\n' "$*" >>"$SANDBOX/calls"
row() {
  printf '{"schema":1,"backend":"%s","device":%s,"hardware":null,"algorithm":"%s","threads":1,"status":"%s","reason":null,"repeat":"scripts/convgauge run --dtype f32 --backend %s --quick","problem":"p","dtype":"f32"}\n' \
    "$1" "$2" "$3" "$4" "$1"
}
case $2 in
  devices) cat "$SANDBOX/devices" ;;
  table) printf 'table of %s\n' "$(grep -c '' "$3")" ;;
  run)
    rows=${*: -1}
    if [[ -d $home/target/dist/backends/absent ]]; then
      row absent null '*' UNAVAILABLE >"$rows"
      row absent null '*' UNAVAILABLE | sed 's/"threads":1/"threads":2/' >>"$rows"
      exit 1
    fi
    while [[ $1 != --device ]]; do shift; done
    device=${2//[^0-9]/}
    . "$SANDBOX/run-$device"
    ;;
esac
JAVA
  {
    echo '{"backend":"cpu","id":"host","name":"Processor","hardware":"host","facts":{},"algorithms":["naive"]}'
    echo '{"backend":"opencl","id":"0-0","name":"A  device","hardware":"A device#0","facts":{"f64":"yes"},"algorithms":["direct"]}'
    echo '{"backend":"tornadovm","id":"0-1","name":"Another","hardware":"Another#0","facts":{"f64":"yes"},"algorithms":["direct"]}'
  } >"$sandbox/devices"
  echo 'row opencl "\"A  device\"" direct PASSED >"$rows"' >"$sandbox/run-00"
  echo 'row tornadovm "\"Another\"" direct PASSED >"$rows"' >"$sandbox/run-01"
  json=$sandbox/out.jsonl
}

sweep() {
  cd "$sandbox"
  run ${required:+CONVGAUGE_REQUIRE=$required} "$project/scripts/device-sweep" --json "$json" "$@"
}

# Only devices take no threads, and a row without hardware is none of a device.
crashed_rows_fit_the_schema() {
  local row
  while IFS= read -r row; do
    [[ $row != *'"status":"CRASHED"'* || ($row == *'"hardware":"'* && $row == *'"threads":null'*) ]] || complain "expected hardware in $row"
  done <"$json"
}

# Whether a process ended, be it that nobody has asked for its exit status yet.
is_gone() {
  local state
  state=$(ps -o stat= -p "$1" || true)
  [[ -z $state || $state == Z* ]]
}

rows_are() {
  [[ $(wc -l <"$json") -eq $1 ]] || complain "expected $1 rows: $(<"$json")"
}

test_every_device_has_a_run_of_its_own() {
  begin
  sweep -- --quick --problem 'a "b*2"'
  status_is 0
  [[ $calls == *'run --quick --problem a "b*2" --backend opencl --device ^\Q0-0\E$ --json '* ]] || complain "expected a run on the first"
  [[ $calls == *'run --quick --problem a "b*2" --backend tornadovm --device ^\Q0-1\E$ --json '* ]] || complain "expected a run on the second"
  lacks "$calls" "--backend cpu"
  rows_are 2
  [[ $out == 'table of 2' ]] || complain "expected one table"
  holds "$err" "opencl on A device"
  holds "$err" "JSON lines: $json"
}

test_a_row_that_fails() {
  begin
  echo 'row opencl "\"A  device\"" direct FAILED >"$rows"; exit 1' >"$sandbox/run-00"
  sweep
  status_is 1
  rows_are 2
  lacks "$(<"$json")" CRASHED
}

test_a_device_that_hangs() {
  begin
  echo 'row opencl "\"A  device\"" direct PASSED >"$rows"; printf "{\"half" >>"$rows"; trap "" TERM; sleep 300 & echo $! >"$SANDBOX/worker"; sleep 300; sleep 300' \
    >"$sandbox/run-00"
  sed -i.old 's/^readonly grace=10/readonly grace=1/' "$project/scripts/device-sweep"
  sweep --limit 2s
  status_is 1
  rows_are 3
  lacks "$(<"$json")" '{"half'
  lacks "$err" Killed
  holds "$err" "overran its limit of 2s"
  holds "$(sed -n 1p "$json")" '"status":"PASSED"'
  holds "$(sed -n 2p "$json")" '"backend":"opencl","device":"A device","hardware":"A device#0","algorithm":"*","threads":null,"status":"CRASHED","reason":"the run on this hardware overran its limit of 2s; rows that it had finished by then are kept"'
  holds "$(sed -n 2p "$json")" '"repeat":"scripts/convgauge run --dtype f32 --backend opencl --device '"'"'^\\Q0-0\\E$'"' --quick\""
  holds "$(sed -n 3p "$json")" '"backend":"tornadovm"'
  crashed_rows_fit_the_schema
  is_gone "$(<"$sandbox/worker")" || complain "expected its worker to end with it"
}

test_a_device_that_crashes() {
  begin
  echo 'sleep 300 & echo $! >"$SANDBOX/worker"; echo "SIGSEGV in a driver"; kill -SEGV $$' >"$sandbox/run-01"
  sweep
  status_is 1
  rows_are 2
  holds "$(sed -n 1p "$json")" '"status":"PASSED"'
  holds "$(sed -n 2p "$json")" '"backend":"tornadovm","device":"Another","hardware":"Another#0","algorithm":"*","threads":null,"status":"CRASHED","reason":"the run on this hardware ended with exit status 139; its last line: SIGSEGV in a driver"'
  is_gone "$(<"$sandbox/worker")" || complain "expected its worker to end with it"
}

test_a_device_that_is_gone_by_its_turn() {
  begin
  echo 'echo "convgauge: no device matches"; exit 2' >"$sandbox/run-01"
  echo '{"backend":"tornadovm","id":"0-2","name":"Third","hardware":"Third#0","facts":{"f64":"yes"},"algorithms":["direct"]}' >>"$sandbox/devices"
  echo 'row tornadovm "\"Third\"" direct PASSED >"$rows"' >"$sandbox/run-02"
  sweep
  status_is 1
  rows_are 3
  holds "$(sed -n 2p "$json")" '"status":"CRASHED","reason":"the run on this hardware ended with exit status 2; its last line: convgauge: no device matches"'
  holds "$(sed -n 3p "$json")" '"device":"Third"'
}

# Two backends count the same two devices each in its own way.
test_backends_on_the_same_hardware_share_a_run() {
  begin
  echo '{"backend":"tornadovm","id":"7","name":"A device","hardware":"A device#0","facts":{"f64":"yes"},"algorithms":["direct"]}' >>"$sandbox/devices"
  echo 'exit 139' >"$sandbox/run-007"
  sweep
  status_is 1
  holds "$calls" '--backend opencl,tornadovm --device ^(\Q0-0\E|\Q7\E)$ --json '
  holds "$calls" '--backend tornadovm --device ^\Q0-1\E$ --json '
  rows_are 3
  holds "$(sed -n 1p "$json")" '"backend":"opencl","device":"A device","hardware":"A device#0"'
  holds "$(sed -n 2p "$json")" '"backend":"tornadovm","device":"A device","hardware":"A device#0"'
  holds "$(sed -n 2p "$json")" "--backend tornadovm --device '^\\\\Q7\\\\E\$'"
  crashed_rows_fit_the_schema
  sed -i.old 's/"id":"7"/"id":"0-0"/; s/"tornadovm","id":"0-1"/"opencl","id":"0-1"/; s/Another#0/B#0/' "$sandbox/devices"
  echo '{"backend":"tornadovm","id":"0-1","name":"A device","hardware":"A device#0","facts":{},"algorithms":[]}' >>"$sandbox/devices"
  : >"$sandbox/calls"
  sweep
  calls=$(<"$sandbox/calls")
  lacks "$calls" 'opencl,tornadovm'
}

test_a_backend_that_is_not_here() {
  begin
  echo '{"backend":"pytorch","unavailable":"no library","mend":"get one"}' >>"$sandbox/devices"
  sed -i.old 3d "$sandbox/devices"
  echo '{"backend":"tornadovm","unavailable":"there is no SDK","mend":"get one"}' >>"$sandbox/devices"
  sweep
  status_is 0
  rows_are 2
  holds "$(sed -n 2p "$json")" '"backend":"tornadovm","device":null,"hardware":null,"algorithm":"*","threads":1,"status":"UNAVAILABLE","reason":"there is no SDK; get one","repeat":"scripts/convgauge run --dtype f32 --backend tornadovm --quick"'
  required=tornadovm sweep
  status_is 1
  rows_are 2
}

test_a_backend_whose_worker_died_at_listing() {
  begin
  sed -i.old '3s/.*/{"backend":"tornadovm","unavailable":"the worker ended with signal 11","mend":null}/' "$sandbox/devices"
  sweep
  status_is 1
  rows_are 2
  holds "$err" "tornadovm is not here: the worker ended with signal 11"
  holds "$(sed -n 2p "$json")" '"status":"UNAVAILABLE","reason":"the worker ended with signal 11"'
}

test_a_device_that_says_nothing() {
  begin
  echo 'exit 0' >"$sandbox/run-00"
  sweep
  status_is 1
  holds "$(sed -n 1p "$json")" '"status":"CRASHED","reason":"the run on this hardware ended with exit status 0"'
}

test_bad_input() {
  begin
  echo 'echo "convgauge: unknown dtype"; exit 2' >"$sandbox/run-00"
  sweep -- --dtype f16
  status_is 2
  holds "$err" "convgauge: unknown dtype"
  lacks "$calls" "--backend tornadovm"
  sweep -- --backend opencl
  refuses "device-sweep chooses --backend itself"
  sweep -- --device=x
  refuses "device-sweep chooses --device itself"
  sweep --limit 0
  refuses "--limit '0' is not a time such as 90s, 10m or 1h"
  sweep --quick
  refuses "device-sweep takes --limit TIME, --json FILE and, after --"
  json=$sandbox/nowhere/out.jsonl
  sweep
  refuses "cannot write $sandbox/nowhere/out.jsonl"
}

test_no_device() {
  begin
  sed -i.old 2,3d "$sandbox/devices"
  sweep
  status_is 1
  holds "$err" "there is no device to sweep over; scripts/convgauge devices says why"
}

test_the_default_file() {
  begin
  mkdir "$sandbox/elsewhere"
  cd "$sandbox/elsewhere"
  run "$project/scripts/device-sweep"
  status_is 0
  [[ $(ls convgauge-results) =~ ^[0-9]{8}T[0-9]{6}Z-sweep.jsonl$ ]] || complain "expected a file with the time in its name"
}

test_an_interrupted_sweep_ends_what_it_started() {
  begin
  echo 'echo $$ >"$SANDBOX/client"; sleep 300' >"$sandbox/run-01"
  env -i HOME="$sandbox" PATH="$bin:$tools" SANDBOX="$sandbox" CONVGAUGE_JDK_ROOTS="$sandbox/jvm" \
    CONVGAUGE_OPENCL_VENDORS="$sandbox/vendors" "$project/scripts/device-sweep" --json "$json" >"$sandbox/first" 2>&1 &
  sweeping=$!
  for ((i = 0; i < 300; i++)); do
    [[ ! -s $sandbox/client ]] || break
    sleep 0.1
  done
  kill -TERM "$sweeping"
  status=0
  wait "$sweeping" || status=$?
  status_is 143
  sleep 0.3
  is_gone "$(<"$sandbox/client")" || complain "expected the run to end with it"
  rows_are 1
}

run_tests device-sweep "$@"

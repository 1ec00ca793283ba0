#!/usr/bin/env bash
# Tests scripts/jmh without measuring: its list, what it refuses, and how it judges results that are
# made up. Needs target/dist.
set -euo pipefail

# shellcheck source=scripts/lib/setup.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/setup.sh"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

readonly results=$work/results
readonly problem='g1mb1_ic64ih56iw56_oc64_kh3kw3_sh1sw1_ph1pw1_dh0dw0_n\"r2-3\"'
# Its operations, 2 * 64 * 64 * (3 * 56 - 2)^2, without the taps in the padding.
readonly flops=225738752

# result BENCHMARK PARAMS NANOS [ITERATIONS]
result() {
  printf '[{"benchmark":"io.github.convgauge.jmh.%s","mode":"avgt","warmupIterations":3,"measurementIterations":%s,"params":{%s},' \
    "$1" "${4-5}" "$2"
  printf '"primaryMetric":{"score":%s,"scoreError":1.0,"scoreUnit":"ns/op"}}]\n' "$3"
}

# peak NANOS: of 1e9 operations
peak() {
  result PeakBenchmark.peak '"dtype":"f32","flops":"1.0E9"' "$1"
}

# kernel NANOS [ITERATIONS]
kernel() {
  result KernelBenchmark.kernel "\"algorithm\":\"direct\",\"dtype\":\"f32\",\"problem\":\"$problem\"" "$@"
}

# A kernel at 0.99 of a peak of 100 operations a nanosecond.
begin() {
  rm -rf -- "$results"
  mkdir -- "$results"
  printf '{"date":"2026-02-03T04:05:06Z","env":{"cpu":"made up"}}\n' >"$results/environment.json"
  peak 1e7 >"$results/000-peak-f32.json"
  kernel $((flops / 99)) >"$results/001-direct_f32_r2-3.json"
  peak 1e7 >"$results/002-peak-f32.json"
}

passed=0
failed=0

# expect STATUS TEXT ARGUMENT...: that scripts/jmh ends with the status and says the text.
expect() {
  local status=$1 text=$2 got=0
  shift 2
  "$root/scripts/jmh" --no-install "$@" >"$work/said" 2>&1 || got=$?
  if [[ $got == "$status" && $(<"$work/said") == *"$text"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: jmh %s: exit status %s instead of %s, or not said: %s\n' "$*" "$got" "$status" "$text"
    sed 's/^/  /' "$work/said"
  fi
}

# judges STATUS TEXT [ARGUMENT...]
judges() {
  local status=$1 text=$2
  shift 2
  expect "$status" "$text" --judge --out "$results" "$@"
}

expect 0 'direct f32 r2-3, floor 0.' --list
expect 0 'depthwise f64 dw56c144, floor 0.3' --list
expect 0 'winograd-f4 f32 r3-3, floor ' --list winograd
expect 2 "no kernel matches 'nothing'; scripts/jmh --list has them" --list nothing
expect 2 "'(' is no regular expression: " --list '('
expect 2 "Unknown option: '--fast'" --fast
expect 2 "Unmatched argument at index 1: 'two'" one two
expect 2 '--judge takes all that was measured' --judge --quick
expect 2 '--judge takes all that was measured' --judge direct
expect 2 '--keep needs all kernels, measured at length' --keep --quick
expect 2 '--keep needs all kernels, measured at length' --keep direct

begin
judges 0 ' ok'
if ! grep -q '"share" : 0.99' "$results/shares.json" || ! grep -q '"cpu" : "made up"' "$results/shares.json"; then
  failed=$((failed + 1))
  printf 'FAILED: shares.json has no share of 0.99, or not the environment of its measurement\n'
  cat "$results/shares.json"
fi
kernel $((flops / 20)) >"$results/001-direct_f32_r2-3.json"
judges 1 ' 0.200 '
judges 1 ' BELOW'
# The mean of the two peaks counts.
begin
peak 2e6 >"$results/002-peak-f32.json"
judges 1 ' +400.0  0.330 '
begin
kernel $((flops / 20)) 4 >"$results/001-direct_f32_r2-3.json"
judges 0 ' not judged'
judges 0 'measured too shortly are not judged'

begin
rm "$results/000-peak-f32.json"
judges 2 'there is no peak of f32 right before direct f32 r2-3'
begin
rm "$results/002-peak-f32.json"
judges 2 'there is no peak of f32 right behind direct f32 r2-3'
begin
sed -i.old 's/"f32"/"f64"/' "$results/002-peak-f32.json"
judges 2 'there is no peak of f32 right behind direct f32 r2-3'
begin
sed -i.old 's/ih56iw56/ih57iw57/' "$results/001-direct_f32_r2-3.json"
judges 2 'direct f32 r2-3 (g1mb1_ic64ih57iw57'
judges 2 'has no floor; give it one in floors.txt'
begin
sed -i.old 's/"direct"/"naive"/' "$results/001-direct_f32_r2-3.json"
judges 2 'naive f32 r2-3 ('
begin
rm "$results/001-direct_f32_r2-3.json"
judges 2 'there are no results of kernels in '
rm -r "$results"
judges 2 'there is no folder '
begin
rm "$results/environment.json"
judges 2 'which says when and where its results were measured'
begin
printf '[' >"$results/001-direct_f32_r2-3.json"
judges 2 'it is no JSON'
begin
sed -i.old 's/KernelBenchmark/SomeBenchmark/' "$results/001-direct_f32_r2-3.json"
judges 2 'it names neither a kernel nor the peak'
begin
sed -i.old 's,ns/op,us/op,' "$results/001-direct_f32_r2-3.json"
judges 2 'it has no time in ns/op, or no operations'
begin
judges 2 '--keep needs all kernels, measured at length; 1 of ' --keep

printf 'Tests of jmh: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

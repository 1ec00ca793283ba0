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

# result BENCHMARK PARAMS FORKS [ITERATIONS]: the forks' times with spaces between them, in nanoseconds; all iterations of a fork are alike.
result() {
  local nanos forks=()
  for nanos in $3; do
    forks+=("[$nanos,$nanos]")
  done
  printf '[{"benchmark":"io.github.convgauge.jmh.%s","mode":"avgt","warmupIterations":3,"measurementIterations":%s,"params":{%s},' \
    "$1" "${4-5}" "$2"
  printf '"primaryMetric":{"score":1.0,"scoreError":1.0,"scoreUnit":"ns/op","rawData":[%s]}}]\n' "$(IFS=, && printf '%s' "${forks[*]}")"
}

# peak NANOS: of 1e9 operations
peak() {
  result PeakBenchmark.peak '"dtype":"f32","flops":"1.0E9"' "$1 $1 $1"
}

# plain NANOS: of x, which has 64 * 56 * 56 elements
plain() {
  result PlainCopyBenchmark.copy '"bytes":"802816"' "$1 $1 $1"
}

# kernel FORKS [ITERATIONS]
kernel() {
  result KernelBenchmark.kernel "\"algorithm\":\"direct\",\"dtype\":\"f32\",\"problem\":\"$problem\"" "$@"
}

# times NANOS: the same in each of three forks
times() {
  printf '%s %s %s' "$1" "$1" "$1"
}

# A kernel at 0.99 of a peak of 100 operations a nanosecond.
begin() {
  rm -rf -- "$results"
  mkdir -- "$results"
  printf '{"date":"2026-02-03T04:05:06Z","env":{"cpu":"made up"}}\n' >"$results/environment.json"
  peak 1e7 >"$results/000-peak-f32.json"
  kernel "$(times $((flops / 99)))" >"$results/001-direct_f32_r2-3.json"
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
expect 2 "--problems 'resnet' is neither a file nor a set; the sets are notebook, resnet50," --problems resnet
# The same files as 'convgauge run --problems' takes; a floor is that of a shape, whatever its name.
printf '# a layer\nic64ih56oc64kh3ph1n"mine*3" # a comment\n' >"$work/problems.txt"
expect 0 'direct f32 mine, floor 0.82' --list --problems "$work/problems.txt"
expect 0 'copy-im2col f64 resnet50-conv1, no floor' --list --problems smoke --benchmark copy
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
kernel "$(times $((flops / 20)))" >"$results/001-direct_f32_r2-3.json"
judges 1 ' 0.200 '
judges 1 ' BELOW'
# The mean of the two peaks counts.
begin
peak 2e6 >"$results/002-peak-f32.json"
judges 1 ' +400.0  0.330 '
begin
kernel "$(times $((flops / 20)))" 4 >"$results/001-direct_f32_r2-3.json"
judges 0 ' not judged'
judges 0 'measured too shortly, or in fewer than 3 forks, are not judged'
# The median fork counts, not JMH's mean over all.
begin
kernel "$((flops / 99)) $((flops / 5)) $((flops / 98))" >"$results/001-direct_f32_r2-3.json"
judges 0 ' 0.980 '
judges 0 ' ok, but 1 of 3 forks below'
kernel "$((flops / 99)) $((flops / 5)) $((flops / 5))" >"$results/001-direct_f32_r2-3.json"
judges 1 ' BELOW'

# Copies and products beside a kernel, each with its own yardstick. At two bytes a nanosecond, plain ones at four.
begin
plain 401408 >"$results/003-plain-copy-802816.json"
result CopyBenchmark.copy "\"pattern\":\"nchw\",\"dtype\":\"f32\",\"problem\":\"$problem\"" '802816 802816 802816' >"$results/004-copy.json"
plain 401408 >"$results/005-plain-copy-802816.json"
peak 1e7 >"$results/999-peak-f32.json"
# 2 * 56 * 56 * 576 * 64 operations, taps in the padding too; and numbers of four digits come last.
result GemmBenchmark.gemm "\"dtype\":\"f32\",\"problem\":\"$problem\"" "$(times $((2 * 56 * 56 * 576 * 64 / 50)))" >"$results/1000-gemm.json"
peak 1e7 >"$results/1001-peak-f32.json"
judges 0 ' 2.0 GB/s '
judges 0 ' +0.0  0.500      -  no floor'
judges 0 ' 50.0 GFLOP/s '
judges 0 ' ok'
rm "$results/005-plain-copy-802816.json"
judges 2 'there is no plain copy of 802816 bytes right behind copy-nchw f32 r2-3'

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
judges 0 ' no floor'
begin
rm "$results/001-direct_f32_r2-3.json"
judges 2 'there are no results of kernels, copies or products in '
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
judges 2 'it names no kernel, copy or product, nor a yardstick of one'
begin
sed -i.old 's,ns/op,us/op,' "$results/001-direct_f32_r2-3.json"
judges 2 'it has no time in ns/op, or no operations'
begin
judges 2 '--keep needs all kernels, measured at length; 1 of ' --keep

# tried NAME FACTOR PEAK: six turns over a kernel in which the sampler says FACTOR hundredths of what JMH says, while the peak goes from 270 to PEAK.
tried() {
  local nanos turns=()
  for nanos in 991 1004 1000 1003 1002 1001; do
    turns+=("{\"peak_gflops\":[270,$3,271],\"jmh_first\":true,\"settled\":true,\"jmh\":{\"median\":${nanos}00,\"low\":${nanos}00,\"high\":${nanos}00},\
\"sampler\":{\"median\":$((nanos * $2)),\"low\":$((nanos * $2)),\"high\":$((nanos * $2))}}")
  done
  printf '{"algorithm":"direct","dtype":"f32","problem":"ic1ih1oc1kh1n\\"%s\\"","turns":[%s]}' "$1" "$(IFS=, && printf '%s' "${turns[*]}")"
}

# agrees STATUS TEXT KERNEL KERNEL KERNEL
agrees() {
  mkdir -p -- "$results"
  printf '{"date":"2026-02-03T04:05:06Z","env":{},"figure":"median","kernels":[%s,%s,%s]}\n' "$3" "$4" "$5" >"$results/agree.json"
  expect "$1" "$2" agree --judge --out "$results"
}

equal=$(tried equal 100 271)
agrees 0 ' 1.000     6/6     0.4  agree' "$equal" "$equal" "$equal"
agrees 1 ' 1.200     6/6     0.4  disagree' "$equal" "$(tried slow 120 271)" "$equal"
agrees 4 'direct f32 busy: 0 of 6 turns count, and 6 must: beside 6 the machine was not quiet' "$equal" "$(tried busy 100 200)" "$equal"

printf 'Tests of jmh: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

#!/usr/bin/env bash
# Tests the job files of scripts/cluster with their tasks as processes of this machine: the parts of a sweep
# together are the sweep. Needs target/dist.
set -euo pipefail

# shellcheck source=scripts/lib/setup.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/setup.sh"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# Nothing is timed, so blocks need no tuning for this machine.
export CONVGAUGE_CPU_TUNING=off
need_jdk

passed=0
failed=0

ok() {
  passed=$((passed + 1))
}

fail() {
  failed=$((failed + 1))
  printf 'FAILED: %s\n' "$*"
}

keys() {
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$client_classes" "$root/scripts/lib/RowKeys.java" "$@"
}

readonly sweep=(tiny --check-only --backend cpu --dtype f32 --algorithm 'naive|im2col')
"$root/scripts/convgauge" sweep "${sweep[@]}" --json "$work/whole.jsonl" >"$work/whole.log" 2>&1 || {
  cat "$work/whole.log"
  fail "the whole sweep ended with exit status $?"
}
keys "$work/whole.jsonl" >"$work/whole.keys"
if [[ -n $(uniq -d "$work/whole.keys") || ! -s $work/whole.keys ]]; then
  fail "the whole sweep has no rows, or some twice"
else
  ok
fi

# merges WHAT FOLDER: the files of a folder are three parts, none empty, and together the whole.
merges() {
  local parts=("$2"/shard-?-of-3.jsonl) part
  cat "${parts[@]}" >"$2/all.jsonl"
  keys "$2/all.jsonl" >"$2/keys"
  for part in "${parts[@]}"; do
    [[ -s $part ]] || fail "$1: $part is empty"
  done
  if ((${#parts[@]} != 3)) || ! diff "$work/whole.keys" "$2/keys"; then
    fail "$1: its parts together are not the sweep"
  else
    ok
  fi
}

# --- Slurm: as sbatch does it, a copy of the file with the task's variables -------------------------

cp "$root/scripts/cluster/slurm.sh" "$work/slurm_script"
grep -q '^#SBATCH --array=1-' "$work/slurm_script" && ok || fail "slurm.sh asks for no array from 1"

slurm_task() {
  env -u JOB_COMPLETION_INDEX SLURM_ARRAY_TASK_ID="$1" SLURM_ARRAY_TASK_COUNT=3 SLURM_SUBMIT_DIR="$root" \
    CONVGAUGE_RESULTS="$work/slurm" bash "$work/slurm_script" "${sweep[@]}"
}

tasks=()
for i in 1 2 3; do
  slurm_task "$i" >"$work/slurm-$i.log" 2>&1 &
  tasks+=("$!")
done
for i in 0 1 2; do
  wait "${tasks[i]}" || fail "Slurm's task $((i + 1)) ended with exit status $?: $(cat "$work/slurm-$((i + 1)).log")"
done
merges slurm.sh "$work/slurm"

# A requeued task measures nothing twice.
if slurm_task 2 >"$work/again.log" 2>&1 && grep -q ', 0 of them from now' "$work/again.log"; then
  ok
else
  fail "a task that was requeued measured again: $(cat "$work/again.log")"
fi

# --- Kubernetes: the container's command, args and environment as the file has them ------------------

# yaml_list KEY: the words of a list in one line.
yaml_list() {
  sed -n "s/^ *$1: \[\(.*\)\]\$/\1/p" "$root/scripts/cluster/kubernetes.yaml" | tr -d '"' | sed 's/, */ /g'
}
yaml_value() {
  sed -n "s/^ *$1: //p" "$root/scripts/cluster/kubernetes.yaml"
}
command=$(yaml_list command)
shards=$(sed -n '/name: CONVGAUGE_SHARDS/{n;s/^ *value: "\(.*\)"$/\1/p;}' "$root/scripts/cluster/kubernetes.yaml")
if [[ $(yaml_value completionMode) == Indexed && $(yaml_value completions) == "$shards" && $(yaml_value parallelism) == "$shards" ]]; then
  ok
else
  fail "kubernetes.yaml: completionMode is not Indexed, or completions, parallelism and CONVGAUGE_SHARDS differ"
fi
# The volume has the project in /data/convgauge, which is this one here.
command=${command/#\/data\/convgauge/$root}
read -r -a arguments <<<"$(yaml_list args)"
# Of which the budget ends before the first.
said=$("$root/scripts/convgauge" sweep "${arguments[@]}" --time-budget 1ms --json "$work/args.jsonl" 2>&1) || true
if [[ $said == '0 of 23 units done'* ]]; then
  ok
else
  fail "kubernetes.yaml: its args are no sweep: ${arguments[*]}: $said"
fi

tasks=()
for i in 0 1 2; do
  env -u SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX="$i" CONVGAUGE_SHARDS=3 CONVGAUGE_RESULTS="$work/kubernetes" \
    "$command" "${sweep[@]}" >"$work/kubernetes-$i.log" 2>&1 &
  tasks+=("$!")
done
for i in 0 1 2; do
  wait "${tasks[i]}" || fail "Kubernetes' pod $i ended with exit status $?: $(cat "$work/kubernetes-$i.log")"
done
merges kubernetes.yaml "$work/kubernetes"

# --- what is refused ---------------------------------------------------------------------------------

# refuses MESSAGE ENVIRONMENT... -- ARGUMENTS...
refuses() {
  local message=$1 environment=() status=0 said
  shift
  while [[ $1 != -- ]]; do
    environment+=("$1")
    shift
  done
  shift
  said=$(env -u SLURM_ARRAY_TASK_ID -u SLURM_ARRAY_TASK_COUNT -u JOB_COMPLETION_INDEX -u CONVGAUGE_SHARDS CONVGAUGE_RESULTS="$work/no" \
    ${environment[@]+"${environment[@]}"} "$root/scripts/cluster/shard" "$@" 2>&1) || status=$?
  if [[ $status == 2 && $said == *"$message"* && $said != *$'\n'* && ! -e $work/no ]]; then
    ok
  else
    fail "expected exit status 2 and '$message', not $status and '$said'"
  fi
}

refuses 'this is no task of a job array' -- tiny
refuses 'must say into how many parts' JOB_COMPLETION_INDEX=0 -- tiny
refuses 'there is no part 4 of 3' JOB_COMPLETION_INDEX=3 CONVGAUGE_SHARDS=3 -- tiny
refuses 'there is no part 3 of 1' SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=1 -- tiny
refuses 'there is no part 0 of 3' SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=3 -- tiny
refuses 'chooses --json itself' SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 -- tiny --json=x
refuses 'chooses --shard itself' SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 -- tiny --shard 1/2

printf 'Tests of the job files: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

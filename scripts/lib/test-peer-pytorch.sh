#!/usr/bin/env bash
# Tests scripts/peer-pytorch-cuda.py as users call it, with a PyTorch in plain Python. How its rows come about is
# tested by gpu/pytorch-cuda.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd -P)

if ! command -v python3 >/dev/null; then
  printf 'Tests of peer-pytorch-cuda.py: none, because there is no python3\n'
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir -- "$work/scripts" "$work/elsewhere"
cp -- "$root/scripts/peer-pytorch-cuda.py" "$work/scripts"
ln -s ../scripts/peer-pytorch-cuda.py "$work/elsewhere/peer"
cat >"$work/scripts/convgauge" <<'SCRIPT'
#!/usr/bin/env bash
printf '[%s]' "$@"
exit 7
SCRIPT
chmod +x "$work/scripts/convgauge"

passed=0
failed=0

# expect STATUS TEXT FAULTS COMMAND...: the exit status, and what the output contains
expect() {
  local status=0 output wanted=$1 text=$2 faults=$3
  shift 3
  output=$(PYTHONPATH="$root/gpu/pytorch-cuda/src/test/python" PYTHONDONTWRITEBYTECODE=1 FAKE_TORCH="$faults" "$@" 2>&1) || status=$?
  if [[ $status == "$wanted" && $output == *"$text"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s with %s: expected exit status %s and: %s\n    got exit status %s and:\n%s\n' \
      "$*" "${faults:-no fault}" "$wanted" "$text" "$status" "$output"
  fi
}

peer=$work/scripts/peer-pytorch-cuda.py
expect 7 '[run][--backend][pytorch-cuda][--problem][ic1ih3 oc1kh3][--quick]' '' "$peer" --problem 'ic1ih3 oc1kh3' --quick
expect 7 '[run][--backend][pytorch-cuda]' '' "$work/elsewhere/peer"
expect 0 '"name": "Fake GeForce"' '' "$peer" --probe
expect 0 '"cuDNN": "90100"' '' "$peer" --probe
expect 1 'finds no NVIDIA device that it can use; see what nvidia-smi says' no-device "$peer" --probe
expect 1 'is made without CUDA; install PyTorch with CUDA' cpu-only "$peer" --probe
expect 1 'cannot import torch: libtorch_global_deps.so' broken "$peer" --probe
expect 1 'has no cuDNN' no-cudnn "$peer" --probe
expect 1 "is made for AMD's ROCm" rocm "$peer" --probe

printf 'Tests of peer-pytorch-cuda.py: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

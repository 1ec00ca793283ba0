#!/usr/bin/env bash
# Tests CheckRows: good rows pass, and each thing that can be wrong with them is found. Needs
# target/dist, for Jackson.
set -euo pipefail

# shellcheck source=scripts/lib/setup.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/setup.sh"
need_jdk

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
revision=0123456789abcdef0123456789abcdef01234567

# Compiled once, since each test is a JVM of its own.
"$jdk/bin/javac" -d "$work/classes" -cp "$root/target/dist/lib/*" "$root/scripts/lib/CheckRows.java"

# row DTYPE BACKEND DEVICE ALGORITHM THREADS REGIME RATIO [FIELDS]
row() {
  printf '{"schema":1,"problem":"g1mb10_ic8ih32iw32_oc16_kh3kw3_sh1sw1_ph0pw0_dh0dw0_n\\"notebook\\"","name":"notebook",'
  printf '"dtype":"%s","backend":"%s","device":"%s","algorithm":"%s","threads":%s,"regime":"%s","cache":"hot",' \
    "$1" "$2" "$3" "$4" "$5" "$6"
  printf '"status":"PASSED","reason":null,"repeat":"scripts/convgauge run","agreement":{"tier":"repeat","max_err_over_bound":0.04},'
  printf '"time":{"median_ns":400000,"min_ns":390000,"samples":11,"first_ns":9e6},"gflops":50.5,"percent_of_peak":97.5,"best_percent_of_peak":98.5,'
  printf '"vs_pytorch":%s,%s"env":{"git_revision":"%s"}}\n' "$7" "${8-}" "$revision"
}

# absent_row DTYPE BACKEND
absent_row() {
  row "$1" "$2" null '*' null null null |
    sed 's/"device":"null"/"device":null/; s/"regime":"null"/"regime":null/; s/PASSED/UNAVAILABLE/; s/"reason":null/"reason":"no SDK"/
      s/"agreement":{[^}]*}/"agreement":null/; s/"time":{[^}]*}/"time":null/; s/50.5/null/; s/97.5/null/; s/98.5/null/'
}

readonly on_device='"hardware":"a#0","proof":"a device, 3 us","kernel_ns":300000,'

# Twelve on the processor, eight on a device, two of a backend that is not there and two of another, and on
# the processor again the fast ones, those of libraries that have f32 only, and two more that are not there.
good_rows() {
  local dtype implementation backend algorithm regime ratio
  for dtype in f64 f32; do
    for implementation in cpu/naive/eager cpu/kxk/eager cpu/im2col/eager \
      pytorch/notebook/eager pytorch/channels-last/eager pytorch/channels-last/prepared; do
      IFS=/ read -r backend algorithm regime <<<"$implementation"
      ratio=0.8
      if [[ $algorithm == notebook ]]; then
        ratio=1.0
      fi
      row "$dtype" "$backend" host "$algorithm" 1 "$regime" "$ratio"
    done
  done
  for dtype in f64 f32; do
    for algorithm in im2col+gemm im2col+gemm-tiled direct direct-blocked; do
      row "$dtype" opencl 'a device' "$algorithm" null resident 0.8 "$on_device"
    done
    absent_row "$dtype" tornadovm
  done
  for dtype in f64 f32; do
    for algorithm in direct im2col+gemm winograd-f2 winograd-f4; do
      for regime in eager prepared; do
        row "$dtype" cpu host "$algorithm" 1 "$regime" 0.8
      done
    done
    for regime in eager prepared; do
      for implementation in onednn/convolution onnxruntime/conv; do
        row "$dtype" "${implementation%/*}" host "${implementation#*/}" 1 "$regime" 0.8 |
          if [[ $dtype == f64 ]]; then sed 's/PASSED/UNSUPPORTED/; s/"reason":null/"reason":"no f64"/'; else cat; fi
      done
    done
  done
  for dtype in f64 f32; do
    absent_row "$dtype" clblast
  done
  for dtype in f64 f32; do
    absent_row "$dtype" pytorch-cuda
  done
}

device() {
  printf '{"backend":"%s","id":"%s","name":"%s","hardware":"a#0","facts":{"f64":"%s","backend":"%s 0:0","type":"%s"},"algorithms":["direct"]}\n' "$1" "$2" "$3" "$4" "${5-OPENCL}" "${6-CPU}"
}

passed=0
failed=0

# expect STATUS TEXT: runs CheckRows on $work/rows, with the devices in $work/devices and $lanes.
expect() {
  local output status=0
  output=$("$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$work/classes:$root/target/dist/lib/*" CheckRows \
    "$work/rows" "$revision" "$work/devices" "$lanes" 2>&1) || status=$?
  if [[ $status == "$1" && $output == *"$2"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: expected exit status %s and: %s\n    got exit status %s and:\n%s\n' "$1" "$2" "$status" "$output"
  fi
}

# finds EDIT TEXT: what CheckRows says of the good rows after an edit with sed.
finds() {
  good_rows | sed "$1" >"$work/rows"
  if cmp -s "$work/rows" "$work/good"; then
    failed=$((failed + 1))
    printf 'FAILED: the edit %s changes nothing\n' "$1"
  else
    expect 1 "$2"
  fi
}

good_rows >"$work/good"
lanes=opencl
{
  device cpu host Processor yes
  device opencl 0.0 'a device' yes
} >"$work/devices"
cp "$work/good" "$work/rows"
expect 0 '50 passed, 0 failed'
sort -r "$work/good" >"$work/rows"
expect 0 '50 passed, 0 failed'
: >"$work/rows"
expect 1 '0 passed, 50 failed'

finds 3d 'there is no row for cpu im2col eager f64'
finds 12d '49 passed, 1 failed'
finds 2p 'line 3: a second row for cpu kxk eager f64'
finds '2s/eager/prepared/' 'nobody expects a row for cpu kxk prepared f64'
finds '2s/eager/prepared/' 'there is no row for cpu kxk eager f64'
finds '2s/f64/i32/' 'nobody expects a row for cpu kxk eager i32'
finds '7s/.$//' 'line 7: not one JSON value'
finds '7s/^/{}/' 'line 7: not one JSON value'
finds '7s/.*//' 'line 7: not a JSON object'
finds '1s/PASSED/FAILED/; 1s/"reason":null/"reason":"too far"/' '/status is "FAILED", not PASSED (too far)'
finds '1s/ih32/ih33/' '/problem is '
finds '1s/"schema":1/"schema":2/' '/schema is 2, not 1'
finds '1s/"schema":1/"schema":"1"/' '/schema is "1", not 1'
finds '1s/"threads":1/"threads":2/' '/threads is 2, not 1'
finds '1s/"hot"/"cold"/' '/cache is "cold", not hot'
finds '1s/"tier":"repeat"/"tier":"none"/' '/agreement/tier is "none"'
finds '1s/0\.04/1.01/' '/agreement/max_err_over_bound is 1.01'
finds '1s/0\.04/"NaN"/' '/agreement/max_err_over_bound is "NaN"'
finds '1s/400000/0/' '/time/median_ns is 0, not positive'
finds '1s/"median_ns":400000,//' '/time/median_ns is missing'
finds '1s/390000/410000/' '/time/min_ns is 410000'
finds '1s/9e6/null/' '/time/first_ns is null'
finds '1s/"samples":11/"samples":0/' '/time/samples is 0'
finds '1s/50\.5/-1/' '/gflops is -1'
finds '1s/97\.5/200.5/' '/percent_of_peak is 200.5'
finds '25s/97\.5/300/' '/percent_of_peak is 300'
finds '29s/97\.5/401/' '/percent_of_peak is 401'
finds '31s/UNSUPPORTED/PASSED/' '/status is "PASSED", not UNSUPPORTED'
finds '1s/97\.5/0/' '/percent_of_peak is 0'
finds '1s/98\.5/110.5/' '/best_percent_of_peak is 110.5'
finds '1s/98\.5/null/' '/best_percent_of_peak is null'
finds '1s/"vs_pytorch":0.8/"vs_pytorch":0/' '/vs_pytorch is 0, not positive'
finds '4s/"vs_pytorch":1.0/"vs_pytorch":1.01/' '/vs_pytorch is 1.01, not 1.0'
finds '1s/"host"/""/' '/device is ""'
finds '1s/"scripts.convgauge run"/null/' '/repeat is null'
finds '1s/"git_revision":"0/"git_revision":"f/' '/env/git_revision is "f123456'

# Devices: lines 13 to 17 are f64, 17 and 22 those of the backend that is not there.
finds 13d 'there is no row for opencl im2col+gemm resident f64 on a device'
finds 13p 'a second row for opencl im2col+gemm resident f64 on a device'
finds '13s/a device/another/' 'nobody expects a row for opencl im2col+gemm resident f64 on another'
finds '13s/resident/end_to_end/' 'nobody expects a row for opencl im2col+gemm end_to_end f64 on a device'
finds '13s/"threads":null/"threads":1/' '/threads is 1, not null'
finds '13s/PASSED/FELL_BACK/' '/status is "FELL_BACK", not PASSED'
finds '13s/PASSED/UNSUPPORTED/' '/status is "UNSUPPORTED", not PASSED'
finds '13s/"vs_pytorch":0.8/"vs_pytorch":null/' '/vs_pytorch is null, not positive'
finds '13s/"proof":"[^"]*"/"proof":null/' '/proof is null'
finds '13s/"kernel_ns":300000/"kernel_ns":null/' '/kernel_ns is null, not positive'
finds '13s/"a#0"/"b#0"/' '/hardware is "b#0", which is not listed for that device'
finds '13s/"hardware":"a#0"/"hardware":null/' '/hardware is null'
finds 17d 'there is no row for tornadovm * f64'
finds 17p 'a second row for tornadovm * f64'
finds '17s/UNAVAILABLE/PASSED/' '/status is "PASSED", not UNAVAILABLE'
finds '17s/"no SDK"/null/' '/reason is null'
finds '17s/tornadovm/cpu/' 'nobody expects a row for cpu * f64'
cp "$work/good" "$work/rows"
lanes=opencl,tornadovm
expect 1 'no device of tornadovm is listed, and it can or must run here'
printf '{"backend":"tornadovm","unavailable":"the worker died","mend":null}\n' >>"$work/devices"
expect 1 'no device of tornadovm is listed, and it can or must run here: the worker died'
lanes=
expect 0 '50 passed, 0 failed'
device tornadovm 0 'a device' yes >>"$work/devices"
expect 1 'nobody expects a row for tornadovm * f64'
expect 1 'there is no row for tornadovm direct-blocked resident f32 on a device'

# What is made for GPUs is asked of them only.
{
  device cpu host Processor yes
  device opencl 0.0 'a device' yes OPENCL GPU
} >"$work/devices"
expect 1 'there is no row for opencl implicit-gemm resident f64 on a device'
{
  cat "$work/good"
  grep '"backend":"opencl"' "$work/good" | grep '"direct-blocked"' | sed 's/direct-blocked/implicit-gemm/'
} >"$work/rows"
expect 0 '52 passed, 0 failed'
cp "$work/good" "$work/rows"

# Twins on the same hardware.
{
  device opencl 0.0 'a device' yes
  device tornadovm 0 'a device' yes
} >"$work/devices"
{
  grep -v '"backend":"tornadovm"' "$work/good"
  grep '"backend":"opencl"' "$work/good" | sed 's/"opencl"/"tornadovm"/; s/"env"/"twin":"opencl","vs_twin":1.5,&/'
  # The twin's kernels through the backend's own runtime.
  grep '"backend":"opencl"' "$work/good" | grep '"direct-blocked"' |
    sed 's/"opencl"/"tornadovm"/; s/"direct-blocked"/"prebuilt-&/; s/prebuilt-"/prebuilt-/; s/"env"/"twin":"opencl","vs_twin":1.5,&/'
} >"$work/twins"
cp "$work/twins" "$work/rows"
expect 0 '58 passed, 0 failed'
sed '/prebuilt/d' "$work/twins" >"$work/rows"
expect 1 'there is no row for tornadovm prebuilt-direct-blocked resident f64 on a device'
sed '49s/"twin":"opencl"/"twin":null/' "$work/twins" >"$work/rows"
expect 1 '/twin is null, not opencl'
sed '49s/"vs_twin":1.5/"vs_twin":null/' "$work/twins" >"$work/rows"
expect 1 '/vs_twin is null, not positive'
# They are OpenCL C, which another driver does not take.
cp "$work/devices" "$work/devices.opencl"
{
  device opencl 0.0 'a device' yes
  device tornadovm 0 'a device' yes PTX
} >"$work/devices"
cp "$work/twins" "$work/rows"
expect 1 '/status is "PASSED", not UNSUPPORTED'
sed '/prebuilt/{s/PASSED/UNSUPPORTED/; s/"reason":null/"reason":"no OpenCL C"/}' "$work/twins" >"$work/rows"
expect 1 'there is no row for tornadovm im2col+cublas resident f32 on a device'
# library_rows SUPPORTED: those of NVIDIA's libraries, where so many of the three are supported in f32.
library_rows() {
  local dtype algorithm number
  for dtype in f64 f32; do
    number=0
    for algorithm in im2col+cublas cudnn im2col+cublas-tf32; do
      number=$((number + 1))
      row "$dtype" tornadovm 'a device' "$algorithm" null resident 0.8 "$on_device" |
        if [[ $dtype == f64 ]] || ((number > $1)); then sed 's/PASSED/UNSUPPORTED/; s/"reason":null/"reason":"no"/'; else cat; fi
    done
  done
}
library_rows 0 >>"$work/rows"
expect 0 '64 passed, 0 failed'
sed -i.bak 's/"PTX 0:0"/"CUDA 0:0","compute capability":"7.5"/' "$work/devices"
expect 1 '/status is "UNSUPPORTED", not PASSED'
head -n 58 "$work/rows" >"$work/cuda"
{
  cat "$work/cuda"
  library_rows 2
} >"$work/rows"
expect 0 '64 passed, 0 failed'
sed -i.bak 's/7\.5/8.0/' "$work/devices"
expect 1 '/status is "UNSUPPORTED", not PASSED'
{
  cat "$work/cuda"
  library_rows 3
} >"$work/rows"
expect 0 '64 passed, 0 failed'
# Tensor cores are faster than the peak of f32, by a factor that has an end.
sed -i.bak '/cublas-tf32.*f32\|f32.*cublas-tf32/s/97\.5/900/' "$work/rows"
expect 0 '64 passed, 0 failed'
sed -i.bak '/"im2col+cublas"/s/97\.5/900/' "$work/rows"
expect 1 '/percent_of_peak is 900'
mv "$work/devices.opencl" "$work/devices"
# On other hardware there is none.
sed '/tornadovm/s/a#0/b#0/' "$work/devices" >"$work/devices.new" && mv "$work/devices.new" "$work/devices"
sed '/"backend":"tornadovm"/{s/a#0/b#0/; s/"twin":"opencl","vs_twin":1.5/"twin":null,"vs_twin":null/;}' "$work/twins" >"$work/rows"
expect 0 '58 passed, 0 failed'

# A library that has an algorithm of the twin's and one of its own, whose row has no twin.
{
  device opencl 0.0 'a device' yes
  device clblast 0 'a device' yes
} >"$work/devices"
{
  grep -v '"backend":"clblast"' "$work/good"
  for dtype in f64 f32; do
    row "$dtype" clblast 'a device' convgemm null resident 0.8 "$on_device"'"twin":null,"vs_twin":null,'
    row "$dtype" clblast 'a device' im2col+gemm null resident 0.8 "$on_device"'"twin":"opencl","vs_twin":1.5,'
  done
} >"$work/peers"
cp "$work/peers" "$work/rows"
expect 0 '52 passed, 0 failed'
sed '50s/"twin":"opencl","vs_twin":1.5/"twin":null,"vs_twin":null/' "$work/peers" >"$work/rows"
expect 1 '/twin is null, not opencl'
sed 49d "$work/peers" >"$work/rows"
expect 1 'there is no row for clblast convgemm resident f64 on a device'
sed '49s/convgemm/direct/' "$work/peers" >"$work/rows"
expect 1 'nobody expects a row for clblast direct resident f64 on a device'

# PyTorch on a device that has tensor cores, and on one whose have no TF32.
{
  device opencl 0.0 'a device' yes
  device pytorch-cuda 0 'a device' yes | sed 's/"OPENCL 0:0"/"","compute capability":"9.0"/'
} >"$work/devices"
{
  grep -v '"backend":"pytorch-cuda"' "$work/good"
  for dtype in f64 f32; do
    for algorithm in channels-last contiguous channels-last-tf32 contiguous-tf32; do
      row "$dtype" pytorch-cuda 'a device' "$algorithm" null resident 0.8 "$on_device" |
        if [[ $dtype$algorithm == f64*-tf32 ]]; then sed 's/PASSED/UNSUPPORTED/; s/"reason":null/"reason":"no f64"/'; else cat; fi
    done
  done
} >"$work/rows"
expect 0 '56 passed, 0 failed'
sed -i.bak 's/9\.0/7.5/' "$work/devices"
expect 1 '/status is "PASSED", not UNSUPPORTED'

# Two devices of one name, and one without f64.
{
  device opencl 0.0 'a device' yes
  device opencl 0.1 'a device' yes
} >"$work/devices"
expect 1 'there is no row for opencl direct resident f32 on a device'
{
  cat "$work/good"
  grep '"a device"' "$work/good"
} >"$work/rows"
expect 0 '58 passed, 0 failed'
device opencl 0.0 'a device' no >"$work/devices"
cp "$work/good" "$work/rows"
expect 1 '/status is "PASSED", not UNSUPPORTED'
sed '13,16s/PASSED/UNSUPPORTED/; 13,16s/"reason":null/"reason":"no f64"/' "$work/good" >"$work/rows"
expect 0 '50 passed, 0 failed'

printf 'Tests of CheckRows: %d passed, %d failed\n' "$passed" "$failed"
((failed == 0))

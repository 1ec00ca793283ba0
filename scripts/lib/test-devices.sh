#!/usr/bin/env bash
# Tests how the scripts see to an OpenCL platform, and how they judge whether the tests on devices ran.
# Arguments select tests by name: scripts/lib/test-devices.sh lane
set -euo pipefail

# shellcheck source=scripts/lib/test-sandbox.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/test-sandbox.sh"

# --- OpenCL ----------------------------------------------------------------------------------

# Where nothing of OpenCL is, and everything of it is known to apt.
begin() {
  jdk "$sandbox/jvm/good" 25.0.3
  apt
  user_is 0
  rm -r "$sandbox/vendors"
  program "$bin/ldconfig" <<<'echo libc.so.6'
  printf '%s\n' pocl-opencl-icd ocl-icd-libopencl1 >"$sandbox/known-packages"
}

installs_are() {
  [[ $(grep -c ' install ' "$sandbox/calls" || true) == "$1" ]] || complain "expected $1 installed packages"
}

test_opencl_is_installed() {
  begin
  convgauge run --quick
  java_is "$sandbox/jvm/good"
  holds "$err" "there is no OpenCL platform here
convgauge: installing the package ocl-icd-libopencl1 with apt-get (--no-install keeps convgauge from it)"
  holds "$err" "convgauge: installing the package pocl-opencl-icd with apt-get (--no-install keeps convgauge from it)"
  installs_are 2
  convgauge run --quick
  [[ -z $err ]] || complain "expected nothing to say"
  installs_are 2
}

test_opencl_loader_alone_is_missing() {
  begin
  opencl_driver
  convgauge
  java_is "$sandbox/jvm/good"
  holds "$calls" "install ocl-icd-libopencl1"
  installs_are 1
}

test_opencl_driver_alone_is_missing() {
  begin
  opencl_loader
  convgauge devices
  java_is "$sandbox/jvm/good"
  holds "$calls" "install pocl-opencl-icd"
  installs_are 1
}

test_opencl_loader_of_ld_library_path() {
  begin
  opencl_driver
  mkdir "$sandbox/their libs"
  : >"$sandbox/their libs/libOpenCL.so.1"
  convgauge LD_LIBRARY_PATH="/nothing::$sandbox/their libs"
  java_is "$sandbox/jvm/good"
  installs_are 0
}

test_opencl_is_not_for_everybody_to_install() {
  begin
  user_is 1000
  convgauge
  java_is "$sandbox/jvm/good"
  installs_are 0
  holds "$err" "there is no OpenCL platform here"
  holds "$err" '"sudo apt-get install ocl-icd-libopencl1 pocl-opencl-icd" has brought PoCL'
}

test_opencl_install_is_kept_off() {
  begin
  convgauge --no-install run
  java_is "$sandbox/jvm/good"
  installs_are 0
  holds "$err" "sudo apt-get install"
}

test_opencl_where_there_is_no_apt() {
  begin
  rm "$bin/apt-get" "$bin/apt-cache"
  convgauge
  java_is "$sandbox/jvm/good"
  holds "$err" "until PoCL (https://portablecl.org), which computes on the CPU"
  lacks "$err" "apt-get"
}

test_opencl_that_the_distribution_has_not() {
  begin
  : >"$sandbox/known-packages"
  convgauge
  java_is "$sandbox/jvm/good"
  installs_are 0
  holds "$err" "the OpenCL rows stay without a device"
}

test_opencl_drivers_that_the_user_names() {
  begin
  mkdir "$sandbox/none"
  convgauge OCL_ICD_VENDORS="$sandbox/none"
  java_is "$sandbox/jvm/good"
  installs_are 0
  lacks "$err" OpenCL
}

test_opencl_only_where_it_is_used() {
  local words
  begin
  for words in '--help' 'table x' 'explain x' 'help' '-V' 'run --help' 'run --backend cpu' '--backend=cpu,pytorch'; do
    # shellcheck disable=SC2086 # these are words
    run "$project/scripts/convgauge" $words
    java_is "$sandbox/jvm/good"
    lacks "$err" OpenCL
  done
  installs_are 0
  for words in '--backend opencl' '--backend=cpu,tornadovm' 'run --quick'; do
    rm -f "$sandbox/vendors/pocl.icd"
    # shellcheck disable=SC2086 # these are words
    run "$project/scripts/convgauge" $words
    holds "$err" "there is no OpenCL platform here"
  done
}

test_opencl_is_no_matter_elsewhere() {
  begin
  # bash sets the variable itself, so ask the function.
  program "$project/scripts/ask" <<'ASK'
source "${0%/*}/lib/setup.sh"
OSTYPE=$1
need_opencl
ASK
  run "$project/scripts/ask" darwin24
  status_is 0
  [[ -z $err ]] || complain "expected nothing to say"
  installs_are 0
  run "$project/scripts/ask" linux-gnu
  installs_are 2
}

test_opencl_for_the_tests() {
  begin
  run "$project/scripts/test"
  status_is 0
  installs_are 2
}

# --- lanes -----------------------------------------------------------------------------------

test_lane_of_nothing_is_red() {
  jdk "$sandbox/jvm/good" 25.0.3
  rm -r "$sandbox/reports"
  run "$project/scripts/test"
  status_is 1
  holds "$out" "opencl lane: 0 tests, 0 skipped"
  holds "$err" "the OpenCL lane could run, and not one of its tests did"
}

test_lane_that_skips_everything_is_red() {
  jdk "$sandbox/jvm/good" 25.0.3
  report opencl OpenClLaneTest 3 3 'opencl lane: device A, kernel 12 µs'
  report opencl OtherTest 4 4
  run "$project/scripts/test"
  status_is 1
  holds "$out" "opencl lane: 7 tests, 7 skipped, device A"
  holds "$err" "the OpenCL lane skipped all of its 7 tests"
}

test_lane_without_a_device_is_red() {
  jdk "$sandbox/jvm/good" 25.0.3
  report opencl OpenClLaneTest 3 0 'this is no opencl lane: device A'
  run "$project/scripts/test"
  status_is 1
  holds "$out" "opencl lane: 3 tests, 0 skipped"
  holds "$err" "no test of the OpenCL lane says on which device a kernel ran"
}

test_lane_counts_all_of_its_tests() {
  jdk "$sandbox/jvm/good" 25.0.3
  report opencl BTest 40 2
  run "$project/scripts/test"
  status_is 0
  holds "$out" "opencl lane: 90 tests, 2 skipped, device A, kernel 12 µs"
}

# CLBlast's tests belong to the lane of the devices that it computes on.
test_lane_counts_all_of_its_modules() {
  jdk "$sandbox/jvm/good" 25.0.3
  report clblast ClBlastContractTest 12 5
  run "$project/scripts/test"
  status_is 0
  holds "$out" "opencl lane: 62 tests, 5 skipped, device A, kernel 12 µs"
}

test_lane_does_not_count_earlier_tests() {
  jdk "$sandbox/jvm/good" 25.0.3
  run "$project/scripts/test"
  status_is 0
  rm -r "$sandbox/reports"
  run "$project/scripts/test"
  status_is 1
  holds "$err" "not one of its tests did"
}

test_lanes_that_cannot_run_are_told_at_the_end() {
  jdk "$sandbox/jvm/good" 25.0.3
  mkdir "$sandbox/none"
  rm -r "$sandbox/reports"
  run OCL_ICD_VENDORS="$sandbox/none" "$project/scripts/test"
  status_is 0
  [[ $err == *$'\n'"convgauge: the OpenCL lane did NOT run: there is no OpenCL platform here"$'\n'"convgauge: the TornadoVM lane did NOT run: there is no TornadoVM SDK here; scripts/setup --tornadovm gets one"$'\n'"convgauge: the browser lane did NOT run: there is no Chromium with chromedriver here; the packages chromium and chromium-driver bring them" ]] ||
    complain "expected it at the end"
  lacks "$out" lane
}

test_lanes_that_are_required() {
  jdk "$sandbox/jvm/good" 25.0.3
  run CONVGAUGE_REQUIRE=opencl "$project/scripts/test"
  status_is 0
  run CONVGAUGE_REQUIRE=opencl,tornadovm "$project/scripts/test"
  status_is 1
  holds "$err" "the TornadoVM lane is required and cannot run: there is no TornadoVM SDK here; scripts/setup --tornadovm gets one"
  mkdir "$sandbox/none"
  run CONVGAUGE_REQUIRE=opencl OCL_ICD_VENDORS="$sandbox/none" "$project/scripts/test"
  status_is 1
  holds "$err" "the OpenCL lane is required and cannot run: there is no OpenCL platform here"
  run CONVGAUGE_REQUIRE=opencl,cuda "$project/scripts/test"
  refuses "CONVGAUGE_REQUIRE takes opencl, tornadovm, browser or several with commas, not 'cuda'"
}

test_lane_of_the_browser() {
  jdk "$sandbox/jvm/good" 25.0.3
  run CONVGAUGE_REQUIRE=browser "$project/scripts/test"
  status_is 1
  holds "$err" "the browser lane is required and cannot run: there is no Chromium with chromedriver here"
  program "$bin/chromium" </dev/null
  run CONVGAUGE_REQUIRE=browser "$project/scripts/test"
  status_is 1
  program "$bin/chromedriver" </dev/null
  # Other tests of the module are not its.
  report common x.OtherTest 90 0
  run CONVGAUGE_REQUIRE=browser "$project/scripts/test"
  status_is 1
  holds "$err" "the browser lane could run, and not one of its tests did"
  report common x.ReportPageTest 9 0
  run CONVGAUGE_REQUIRE=browser "$project/scripts/test"
  status_is 1
  holds "$err" "no test of the browser lane says in which browser it ran"
  report common x.ReportPageTest 9 1 'browser lane: chrome 156.0'
  run CONVGAUGE_REQUIRE=browser "$project/scripts/test"
  status_is 0
  holds "$out" "browser lane: 9 tests, 1 skipped, chrome 156.0"
}

test_lanes_of_a_part_of_the_tests() {
  jdk "$sandbox/jvm/good" 25.0.3
  run "$project/scripts/test" -pl common
  status_is 0
  holds "$err" "whether the tests on devices ran is checked only when all tests run"
}

run_tests devices "$@"

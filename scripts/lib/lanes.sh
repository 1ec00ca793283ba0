# shellcheck shell=bash
# Judges whether the tests of each kind of device, and those in a browser, ran: a lane that skipped
# everything must not look like one that passed. To be sourced after setup.sh.
# CONVGAUGE_REQUIRE=opencl,tornadovm,browser, or some of them, makes a failure of a lane that cannot run.

# Those that have rows in a run, and all.
readonly device_lanes=(opencl tornadovm)
readonly lanes=("${device_lanes[@]}" browser)

# Whether CONVGAUGE_REQUIRE names a lane.
is_required() {
  [[ ,${CONVGAUGE_REQUIRE:-}, == *,"$1",* ]]
}

# Exit status 2 if CONVGAUGE_REQUIRE names what is no lane.
check_required() {
  local words word
  IFS=, read -r -a words <<<"${CONVGAUGE_REQUIRE:-}"
  for word in ${words[@]+"${words[@]}"}; do
    case $word in
      opencl | tornadovm | browser | '') ;;
      *)
        say "CONVGAUGE_REQUIRE takes opencl, tornadovm, browser or several with commas, not '$word'"
        exit 2
        ;;
    esac
  done
}

lane_title() {
  case $1 in
    opencl) printf 'OpenCL' ;;
    tornadovm) printf 'TornadoVM' ;;
    browser) printf 'browser' ;;
  esac
}

# Whether the report's page can be tested: a Chromium, and what drives it.
has_browser() {
  local name
  command -v chromedriver >/dev/null || return 1
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
      return 0
    fi
  done
  return 1
}

# Installs a browser if there is none and we may; without one its tests are skipped, and that is said.
need_browser() {
  has_browser || { install_package chromium && install_package chromium-driver; } || true
}

# Prints why a lane cannot run here; "" if it can. Needs find_tornadovm.
lane_obstacle() {
  if [[ $1 == opencl ]]; then
    has_opencl || printf 'there is no OpenCL platform here'
  elif [[ $1 == browser ]]; then
    has_browser || printf 'there is no Chromium with chromedriver here; the packages chromium and chromium-driver bring them'
  elif [[ -z $tornado_sdk ]]; then
    printf 'there is no TornadoVM SDK here; scripts/setup --tornadovm gets one'
  elif [[ -n $tornado_fault ]]; then
    printf '%s' "$tornado_fault"
  elif [[ $(tornado_backends "$tornado_sdk") == opencl ]] && ! has_opencl; then
    printf 'the TornadoVM SDK in %s is for OpenCL alone, and there is no OpenCL platform here' "$tornado_sdk"
  fi
}

# Prints the lanes of devices that can run here or must, with commas.
expected_lanes() {
  local lane list=
  for lane in "${device_lanes[@]}"; do
    if is_required "$lane" || [[ -z $(lane_obstacle "$lane") ]]; then
      list=$list${list:+,}$lane
    fi
  done
  printf '%s' "$list"
}

# Exit status 1 if a lane cannot run that must.
need_required_lanes() {
  local lane obstacle status=0
  for lane in "${lanes[@]}"; do
    obstacle=$(lane_obstacle "$lane")
    if [[ -n $obstacle ]] && is_required "$lane"; then
      say "the $(lane_title "$lane") lane is required and cannot run: $obstacle"
      status=1
    fi
  done
  ((status == 0)) || exit "$status"
}

# Says of each lane that could not run that it did not.
say_missing_lanes() {
  local lane obstacle
  for lane in "${lanes[@]}"; do
    obstacle=$(lane_obstacle "$lane")
    if [[ -n $obstacle ]]; then
      say "the $(lane_title "$lane") lane did NOT run: $obstacle"
    fi
  done
}

# Prints the reports of the tests that are a lane, a pattern a line from the project's folder; the first
# has the lane test.
lane_reports() {
  case $1 in
    browser) printf 'common/target/surefire-reports/TEST-*.ReportPageTest.xml\n' ;;
    *) printf 'gpu/%s/target/surefire-reports/TEST-*.xml\n' "$1" ;;
  esac
  if [[ $1 == opencl ]]; then
    printf 'gpu/clblast/target/surefire-reports/TEST-*.xml\n'
  fi
}

# Prints the files of such patterns that are there.
lane_report_files() {
  local pattern report
  while IFS= read -r pattern; do
    # Unquoted, for the pattern; the folder's name may hold anything.
    for report in "$root"/${pattern%/*}/${pattern##*/}; do
      if [[ -e $report ]]; then
        printf '%s\n' "$report"
      fi
    done
  done < <(lane_reports "$1")
}

# Removes what earlier tests reported of the lanes, because Surefire leaves it.
clear_lane_reports() {
  local lane report
  for lane in "${lanes[@]}"; do
    while IFS= read -r report; do
      rm -f -- "$report"
    done < <(lane_report_files "$lane")
  done
}

# Prints what Surefire's reports say of a lane: tests, skipped, and the line of its lane test, which
# names the device and a kernel time, or the browser, after a tab each.
read_lane() {
  local report reports=()
  while IFS= read -r report; do
    reports+=("$report")
  done < <(lane_report_files "$1")
  if ((${#reports[@]} == 0)); then
    printf '0\t0\t\n'
    return 0
  fi
  awk -v begin="$1 lane: " '
    function count(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0
    }
    /<testsuite / { tests += count("tests"); skipped += count("skipped") }
    {
      sub(/^.*<system-out><!\[CDATA\[/, "")
      sub(/\]\]>.*$/, "")
      if (said == "" && index($0, begin) == 1) said = substr($0, length(begin) + 1)
    }
    END { printf "%d\t%d\t%s\n", tests, skipped, said }' "${reports[@]}"
}

# Prints a line on each lane that could run, and says of the others that they did not; fails if one
# could run and tested nothing.
check_lanes() {
  local lane tests skipped said where status=0
  for lane in "${lanes[@]}"; do
    if [[ -n $(lane_obstacle "$lane") ]]; then
      continue
    fi
    IFS=$'\t' read -r tests skipped said <<<"$(read_lane "$lane")"
    printf '%s lane: %d tests, %d skipped%s\n' "$lane" "$tests" "$skipped" "${said:+, $said}"
    if ((tests == 0)); then
      say "the $(lane_title "$lane") lane could run, and not one of its tests did"
      status=1
    elif ((tests == skipped)); then
      say "the $(lane_title "$lane") lane skipped all of its $tests tests"
      status=1
    elif [[ -z $said ]]; then
      where='on which device a kernel ran'
      if [[ $lane == browser ]]; then
        where='in which browser it ran'
      fi
      say "no test of the $(lane_title "$lane") lane says $where (\"$lane lane: …\" in its output)"
      status=1
    fi
  done
  say_missing_lanes
  return "$status"
}

# shellcheck shell=bash
# Judges whether the tests of each kind of device ran: a lane that skipped everything must not look
# like one that passed. To be sourced after setup.sh. CONVGAUGE_REQUIRE=opencl,tornadovm, or one of
# them, makes a failure of a lane that cannot run.

readonly lanes=(opencl tornadovm)

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
      opencl | tornadovm | '') ;;
      *)
        say "CONVGAUGE_REQUIRE takes opencl, tornadovm or both with a comma, not '$word'"
        exit 2
        ;;
    esac
  done
}

lane_title() {
  case $1 in
    opencl) printf 'OpenCL' ;;
    tornadovm) printf 'TornadoVM' ;;
  esac
}

# Prints why a lane cannot run here; "" if it can. Needs find_tornadovm.
lane_obstacle() {
  if [[ $1 == opencl ]]; then
    has_opencl || printf 'there is no OpenCL platform here'
  elif [[ -z $tornado_sdk ]]; then
    printf 'there is no TornadoVM SDK here; scripts/setup --tornadovm gets one'
  elif [[ -n $tornado_fault ]]; then
    printf '%s' "$tornado_fault"
  elif [[ $(tornado_backends "$tornado_sdk") == opencl ]] && ! has_opencl; then
    printf 'the TornadoVM SDK in %s is for OpenCL alone, and there is no OpenCL platform here' "$tornado_sdk"
  fi
}

# Prints the lanes that can run here or must, with commas.
expected_lanes() {
  local lane list=
  for lane in "${lanes[@]}"; do
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

# Prints the modules whose tests are a lane, a line each; the first one has the lane test.
lane_modules() {
  printf 'gpu/%s\n' "$1"
  if [[ $1 == opencl ]]; then
    printf 'gpu/clblast\n'
  fi
}

# Removes what earlier tests reported of the lanes, because Surefire leaves it.
clear_lane_reports() {
  local lane module
  for lane in "${lanes[@]}"; do
    while IFS= read -r module; do
      rm -f -- "$root/$module/target/surefire-reports"/TEST-*.xml
    done < <(lane_modules "$lane")
  done
}

# Prints what Surefire's reports say of a lane: tests, skipped, and the line of its lane test, which
# names the device and a kernel time, after a tab each.
read_lane() {
  local module report reports=()
  while IFS= read -r module; do
    for report in "$root/$module/target/surefire-reports"/TEST-*.xml; do
      if [[ -e $report ]]; then
        reports+=("$report")
      fi
    done
  done < <(lane_modules "$1")
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
  local lane tests skipped said status=0
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
      say "no test of the $(lane_title "$lane") lane says on which device a kernel ran (\"$lane lane: …\" in its output)"
      status=1
    fi
  done
  say_missing_lanes
  return "$status"
}

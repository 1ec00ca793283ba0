#!/usr/bin/env bash
# Tests how the scripts find TornadoVM's SDK, what they say of one that will not do, how its argument
# file comes about, and how setup gets an archive. The SDKs are made up. Arguments select tests by
# name: scripts/lib/test-tornadovm.sh archive
set -euo pipefail

# shellcheck source=scripts/lib/test-sandbox.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/test-sandbox.sh"

# TornadoVM's own tools keep spaces out.
sandbox_name=folder
project_name=convgauge

real_jar=$(
  # shellcheck source=scripts/lib/setup.sh
  source "$scripts/lib/setup.sh"
  need_jdk
  printf '%s' "$jdk/bin/jar"
)

# An SDK as its archive holds it, with tools that do what matters: sdk FOLDER [VERSION [BACKENDS]]
sdk() {
  local version=${2-5.2.0-jdk25}
  mkdir -p "$1/etc" "$1/share/java/tornado" "$1/lib" "$1/bin"
  printf 'version=%s\nbranch=UNKNOWN\n' "$version" >"$1/etc/tornado.release"
  printf 'tornado.backends=%s\n' "${3-opencl-backend}" >"$1/etc/tornado.backend"
  echo "$version" >"$1/share/java/tornado/tornado-api-$version.jar"
  program "$1/bin/tornado" <<'TORNADO'
printf 'tornado %s | %s\n' "$*" "$JAVA_HOME" >>"$SANDBOX/calls"
if [[ -f $SANDBOX/break-tornado ]]; then
  # It ends so, with 0, where the JDK does not fit.
  printf '\033[0;31m[ERROR]\033[0m TornadoVM is only compatible with something else\n'
  exit 0
fi
case $* in
  *--printJavaFlags)
    if [[ $* == *--nonsense* ]]; then
      echo "tornado.py: error: unrecognized arguments: --nonsense" >&2
      exit 2
    fi
    extra=
    [[ $* == *--printKernel* ]] && extra=' -Dtornado.printKernel=True '
    echo "$JAVA_HOME/bin/java -server $extra --module-path .:$TORNADOVM_HOME/share @$TORNADOVM_HOME/etc/exports "
    ;;
  *--params=*)
    # As the real one does: into a line for the shell.
    line="$JAVA_HOME/bin/java launched"
    for word; do
      case $word in
        --jvm=* | --params=*) line="$line ${word#*=}" ;;
        --classpath=*) line="$line -cp ${word#*=}${CLASSPATH+:$CLASSPATH}" ;;
        --*) ;;
        *) line="$line $word" ;;
      esac
    done
    exec "$BASH" -c "$line"
    ;;
  --generate-argfile)
    sed "s|[$]{TORNADOVM_HOME}|$TORNADOVM_HOME|" "$TORNADOVM_HOME/tornado-argfile.template" >"$TORNADOVM_HOME/tornado-argfile"
    ;;
esac
TORNADO
  cat >"$1/bin/gen-tornado-argfile-template.py" <<'GEN'
printf 'gen %s\n' "$*" >>"$SANDBOX/calls"
printf '%s\n' -server '-Djava.library.path=${TORNADOVM_HOME}/lib' '--module-path .:${TORNADOVM_HOME}/share' >"$TORNADOVM_HOME/tornado-argfile.template"
GEN
}

# The same with what its launcher's flags name, for scripts/tornado.
launchable_sdk() {
  whole_sdk "$1"
  echo --add-exports=a/b=c >"$1/etc/exports"
  program "$sandbox/jvm/good/bin/java" <<'JAVA'
printf '<%s>\n' "$@"
echo "output $CONVGAUGE_WORKER_OUTPUT home $TORNADOVM_HOME"
cat "$CONVGAUGE_TORNADO_ARGFILE"
exit "${FAKE_JAVA_STATUS:-0}"
JAVA
}

# The same with its argument file, in a place of its own.
whole_sdk() {
  sdk "$@"
  argfile "$1"
}

argfile() {
  printf '%s\n' -server "-Djava.library.path=${2-$1}/lib" >"$1/tornado-argfile"
}

python() {
  program "$bin/python3" <<'PYTHON'
exec bash "$@"
PYTHON
}

in_sdkman() {
  mkdir -p "$sandbox/.sdkman/candidates/tornadovm"
  "$1" "$sandbox/.sdkman/candidates/tornadovm/5.2.0-jdk25-opencl"
  ln -s 5.2.0-jdk25-opencl "$sandbox/.sdkman/candidates/tornadovm/current"
}

in_project() {
  mkdir -p "$project/.tornadovm"
  "$1" "$project/.tornadovm/some"
  ln -s some "$project/.tornadovm/current"
}

# JDKs and what all tests here start from.
begin() {
  jdk "$sandbox/jvm/good" 25.0.3
  program "$sandbox/jvm/good/bin/java" <<'JAVA'
printf 'TORNADOVM_HOME=%s\nCONVGAUGE_TORNADO_ARGFILE=%s\n' "${TORNADOVM_HOME-unset}" "${CONVGAUGE_TORNADO_ARGFILE-unset}"
JAVA
  python
}

# sdk_is FOLDER: that one was built against, and Java gets to know of it.
sdk_is() {
  status_is 0
  holds "$calls" "mvn -B -Dtornado.sdk=$1 -Dtornado.version=5.2.0-jdk25 "
  [[ $out == "TORNADOVM_HOME=$1"$'\n'"CONVGAUGE_TORNADO_ARGFILE=$1/tornado-argfile" ]] || complain "expected the SDK $1"
}

# sdk_is_not_used FOLDER SENTENCE: it is named to Java, and all else goes on without it.
sdk_is_not_used() {
  status_is 0
  holds "$calls" "mvn -B -q -DskipTests package"
  lacks "$calls" "-Dtornado"
  holds "$err" "$2"
  holds "$err" "until then the TornadoVM rows are left out"
  [[ $out == "TORNADOVM_HOME=$1"$'\n'"CONVGAUGE_TORNADO_ARGFILE=unset" ]] || complain "expected the SDK $1 to be named alone"
}

# --- where it is -----------------------------------------------------------------------------

test_sdk_is_nowhere() {
  begin
  convgauge
  status_is 0
  holds "$err" "there is no TornadoVM SDK (TORNADOVM_HOME, .tornadovm/current, SDKMAN's), so its rows are left out; scripts/setup --tornadovm gets one"
  lacks "$calls" "-Dtornado"
  [[ $out == $'TORNADOVM_HOME=unset\nCONVGAUGE_TORNADO_ARGFILE=unset' ]] || complain "expected no SDK"
  convgauge
  [[ -z $err ]] || complain "expected it to be said at build time alone"
}

test_sdk_of_sdkman() {
  begin
  in_sdkman whole_sdk
  convgauge
  sdk_is "$sandbox/.sdkman/candidates/tornadovm/5.2.0-jdk25-opencl"
  lacks "$err" TornadoVM
}

test_sdk_of_sdkman_elsewhere() {
  begin
  in_sdkman whole_sdk
  mv "$sandbox/.sdkman" "$sandbox/sdkman"
  argfile "$sandbox/sdkman/candidates/tornadovm/5.2.0-jdk25-opencl"
  convgauge SDKMAN_DIR="$sandbox/sdkman"
  sdk_is "$sandbox/sdkman/candidates/tornadovm/5.2.0-jdk25-opencl"
}

test_sdk_of_the_project_goes_before_sdkman() {
  begin
  in_sdkman whole_sdk
  in_project whole_sdk
  convgauge
  sdk_is "$project/.tornadovm/some"
}

test_sdk_of_tornadovm_home_goes_before_all() {
  begin
  in_sdkman whole_sdk
  in_project whole_sdk
  whole_sdk "$sandbox/own"
  ln -s own "$sandbox/link"
  convgauge TORNADOVM_HOME="$sandbox/link"
  sdk_is "$sandbox/own"
  cd "$sandbox"
  convgauge TORNADOVM_HOME=own
  sdk_is "$sandbox/own"
  builds_are 1
}

test_sdk_of_an_empty_variable() {
  begin
  in_sdkman whole_sdk
  convgauge TORNADOVM_HOME=
  sdk_is "$sandbox/.sdkman/candidates/tornadovm/5.2.0-jdk25-opencl"
}

test_sdk_that_comes_and_changes_and_goes() {
  begin
  convgauge
  builds_are 1
  whole_sdk "$sandbox/own"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  builds_are 2
  convgauge TORNADOVM_HOME="$sandbox/own"
  builds_are 2
  echo other >"$sandbox/own/share/java/tornado/tornado-api-5.2.0-jdk25.jar"
  convgauge TORNADOVM_HOME="$sandbox/own"
  builds_are 3
  whole_sdk "$sandbox/another"
  convgauge TORNADOVM_HOME="$sandbox/another"
  builds_are 4
  convgauge
  builds_are 5
}

test_sdk_is_no_part_of_the_sources() {
  begin
  in_project whole_sdk
  convgauge
  builds_are 1
  mkdir -p "$project/.tornadovm/some/examples/src/main" "$project/.tornadovm/some/examples/target/classes"
  echo '<project/>' >"$project/.tornadovm/some/examples/pom.xml"
  echo 'class E {}' >"$project/.tornadovm/some/examples/src/main/E.java"
  convgauge
  builds_are 1
  rm "$project/target/dist/.built"
  convgauge
  builds_are 2
  [[ -d $project/.tornadovm/some/examples/target/classes ]] || complain "expected the SDK to stay whole"
}

# --- what is wrong with it -------------------------------------------------------------------

test_wrong_home_stays() {
  begin
  in_sdkman whole_sdk
  convgauge TORNADOVM_HOME="$sandbox/nothing"
  sdk_is_not_used "$sandbox/nothing" "there is no TornadoVM SDK in $sandbox/nothing, because there is no such folder; scripts/setup --tornadovm gets one that fits, once TORNADOVM_HOME is unset"
  mkdir "$sandbox/empty"
  convgauge TORNADOVM_HOME="$sandbox/empty"
  status_is 0
  [[ $out == "TORNADOVM_HOME=$sandbox/empty"* ]] || complain "expected it to stay"
  builds_are 1 # of what is built, nothing is different
}

test_wrong_home_is_empty() {
  begin
  mkdir "$sandbox/empty"
  convgauge TORNADOVM_HOME="$sandbox/empty"
  sdk_is_not_used "$sandbox/empty" "because it holds no etc/tornado.release; scripts/setup --tornadovm gets one that fits, once TORNADOVM_HOME is unset"
}

test_wrong_link_of_the_project() {
  begin
  in_sdkman whole_sdk
  in_project whole_sdk
  rm -r "$project/.tornadovm/some"
  convgauge
  sdk_is_not_used "$project/.tornadovm/current" "because there is no such folder; scripts/setup --tornadovm gets one that fits;"
}

test_wrong_version() {
  local version
  begin
  for version in 4.0.1-jdk25 5.2-jdk25 banana 5.2.0 8.0.0-jdk25 '5.2.0-jdk25 x'; do
    rm -rf "$sandbox/own" "$project/target"
    whole_sdk "$sandbox/own" "$version"
    convgauge TORNADOVM_HOME="$sandbox/own"
    sdk_is_not_used "$sandbox/own" "is of version \"$version\", which convgauge does not know; scripts/setup --tornadovm"
  done
  rm -r "$project/target"
  : >"$sandbox/own/etc/tornado.release"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is_not_used "$sandbox/own" 'is of version "", which convgauge does not know'
}

# What the table says and what the scripts say is one thing.
test_version_is_known_to_the_launch_file_alike() {
  local known launch
  known=$(sed -n 's/^known=//p' "$scripts/lib/tornadovm.properties")
  launch=$(<"$scripts/../gpu/tornadovm/src/main/launch/launch.json")
  [[ -n $known && ${launch//\\\\/\\} == *"^version=$known\$\""* ]] || complain "expected $known in the launch file"
}

test_wrong_jar() {
  begin
  whole_sdk "$sandbox/own"
  mv "$sandbox/own/share/java/tornado/tornado-api-5.2.0-jdk25.jar" "$sandbox/own/share/java/tornado/tornado-api-5.1.0-jdk25.jar"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is_not_used "$sandbox/own" "lacks share/java/tornado/tornado-api-5.2.0-jdk25.jar"
}

test_wrong_jdk() {
  begin
  whole_sdk "$sandbox/own" 5.2.0-jdk21
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is_not_used "$sandbox/own" "is made for JDK 21, and this is JDK 25 ($sandbox/jvm/good); set JAVA_HOME to a JDK that fits, or scripts/setup --tornadovm"
}

test_wrong_jdk_newer_than_the_sdk() {
  begin
  mv "$sandbox/jvm/good" "$sandbox/newer"
  sed -i.old 's/25\.0\.3/27/' "$sandbox/newer/release"
  whole_sdk "$sandbox/own"
  convgauge TORNADOVM_HOME="$sandbox/own" JAVA_HOME="$sandbox/newer"
  sdk_is_not_used "$sandbox/own" "is made for JDK 25, and this is JDK 27"
}

test_jdk_from_22_on() {
  begin
  whole_sdk "$sandbox/own" 7.1.0-jdk22plus
  convgauge TORNADOVM_HOME="$sandbox/own"
  status_is 0
  holds "$calls" "-Dtornado.version=7.1.0-jdk22plus"
  rm -r "$sandbox/own"
  whole_sdk "$sandbox/own" 7.1.0-jdk21plus
  convgauge TORNADOVM_HOME="$sandbox/own"
  status_is 0
  holds "$err" 'is of version "7.1.0-jdk21plus", which convgauge does not know'
}

# The table must not refuse an SDK that the scripts build against, nor the other way round.
test_the_launch_file_has_the_same_rule() {
  begin
  local version rule said launch=$scripts/../gpu/tornadovm/src/main/launch/launch.json rules=()
  while IFS= read -r rule; do
    rule=${rule//'${java}'/25}
    rules+=("${rule//'\\'/'\'}")
  done < <(sed -n 's/.*"matches": "(?m)\(.*\)",$/\1/p' "$launch")
  [[ ${#rules[@]} == 2 ]] || complain "expected two rules in $launch"
  for version in 5.2.0-jdk25 6.0.1-dev-jdk25 7.1.0-jdk22plus 7.1.0-jdk25plus 7.1.0-jdk21plus 7.1.0-jdk26plus 5.2.0-jdk21 4.0.0-jdk25 8.0.0-jdk25 5.2.0; do
    said=fits
    for rule in "${rules[@]}"; do
      grep -qE -- "$rule" <<<"version=$version" || said=unfit
    done
    # A build says what is wrong with an SDK.
    rm -rf "$sandbox/own" "$project/target"
    whole_sdk "$sandbox/own" "$version"
    convgauge TORNADOVM_HOME="$sandbox/own"
    case $err in
      *"is made for JDK"* | *"does not know"*) said="$said unfit" ;;
      *) said="$said fits" ;;
    esac
    [[ $said == 'fits fits' || $said == 'unfit unfit' ]] || complain "expected one rule for $version, not: $said"
  done
}

test_wrong_path() {
  begin
  whole_sdk "$sandbox/my own"
  convgauge TORNADOVM_HOME="$sandbox/my own"
  sdk_is_not_used "$sandbox/my own" "neither its launcher nor its argument file can do with such a path; move it to a folder without spaces"
}

# --- its argument file -----------------------------------------------------------------------

test_argfile_is_written_by_the_sdk() {
  begin
  sdk "$sandbox/own" 5.2.0-jdk25 opencl-backend,ptx-backend
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  holds "$err" "has no tornado-argfile; the SDK writes it now"
  holds "$calls" "gen opencl,ptx"
  holds "$calls" "tornado --generate-argfile | $sandbox/jvm/good"
  [[ $(<"$sandbox/own/tornado-argfile") == *"library.path=$sandbox/own/lib"* ]] || complain "expected its argument file"
  convgauge TORNADOVM_HOME="$sandbox/own"
  builds_are 1
}

test_argfile_is_written_from_its_template() {
  begin
  sdk "$sandbox/own"
  # shellcheck disable=SC2016 # as the SDK writes it
  echo '-Djava.library.path=${TORNADOVM_HOME}/lib' >"$sandbox/own/tornado-argfile.template"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  lacks "$calls" "gen "
}

test_argfile_of_another_folder_is_written_anew() {
  begin
  sdk "$sandbox/own"
  argfile "$sandbox/own" /build/dist/tornadovm
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  holds "$err" "is that of another folder (/build/dist/tornadovm); the SDK writes it now"
  [[ $(<"$sandbox/own/tornado-argfile") == *"library.path=$sandbox/own/lib"* ]] || complain "expected its argument file"
}

test_argfile_may_name_the_folder_by_a_link() {
  begin
  sdk "$sandbox/own"
  ln -s own "$sandbox/link"
  argfile "$sandbox/own" "$sandbox/link"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  lacks "$calls" "tornado --generate-argfile"
}

test_argfile_that_is_lost_later_comes_back() {
  begin
  sdk "$sandbox/own"
  convgauge TORNADOVM_HOME="$sandbox/own"
  rm "$sandbox/own/tornado-argfile"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
  builds_are 1
}

test_argfile_without_python() {
  begin
  rm "$bin/python3"
  sdk "$sandbox/own"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is_not_used "$sandbox/own" "has no tornado-argfile, and the SDK could not write it (there is no python3, which the SDK's tools need); run TORNADOVM_HOME=$sandbox/own JAVA_HOME=$sandbox/jvm/good $sandbox/own/bin/tornado --generate-argfile once that is mended"
  python
  run TORNADOVM_HOME="$sandbox/own" "$project/scripts/setup"
  status_is 0
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is "$sandbox/own"
}

test_argfile_that_the_sdk_fails_to_write() {
  begin
  sdk "$sandbox/own"
  : >"$sandbox/break-tornado"
  convgauge TORNADOVM_HOME="$sandbox/own"
  sdk_is_not_used "$sandbox/own" "and the SDK could not write it ([ERROR] TornadoVM is only compatible with something else); run"
}

# --- scripts/test ----------------------------------------------------------------------------

test_tests_run_with_the_sdk() {
  begin
  whole_sdk "$sandbox/own"
  report tornadovm TornadoLaneTest 41 1 'tornadovm lane: device B, kernel 7 µs'
  run TORNADOVM_HOME="$sandbox/own" "$project/scripts/test"
  status_is 0
  holds "$calls" "mvn -B -Dtornado.sdk=$sandbox/own -Dtornado.version=5.2.0-jdk25 verify |"
  holds "$out" "tornadovm lane: 41 tests, 1 skipped, device B, kernel 7 µs"
}

# --- setup -----------------------------------------------------------------------------------

# An archive as TornadoVM publishes it, whose argument file is that of whoever built it: archive FILE [VERSION]
archive() {
  mkdir -p "$sandbox/pack"
  sdk "$sandbox/pack/tornadovm-${2-5.2.0-jdk25}-opencl" "${2-5.2.0-jdk25}"
  argfile "$sandbox/pack/tornadovm-${2-5.2.0-jdk25}-opencl" /build/dist/tornadovm
  (cd "$sandbox/pack" && "$real_jar" -cMf "$1" .)
  rm -r "$sandbox/pack"
}

setup() {
  local environment=()
  while [[ ${1-} == [A-Z]*=* ]]; do
    environment+=("$1")
    shift
  done
  run ${environment[@]+"${environment[@]}"} "$project/scripts/setup" "$@"
}

begin_setup() {
  begin
  program "$sandbox/jvm/good/bin/jar" <<<"exec '$real_jar' \"\$@\""
  archive "$sandbox/sdk.zip"
  sum=$(sha256sum "$sandbox/sdk.zip" 2>/dev/null || shasum -a 256 "$sandbox/sdk.zip")
  sum=${sum%% *}
  unpacked=$project/.tornadovm/tornadovm-5.2.0-jdk25-opencl-${sum:0:12}
}

# What lies in .tornadovm, with what would change if it were written again.
state() {
  if [[ -e $project/.tornadovm ]]; then
    (cd "$project" && ls -lARi .tornadovm && find .tornadovm -type f -exec cksum {} + | sort)
  fi
}

# fails_with STATUS SENTENCE: and nothing is changed by what was run since $before.
fails_with() {
  status_is "$1"
  holds "$err" "$2"
  [[ $(state) == "$before" ]] || complain "expected nothing to change: $(state)"
}

test_setup_unpacks_an_archive() {
  begin_setup
  setup --tornadovm --from "$sandbox/sdk.zip" --sha256 "$sum"
  status_is 0
  holds "$err" "unpacked $sandbox/sdk.zip to $unpacked"
  holds "$err" "its SHA-256 is $sum, as given"
  [[ $(readlink "$project/.tornadovm/current") == "${unpacked##*/}" ]] || complain "expected it to be the current one"
  [[ -x $unpacked/bin/tornado ]] || complain "expected its launcher to be executable"
  [[ $(<"$unpacked/tornado-argfile") == *"library.path=$unpacked/lib"* ]] || complain "expected its own argument file"
  [[ $(ls -A "$project/.tornadovm") == $'checksums\ncurrent\n'"${unpacked##*/}" ]] || complain "expected nothing else: $(ls -A "$project/.tornadovm")"
  convgauge
  sdk_is "$unpacked"
}

test_setup_pins_what_is_not_given() {
  begin_setup
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$err" "its SHA-256 is $sum; none was given, so this one is pinned in $project/.tornadovm/checksums"
  [[ $(<"$project/.tornadovm/checksums") == "$sum  sdk.zip" ]] || complain "expected the pin"
  mv "$sandbox/sdk.zip" "$sandbox/first.zip"
  archive "$sandbox/sdk.zip" 5.3.0-jdk25
  before=$(state)
  setup --tornadovm --from "$sandbox/sdk.zip"
  fails_with 2 "and that of the sdk.zip used first was $sum; nothing is changed"
  sum=$(sha256sum "$sandbox/sdk.zip")
  setup --tornadovm --from "$sandbox/sdk.zip" --sha256 "${sum%% *}"
  status_is 0
  [[ $(<"$project/.tornadovm/checksums") == "${sum%% *}  sdk.zip" ]] || complain "expected the new pin"
  [[ $(readlink "$project/.tornadovm/current") == tornadovm-5.3.0-jdk25-opencl-* ]] || complain "expected the new one"
  [[ -d $unpacked ]] || complain "expected the former one to stay"
}

test_setup_twice_changes_nothing() {
  begin_setup
  setup --tornadovm --from "$sandbox/sdk.zip"
  before=$(state)
  sleep 1.1
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$err" "the SDK of sdk.zip is already there, in $unpacked"
  [[ $(state) == "$before" ]] || complain "expected nothing to change: $(state)"
}

test_setup_wrong_checksum() {
  local wrong=0000000000000000000000000000000000000000000000000000000000000000
  begin_setup
  before=$(state)
  setup --tornadovm --from "$sandbox/sdk.zip" --sha256 "$wrong"
  fails_with 2 "the SHA-256 of $sandbox/sdk.zip is $sum, not $wrong as given; nothing is changed"
  setup --tornadovm --from "$sandbox/sdk.zip"
  before=$(state)
  setup --tornadovm --from "$sandbox/sdk.zip" --sha256 "$wrong"
  fails_with 2 "not $wrong as given; nothing is changed"
  setup --tornadovm --from "$sandbox/sdk.zip" --sha256 "$(tr '[:lower:]' '[:upper:]' <<<"$sum")"
  status_is 0
}

test_setup_broken_archive() {
  begin_setup
  head -c $(($(wc -c <"$sandbox/sdk.zip") / 2)) "$sandbox/sdk.zip" >"$sandbox/half.zip"
  # All but the end of the directory at its end.
  head -c $(($(wc -c <"$sandbox/sdk.zip") - 22)) "$sandbox/sdk.zip" >"$sandbox/short.zip"
  echo 'not a zip' >"$sandbox/text.zip"
  : >"$sandbox/empty.zip"
  before=$(state)
  for broken in half short text empty; do
    setup --tornadovm --from "$sandbox/$broken.zip"
    fails_with 2 "$sandbox/$broken.zip is not a whole zip archive; nothing is changed"
  done
  setup --tornadovm --from "$sandbox/nothing.zip"
  fails_with 2 "there is no archive $sandbox/nothing.zip that can be read"
  # A byte of a file's data, which only checksums show.
  mkdir "$sandbox/pack"
  sdk "$sandbox/pack/tornadovm"
  (cd "$sandbox/pack" && "$real_jar" -c0Mf "$sandbox/bad.zip" .)
  sed -i.old 's/branch=UNKNOWN/branch=UNKNOWM/' "$sandbox/bad.zip"
  setup --tornadovm --from "$sandbox/bad.zip"
  fails_with 2 "$sandbox/bad.zip is not a whole zip archive; nothing is changed"
  # A disk that is full.
  program "$sandbox/jvm/good/bin/jar" <<<"[[ \$1 != -x ]] && exec '$real_jar' \"\$@\""
  setup --tornadovm --from "$sandbox/sdk.zip"
  fails_with 2 "$sandbox/sdk.zip cannot be unpacked whole; nothing is changed"
}

test_setup_archive_of_something_else() {
  begin_setup
  mkdir -p "$sandbox/pack/etc"
  echo words >"$sandbox/pack/etc/words"
  (cd "$sandbox/pack" && "$real_jar" -cMf "$sandbox/other.zip" .)
  before=$(state)
  setup --tornadovm --from "$sandbox/other.zip"
  fails_with 2 "$sandbox/other.zip is no archive of a TornadoVM SDK"
  rm -r "$sandbox/pack"
  archive "$sandbox/old.zip" 4.0.0-jdk25
  setup --tornadovm --from "$sandbox/old.zip"
  fails_with 2 "the TornadoVM SDK in $sandbox/old.zip is of version \"4.0.0-jdk25\", which convgauge does not know"
  archive "$sandbox/jdk21.zip" 5.2.0-jdk21
  setup --tornadovm --from "$sandbox/jdk21.zip"
  fails_with 2 "the TornadoVM SDK in $sandbox/jdk21.zip is made for JDK 21, and this is JDK 25"
}

test_setup_archive_that_leaves_its_folder() {
  begin_setup
  before=$(state)
  # jar itself takes such names away, so the names are put in afterwards; they are as long.
  for name in '../../xx' '/etc/xxx' 'aa/../..'; do
    mkdir -p "$sandbox/pack"
    sdk "$sandbox/pack/tornadovm"
    echo evil >"$sandbox/pack/evilfile"
    (cd "$sandbox/pack" && "$real_jar" -c0Mf "$sandbox/evil.zip" .)
    rm -r "$sandbox/pack"
    sed -i.old "s|evilfile|$name|g" "$sandbox/evil.zip"
    setup --tornadovm --from "$sandbox/evil.zip"
    fails_with 2 "$sandbox/evil.zip would write outside its folder ($name); nothing is changed"
  done
}

test_setup_downloads_the_release() {
  begin_setup
  program "$bin/curl" <<'CURL'
printf 'curl %s\n' "$*" >>"$SANDBOX/calls"
while [[ $1 != -o ]]; do shift; done
cp "$SANDBOX/sdk.zip" "$2"
CURL
  setup OSTYPE=linux-gnu HOSTTYPE=x86_64 --tornadovm
  status_is 0
  name=tornadovm-5.2.0-jdk25-opencl-linux-amd64.zip
  holds "$calls" "https://github.com/beehive-lab/TornadoVM/releases/download/v5.2.0-jdk25/$name"
  [[ $(<"$project/.tornadovm/checksums") == "$sum  $name" ]] || complain "expected the pin"
  rm "$bin/curl"
  before=$(state)
  setup --tornadovm
  status_is 0
  holds "$err" "the SDK of $name is already there, in $unpacked"
  [[ $(state) == "$before" ]] || complain "expected nothing to change"
}

test_setup_of_another_backend_and_address() {
  begin_setup
  program "$bin/wget" <<'WGET'
printf 'wget %s\n' "$*" >>"$SANDBOX/calls"
echo 'wget: unable to resolve host' >&2
exit 4
WGET
  before=$(state)
  setup --tornadovm --backend ptx
  fails_with 1 "cannot download https://github.com/beehive-lab/TornadoVM/releases/download/v5.2.0-jdk25/tornadovm-5.2.0-jdk25-ptx-linux-amd64.zip (wget: unable to resolve host); nothing is changed, and --from FILE takes an archive that you have"
  setup --tornadovm --from 'https://mirror.example/x/y.zip?z=1'
  fails_with 1 "cannot download https://mirror.example/x/y.zip?z=1 ("
  rm "$bin/wget"
  setup --tornadovm
  fails_with 1 "there is neither curl nor wget to download https://github.com/"
}

test_setup_interrupted_leaves_nothing_half() {
  begin_setup
  program "$sandbox/jvm/good/bin/jar" <<JAR
if [[ \$1 == -x ]]; then
  mkdir -p half/etc
  kill -TERM \$PPID
  sleep 1
  exit 1
fi
exec '$real_jar' "\$@"
JAR
  before=$(state)
  setup --tornadovm --from "$sandbox/sdk.zip"
  [[ $status != 0 && $(state) == "$before" ]] || complain "expected nothing to change: $(state)"
  # One that was killed outright, too.
  mkdir -p "$project/.tornadovm/.new.abcdef/sdk"
  program "$sandbox/jvm/good/bin/jar" <<<"exec '$real_jar' \"\$@\""
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  [[ ! -e $project/.tornadovm/.new.abcdef ]] || complain "expected the rest to be gone"
}

test_setup_mends_what_was_unpacked() {
  begin_setup
  setup --tornadovm --from "$sandbox/sdk.zip"
  rm "$unpacked/share/java/tornado"/*.jar
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$err" "unpacked $sandbox/sdk.zip to $unpacked"
  rm "$unpacked/tornado-argfile"
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$err" "has no tornado-argfile; the SDK writes it now"
  convgauge
  sdk_is "$unpacked"
}

test_setup_without_python() {
  begin_setup
  rm "$bin/python3"
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 1
  holds "$err" "could not write it (there is no python3"
  apt
  user_is 0
  mv "$bin/apt-get" "$bin/other-apt-get"
  program "$bin/apt-get" <<'APT'
printf 'apt-get %s\n' "$*" >>"$SANDBOX/calls"
printf '#!%s\nexec bash "$@"\n' "$BASH" >"$SANDBOX/bin/python3"
chmod +x "$SANDBOX/bin/python3"
APT
  echo python3 >"$sandbox/known-packages"
  setup --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$calls" "install python3"
}

test_setup_says_that_another_sdk_goes_first() {
  begin_setup
  whole_sdk "$sandbox/own"
  setup TORNADOVM_HOME="$sandbox/own" --tornadovm --from "$sandbox/sdk.zip"
  status_is 0
  holds "$err" "TORNADOVM_HOME names another SDK, $sandbox/own, which goes before this one"
}

test_setup_in_a_folder_with_spaces() {
  begin_setup
  mv "$project" "$sandbox/my project"
  project="$sandbox/my project"
  before=$(state)
  setup --tornadovm --from "$sandbox/sdk.zip"
  fails_with 2 "TornadoVM's launcher cannot do with the path of this folder, $project; unpack the archive in a folder without spaces"
}

test_setup_bad_input() {
  begin_setup
  before=$(state)
  setup --tornado
  fails_with 2 "setup does not know '--tornado'"
  setup --from x
  fails_with 2 "--from, --sha256 and --backend are for --tornadovm"
  setup --tornadovm --from
  fails_with 2 "--from needs a value"
  setup --tornadovm --sha256 12g
  fails_with 2 "--sha256 takes the 64 hexadecimal digits of a SHA-256, not '12g'"
  setup --tornadovm --backend ../x
  fails_with 2 "--backend takes the name that an archive bears"
  setup --tornadovm --backend ptx --from "$sandbox/sdk.zip"
  fails_with 2 "--backend does not go with it"
}

test_setup_installs_and_builds() {
  begin
  apt
  user_is 0
  mv "$bin/mvn" "$sandbox/uninstalled-mvn"
  echo maven >"$sandbox/packages"
  setup
  status_is 0
  holds "$err" "installing the package maven"
  holds "$err" "it is built: scripts/convgauge runs it"
  builds_are 1
  setup
  status_is 0
  builds_are 1
}

# --- scripts/tornado -------------------------------------------------------------------------

tornado() {
  local environment=()
  while [[ ${1-} == [A-Z]*=* ]]; do
    environment+=("$1")
    shift
  done
  run ${environment[@]+"${environment[@]}"} TORNADOVM_HOME="$sandbox/own" "$project/scripts/tornado" "$@"
}

test_tornado_by_the_launcher() {
  begin
  launchable_sdk "$sandbox/own"
  tornado CLASSPATH=/theirs --printKernel '-Dx.y=it'"'"'s "a"' -- run --problem $'ic1 ih3_n"it\'s a*2 $HOME"' --algorithm '^(a|b$).*' ''
  status_is 0
  holds "$calls" "tornado --printKernel --jvm="
  holds "$out" "<launched>"
  holds "$out" "<-Dconvgauge.home=$project>"
  holds "$out" "<-Dx.y=it's \"a\">"
  holds "$out" "<-cp>
<$project/target/dist/lib/*>
<io.github.convgauge.cli.Main>
<run>
<--problem>
<ic1 ih3_n\"it's a*2 \$HOME\">
<--algorithm>
<^(a|b\$).*>
<>
output inherit home $sandbox/own"
  # What the worker of its rows is started with.
  holds "$out" "\"-server\"
\"-Dtornado.printKernel=True\"
\"--module-path\"
\".:$sandbox/own/share\"
--add-exports=a/b=c
\"-Dx.y=it's \\\"a\\\"\""
  tornado FAKE_JAVA_STATUS=7 -- run
  status_is 7
  lacks "$out" printKernel
}

test_tornado_by_the_argfile() {
  begin
  launchable_sdk "$sandbox/own"
  tornado --argfile -- run --quick 'a  b'
  status_is 0
  lacks "$calls" "tornado "
  holds "$out" "<@$project/target/tornado-argfiles/"
  holds "$out" "<io.github.convgauge.cli.Main>
<run>
<--quick>
<a  b>
output inherit home $sandbox/own
-server
-Djava.library.path=$sandbox/own/lib"
  tornado --argfile --printKernel -Dx=y -- devices
  status_is 0
  holds "$out" "-Djava.library.path=$sandbox/own/lib
\"-Dtornado.printKernel=True\"
\"-Dx=y\""
  lacks "$out" add-exports
}

test_tornado_options_alone_go_to_the_launcher() {
  begin
  launchable_sdk "$sandbox/own"
  tornado --devices
  status_is 0
  holds "$calls" "tornado --devices | $sandbox/jvm/good"
}

test_tornado_bad_input() {
  begin
  launchable_sdk "$sandbox/own"
  convgauge TORNADOVM_HOME="$sandbox/own" # builds
  tornado --nonsense -- run
  refuses "TornadoVM's launcher does not start with --nonsense: tornado.py: error: unrecognized arguments: --nonsense"
  tornado run --quick
  refuses "scripts/tornado takes the launcher's options, --, and what scripts/convgauge takes"
  tornado --jvm=-Xmx1g -- run
  refuses "give flags of the JVM to scripts/tornado as they are"
  tornado --classpath x -- run
  refuses "scripts/tornado starts convgauge and nothing else; --classpath is not for it"
  : >"$sandbox/break-tornado"
  tornado -- run
  refuses "TornadoVM's launcher does not start: [ERROR] TornadoVM is only compatible with something else"
  rm "$sandbox/own/etc/tornado.release"
  tornado -- run
  status_is 2
  holds "$err" "there is no TornadoVM SDK in $sandbox/own"
  run "$project/scripts/tornado" -- run
  status_is 2
  holds "$err" "there is no TornadoVM SDK here; scripts/setup --tornadovm gets one"
}

run_tests TornadoVM "$@"

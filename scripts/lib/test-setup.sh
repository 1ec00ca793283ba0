#!/usr/bin/env bash
# Tests the scripts: what JDK and Maven they find, what they install, when they build, what they hand
# to Java. Arguments select tests by name: scripts/lib/test-setup.sh stamp
set -euo pipefail

# shellcheck source=scripts/lib/test-sandbox.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/test-sandbox.sh"

# --- the JDK ---------------------------------------------------------------------------------

test_java_home_is_taken_if_it_fits() {
  jdk "$sandbox/home" 25.0.1
  jdk "$sandbox/jvm/newer" 25.0.3
  convgauge JAVA_HOME="$sandbox/home"
  java_is "$sandbox/home"
  holds "$calls" "| $sandbox/home |"
}

test_java_home_may_be_newer() {
  jdk "$sandbox/home" 27
  jdk "$sandbox/jvm/exact" 25
  convgauge JAVA_HOME="$sandbox/home"
  java_is "$sandbox/home"
}

test_java_home_is_passed_over_if_too_old() {
  jdk "$sandbox/jvm/good" 25.0.3
  convgauge JAVA_HOME="$sandbox/old"
  java_is "$sandbox/jvm/good"
  holds "$calls" "| $sandbox/jvm/good |"
}

test_java_home_is_passed_over_without_javac() {
  jdk "$sandbox/home" 25.0.9
  rm "$sandbox/home/bin/javac"
  jdk "$sandbox/jvm/good" 25.0.3
  convgauge JAVA_HOME="$sandbox/home"
  java_is "$sandbox/jvm/good"
}

test_java_home_is_passed_over_if_not_there() {
  jdk "$sandbox/jvm/good" 25.0.3
  convgauge JAVA_HOME="$sandbox/nothing here"
  java_is "$sandbox/jvm/good"
}

test_jdk_beside_an_old_java_on_the_path() {
  jdk "$sandbox/jvm/good one" 25.0.3
  convgauge
  java_is "$sandbox/jvm/good one"
}

test_jdk_of_the_path_is_found_through_links() {
  jdk "$sandbox/elsewhere/jdk" 25.0.3
  ln -s "$sandbox/elsewhere/jdk/bin/java" "$sandbox/alternative"
  ln -sf "$sandbox/alternative" "$bin/java"
  convgauge
  java_is "$sandbox/elsewhere/jdk"
}

test_jdk_is_the_last_update_of_the_release_it_is_written_for() {
  jdk "$sandbox/jvm/a" 25.0.9
  jdk "$sandbox/jvm/b" 25.0.10
  jdk "$sandbox/jvm/c" 26.0.2
  jdk "$sandbox/jvm/d" 9.0.4
  jdk "$sandbox/jvm/e" 25.0.10
  rm "$sandbox/jvm/e/bin/javac"
  jdk "$sandbox/jvm/f" 25
  convgauge
  java_is "$sandbox/jvm/b"
}

test_jdk_may_be_of_a_later_release() {
  jdk "$sandbox/jvm/a" 9.0.4
  jdk "$sandbox/jvm/b" 27
  jdk "$sandbox/jvm/c" 26-ea
  jdk "$sandbox/jvm/d" 1.8.0_392
  convgauge
  java_is "$sandbox/jvm/c"
}

test_jdk_roots_may_be_several() {
  jdk "$sandbox/second root/good" 25.0.3
  convgauge CONVGAUGE_JDK_ROOTS="$sandbox/jvm:$sandbox/not there:$sandbox/second root"
  java_is "$sandbox/second root/good"
}

test_jdk_as_macos_wraps_it() {
  jdk "$sandbox/jvm/temurin-25.jdk/Contents/Home" 25.0.3
  convgauge
  java_is "$sandbox/jvm/temurin-25.jdk/Contents/Home"
}

test_jdk_without_a_release_file_is_asked() {
  jdk "$sandbox/jvm/good" 25.0.3
  rm "$sandbox/jvm/good/release"
  jdk "$sandbox/jvm/later" 26.0.1
  printf 'IMPLEMENTOR="Somebody"\n' >"$sandbox/jvm/later/release"
  convgauge
  java_is "$sandbox/jvm/good"
}

test_no_jdk() {
  convgauge --no-install run
  refuses "there is no JDK 25 or newer here; install one, such as Eclipse Temurin 25 from https://adoptium.net/"
  lacks "$err" "apt-get"
  convgauge JAVA_HOME="$sandbox/old" --no-install
  refuses "(JAVA_HOME, $sandbox/old, is JDK 17.0.15)"
  convgauge JAVA_HOME="$sandbox/nothing" --no-install
  refuses "(JAVA_HOME, $sandbox/nothing, is no JDK)"
  [[ -z $calls ]] || complain "expected no calls"
}

# --- packages --------------------------------------------------------------------------------

test_install_jdk() {
  apt
  user_is 0
  echo openjdk-25-jdk-headless >"$sandbox/known-packages"
  jdk "$sandbox/uninstalled-jdk" 25.0.1
  convgauge --seed 3
  java_is "$sandbox/jvm/java-25-openjdk"
  holds "$err" "installing the package openjdk-25-jdk-headless"
  lacks "$calls" "update"
}

test_install_jdk_into_a_fresh_container() {
  apt
  user_is 0
  echo openjdk-25-jdk-headless >"$sandbox/packages"
  jdk "$sandbox/uninstalled-jdk" 25.0.1
  convgauge
  java_is "$sandbox/jvm/java-25-openjdk"
  holds "$err" "looking for the package openjdk-25-jdk-headless"
  holds "$calls" "update"
}

test_install_where_the_distribution_has_none() {
  apt
  user_is 0
  convgauge
  status_is 2
  holds "$err" "there is no JDK 25 or newer here"
  lacks "$err" "sudo"
  lacks "$calls" " install "
}

test_install_where_it_does_not_help() {
  apt
  user_is 0
  echo openjdk-25-jdk-headless >"$sandbox/known-packages"
  jdk "$sandbox/uninstalled-jdk" 24.0.1
  convgauge
  status_is 2
  holds "$err" "there is no JDK 25 or newer here"
}

test_install_is_not_for_everybody() {
  apt
  echo openjdk-25-jdk-headless >"$sandbox/known-packages"
  jdk "$sandbox/uninstalled-jdk" 25.0.1
  convgauge
  refuses 'or with "sudo apt-get install openjdk-25-jdk-headless"'
  [[ -z $calls ]] || complain "expected no calls"
}

test_install_is_kept_off() {
  apt
  user_is 0
  echo openjdk-25-jdk-headless >"$sandbox/known-packages"
  jdk "$sandbox/uninstalled-jdk" 25.0.1
  convgauge run --no-install --quick
  refuses "there is no JDK 25 or newer here"
  convgauge CONVGAUGE_NO_INSTALL=1 run
  refuses "there is no JDK 25 or newer here"
  [[ -z $calls ]] || complain "expected no calls"
  convgauge run -- --no-install
  java_is "$sandbox/jvm/java-25-openjdk"
}

test_install_maven() {
  apt
  user_is 0
  jdk "$sandbox/jvm/good" 25.0.3
  mv "$bin/mvn" "$sandbox/uninstalled-mvn"
  echo maven >"$sandbox/packages"
  convgauge
  java_is "$sandbox/jvm/good"
  holds "$err" "installing the package maven"
  builds_are 1
}

test_no_maven() {
  jdk "$sandbox/jvm/good" 25.0.3
  rm "$bin/mvn"
  convgauge --no-install
  refuses "there is no Maven here, which builds convgauge; install it from https://maven.apache.org/download.cgi and"
  run "$project/scripts/test" -o
  refuses "there is no Maven here"
}

test_maven_of_maven_home() {
  jdk "$sandbox/jvm/good" 25.0.3
  rm "$bin/mvn"
  maven "$sandbox/a maven/bin/mvn"
  convgauge MAVEN_HOME="$sandbox/a maven"
  java_is "$sandbox/jvm/good"
  builds_are 1
}

test_no_maven_is_needed_once_built() {
  jdk "$sandbox/jvm/good" 25.0.3
  convgauge
  rm "$bin/mvn"
  convgauge --no-install
  java_is "$sandbox/jvm/good"
}

# --- the build -------------------------------------------------------------------------------

# rebuilds_after DESCRIPTION yes|no: whether one run builds once more and the next one never.
rebuilds_after() {
  local before after
  before=$(grep -c '^mvn ' "$sandbox/calls" || true)
  after=$((before + $([[ $2 == yes ]] && echo 1 || echo 0)))
  convgauge
  java_is "$sandbox/jvm/good"
  [[ $(grep -c '^mvn ' "$sandbox/calls") == "$after" ]] || complain "after $1: rebuild expected: $2"
  [[ $(<"$project/target/dist/lib/convgauge.jar") == whole ]] || complain "after $1: target/dist is not whole"
  convgauge
  [[ $(grep -c '^mvn ' "$sandbox/calls") == "$after" ]] || complain "after $1: a second run built again"
}

test_stamp() {
  local main
  main=$project/common/src/main
  jdk "$sandbox/jvm/good" 25.0.3
  rebuilds_after "nothing at all" yes
  holds "$calls" "mvn -B -q -DskipTests package | $sandbox/jvm/good | $project"
  rebuilds_after "nothing more" no

  touch "$main/java/A.java" "$project/pom.xml"
  rebuilds_after "a new time alone" no
  echo 'class A { }' >"$main/java/A.java"
  rebuilds_after "an edit" yes
  touch -t 200001010000 "$main/java/A.java"
  echo 'class A {  }' >"$main/java/A.java"
  touch -t 200001010000 "$main/java/A.java"
  rebuilds_after "an edit of the same age" yes
  mkdir -p "$main/java/target" "$main/launch"
  echo 'class B {}' >"$main/java/target/B.java"
  rebuilds_after "a new source in a package called target" yes
  echo '{}' >"$main/launch/launch.json"
  rebuilds_after "a new launch file" yes
  mv "$main/java/target/B.java" "$main/java/target/C.java"
  rebuilds_after "a rename" yes
  rm "$main/java/target/C.java"
  rebuilds_after "a deletion" yes
  echo '<project></project>' >"$project/common/pom.xml"
  rebuilds_after "an edit of a module's pom" yes
  echo -Dother=flag >"$project/.mvn/maven.config"
  rebuilds_after "an edit of Maven's options" yes
  echo 'class ATest { }' >"$project/common/src/test/java/ATest.java"
  echo 'words' >"$project/README.md"
  rebuilds_after "edits of a test and of words" no
  mkdir -p "$project/common/target/classes/src/main"
  echo x >"$project/common/target/classes/src/main/X"
  rebuilds_after "something that a build left" no

  rm "$project/target/dist/.built"
  rebuilds_after "the loss of the stamp" yes
  rm -r "$project/target"
  rebuilds_after "the loss of everything" yes
}

test_stamp_names_the_revision() {
  local git=(git -C "$project" -c user.name=x -c user.email=x@example.org -c commit.gpgsign=false -c init.defaultBranch=x)
  jdk "$sandbox/jvm/good" 25.0.3
  "${git[@]}" init -q
  "${git[@]}" commit -q --allow-empty -m one
  rebuilds_after "nothing at all" yes
  "${git[@]}" commit -q --allow-empty -m two
  rebuilds_after "a commit" yes
}

test_build_clears_what_is_gone() {
  jdk "$sandbox/jvm/good" 25.0.3
  mkdir -p "$project/target/dist/backends/gone" "$project/common/target/classes" "$project/common/target/surefire-reports"
  convgauge
  java_is "$sandbox/jvm/good"
  [[ ! -e $project/target/dist/backends && ! -e $project/common/target/classes ]] || complain "expected the old build to be gone"
  [[ -e $project/common/target/surefire-reports ]] || complain "expected other files to stay"
}

test_build_fails() {
  jdk "$sandbox/jvm/good" 25.0.3
  {
    for i in {1..40}; do
      echo "[ERROR] A.java:[$i,3] cannot find symbol"
    done
    echo '[ERROR] '
    echo '[ERROR] -> [Help 1]'
    echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.'
    echo '[ERROR] Re-run Maven using the -X switch to enable full debug logging.'
  } >"$sandbox/break-build"
  convgauge
  status_is 1
  [[ -z $out ]] || complain "expected Java not to run"
  holds "$err" "building (the first time"
  holds "$err" "[40,3] cannot find symbol"
  holds "$err" "[11,3] cannot find symbol"
  lacks "$err" "[10,3] cannot find symbol"
  lacks "$err" "Help 1"
  lacks "$err" "-X switch"
  holds "$err" "the build failed; all that it said is in $project/target/build.log"
  [[ ! -e $project/target/dist/.built ]] || complain "expected no stamp"
  rm "$sandbox/break-build"
  rebuilds_after "a failed build" yes
}

test_build_once_for_two() {
  local first=0 second=0
  if [[ ! -x $tools/flock ]]; then
    return 0
  fi
  jdk "$sandbox/jvm/good" 25.0.3
  : >"$sandbox/slow-build"
  env -i HOME="$sandbox" PATH="$bin:$tools" SANDBOX="$sandbox" CONVGAUGE_JDK_ROOTS="$sandbox/jvm" \
    CONVGAUGE_OPENCL_VENDORS="$sandbox/vendors" "$project/scripts/convgauge" >"$sandbox/first" 2>&1 &
  convgauge
  second=$status
  wait $! || first=$?
  ((first == 0 && second == 0)) || complain "expected both to run: $(<"$sandbox/first")"
  calls=$(<"$sandbox/calls")
  builds_are 1
}

# --- Java ------------------------------------------------------------------------------------

test_java_gets_the_arguments_as_they_are() {
  jdk "$sandbox/jvm/good" 25.0.3
  convgauge run --no-install --problem 'ic1 ih3_n"a*2"' '' 'a  *' -- --no-install -x
  java_is "$sandbox/jvm/good"
  holds "$out" "io.github.convgauge.cli.Main>
<run>
<--problem>
<ic1 ih3_n\"a*2\">
<>
<a  *>
<-->
<--no-install>
<-x>"
  convgauge
  [[ $out == *$'\n<io.github.convgauge.cli.Main>' ]] || complain "expected no arguments"
  holds "$out" "<-Dconvgauge.home=$project>"
  holds "$out" "<$project/target/dist/lib/*>"
}

test_java_runs_in_the_users_folder() {
  jdk "$sandbox/jvm/good" 25.0.3
  mkdir "$sandbox/their own"
  ln -s "$project/scripts/convgauge" "$sandbox/their own/link"
  ln -s "../their own/link" "$bin/gauge"
  ln -s "$project" "$sandbox/link to project"
  cd "$sandbox/their own"
  run CDPATH="$sandbox" gauge devices
  java_is "$sandbox/jvm/good"
  holds "$out" "cwd $sandbox/their own"
  holds "$out" "<-Dconvgauge.home=$project>"
  cd "$sandbox/link to project"
  run ./scripts/convgauge
  java_is "$sandbox/jvm/good"
  cd scripts
  run bash convgauge
  java_is "$sandbox/jvm/good"
  builds_are 1
}

test_java_takes_the_place_of_the_script() {
  jdk "$sandbox/jvm/good" 25.0.3
  run bash -c 'echo "$$" >"$SANDBOX/pid"; exec "$0"' "$project/scripts/convgauge"
  java_is "$sandbox/jvm/good"
  holds "$out" "pid $(<"$sandbox/pid")"
  convgauge FAKE_JAVA_STATUS=7
  status_is 7
}

# --- scripts/test ----------------------------------------------------------------------------

test_test_leaves_it_built() {
  jdk "$sandbox/jvm/good" 25.0.3
  run "$project/scripts/test"
  status_is 0
  holds "$calls" "mvn -B verify | $sandbox/jvm/good | $project"
  [[ $out == "[INFO] Tests run: 7, Failures: 0"$'\n'"[INFO] BUILD SUCCESS"$'\n'"opencl lane: 50 tests, 0 skipped, device A, kernel 12 µs" ]] ||
    complain "expected a summary"
  convgauge
  java_is "$sandbox/jvm/good"
  builds_are 1
}

test_test_of_a_part_leaves_the_rest_alone() {
  jdk "$sandbox/jvm/good" 25.0.3
  mkdir -p "$project/target/dist/backends/cpu"
  run "$project/scripts/test" -pl common '-Dtest=A B'
  status_is 0
  holds "$calls" "mvn -B verify -pl common -Dtest=A B |"
  [[ -d $project/target/dist/backends/cpu ]] || complain "expected the backends to stay"
  convgauge
  builds_are 2
}

test_test_fails() {
  jdk "$sandbox/jvm/good" 25.0.3
  cat >"$sandbox/break-build" <<'LOG'
[INFO] Running io.github.convgauge.ATest
chatter of a test
[ERROR] Tests run: 7, Failures: 1
[ERROR] io.github.convgauge.ATest.b -- Time elapsed: 0.1 s <<< FAILURE!
AssertionFailedError: expected: 1, seed 42
	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:1)
	at io.github.convgauge.ATest.b(ATest.java:7)
[INFO] Running io.github.convgauge.BTest
chatter of another test
[INFO] BUILD FAILURE
LOG
  run "$project/scripts/test"
  status_is 1
  holds "$out" "AssertionFailedError: expected: 1, seed 42"
  holds "$out" "ATest.java:7"
  lacks "$out" "AssertionUtils.java"
  lacks "$out" "chatter"
  holds "$err" "the tests failed; all that Maven said is in $project/target/test.log"
  [[ ! -e $project/target/dist/.built ]] || complain "expected no stamp"
}

run_tests 'the scripts' "$@"

# shellcheck shell=bash
# What the tests of the scripts share. Each test has a copy of the scripts in a small project of its
# own, JDKs and a Maven that only record how they are called, and a PATH without the machine's own.
# To be sourced; then define functions called test_..., and call run_tests.

scripts=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# The tools that the scripts may use, and no java, mvn or apt-get among them.
tools=$work/tools
mkdir "$tools"
for tool in awk bash cat chmod cp cut date dirname env find flock git grep id ln mkdir mktemp mv printf readlink rm rmdir sed sha256sum shasum sleep sort tail tee touch tr wc xargs; do
  if path=$(type -P "$tool"); then
    ln -s "$path" "$tools/$tool"
  fi
done

# --- what each test starts from --------------------------------------------------------------

# Writes an executable bash script, its text from standard input.
program() {
  mkdir -p -- "${1%/*}"
  { printf '#!%s\n' "$tools/bash" && cat; } >"$1"
  chmod +x "$1"
}

# A JDK that shows how its java is called: jdk FOLDER VERSION
jdk() {
  program "$1/bin/java" <<'JAVA'
if [[ $* == -version ]]; then
  printf 'openjdk version "%s" 2030-01-01\n' "$(cat "${0%/bin/java}/says")" >&2
  exit
fi
printf 'java %s\npid %s\ncwd %s\n' "$0" "$$" "$PWD"
printf '<%s>\n' "$@"
exit "${FAKE_JAVA_STATUS:-0}"
JAVA
  program "$1/bin/javac" </dev/null
  printf '%s' "$2" >"$1/says"
  printf 'IMPLEMENTOR="Somebody"\nJAVA_RUNTIME_VERSION="%s+9"\nJAVA_VERSION="%s"\nJAVA_VERSION_DATE="2030-01-01"\n' "$2" "$2" >"$1/release"
}

# What Surefire reports of a test class: report MODULE CLASS TESTS SKIPPED [OUTPUT]
report() {
  mkdir -p "$sandbox/reports/$1"
  cat >"$sandbox/reports/$1/TEST-$2.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="$2" time="1.7" tests="$3" errors="0" skipped="$4" failures="0">
  <properties>
    <property name="some" value="tests=&quot;99&quot; $1 lane: not this"/>
  </properties>
  <testcase name="runs" classname="$2" time="1.6">
    <system-out><![CDATA[chatter
${5-more chatter}
]]></system-out>
  </testcase>
</testsuite>
XML
}

# A package manager whose packages are in a file, and only become known by an update.
apt() {
  program "$bin/apt-cache" <<'APT'
[[ $* == "policy "* ]] || exit 64
if grep -qsx "$2" "$SANDBOX/known-packages"; then
  printf '%s:\n  Installed: (none)\n  Candidate: 25.0.1+8-1\n' "$2"
else
  printf '%s:\n  Installed: (none)\n  Candidate: (none)\n' "$2"
fi
APT
  program "$bin/apt-get" <<'APT'
printf 'apt-get %s\n' "$*" >>"$SANDBOX/calls"
case $* in
  *update) cat "$SANDBOX/packages" >"$SANDBOX/known-packages" ;;
  *"install openjdk-25-jdk-headless") mv "$SANDBOX/uninstalled-jdk" "$SANDBOX/jvm/java-25-openjdk" ;;
  *"install maven") mv "$SANDBOX/uninstalled-mvn" "$SANDBOX/bin/mvn" ;;
  *"install pocl-opencl-icd") mkdir -p "$SANDBOX/vendors" && : >"$SANDBOX/vendors/pocl.icd" ;;
  *"install ocl-icd-libopencl1") printf '#!%s\necho libOpenCL.so.1\n' "$BASH" >"$SANDBOX/bin/ldconfig" ;;
  *) exit 100 ;;
esac
APT
  : >"$sandbox/packages"
}

opencl_driver() {
  mkdir -p "$sandbox/vendors"
  echo libpocl.so.2 >"$sandbox/vendors/pocl.icd"
}

opencl_loader() {
  program "$bin/ldconfig" <<<'[[ $* == -p ]] && echo "	libOpenCL.so.1 (libc6,x86-64) => /lib/libOpenCL.so.1"'
}

user_is() {
  program "$bin/id" <<<"[[ \$* == -u ]] && echo $1"
}

maven() {
  program "$1" <<'MVN'
printf 'mvn %s | %s | %s\n' "$*" "$JAVA_HOME" "$PWD" >>"$SANDBOX/calls"
mkdir -p target/dist/lib
echo half >target/dist/lib/convgauge.jar
if [[ -f $SANDBOX/break-build ]]; then
  cat "$SANDBOX/break-build"
  exit 1
fi
if [[ -f $SANDBOX/slow-build ]]; then
  sleep 1
fi
echo whole >target/dist/lib/convgauge.jar
if [[ $* == *verify* ]]; then
  for lane in opencl clblast tornadovm; do
    if [[ -d $SANDBOX/reports/$lane ]]; then
      mkdir -p "gpu/$lane/target/surefire-reports"
      cp "$SANDBOX/reports/$lane"/* "gpu/$lane/target/surefire-reports"
    fi
  done
  if [[ -d $SANDBOX/reports/common ]]; then
    mkdir -p common/target/surefire-reports
    cp "$SANDBOX/reports/common"/* common/target/surefire-reports
  fi
fi
printf '[INFO] Scanning for projects...\n[INFO] Building jar: x.jar\n[INFO] Tests run: 7, Failures: 0\nchatter of a test\n[INFO] BUILD SUCCESS\n'
MVN
}

# Names that hurt, where nothing keeps them out.
sandbox_name='a folder'
project_name='con$v  gauge'

prepare() {
  sandbox=$work/$1/$sandbox_name
  bin=$sandbox/bin
  project=$sandbox/$project_name
  mkdir -p "$bin" "$sandbox/jvm" "$project/scripts/lib" "$project/.mvn" "$project/common/src/main/java" "$project/common/src/test/java"
  cp "$scripts"/{convgauge,test,setup,tornado,device-sweep} "$project/scripts"
  cp "$scripts"/lib/{setup,opencl,tornadovm,tornadovm-archive,lanes}.sh "$scripts"/lib/tornadovm.properties "$project/scripts/lib"
  for test in test-setup test-tornadovm test-devices test-sweep test-check-rows test-peer-pytorch test-jmh test-compare test-resume test-cluster; do
    program "$project/scripts/lib/$test.sh" </dev/null
  done
  program "$project/scripts/figures" </dev/null
  echo '<project/>' >"$project/pom.xml"
  echo '<project/>' >"$project/common/pom.xml"
  echo -Dsome=flag >"$project/.mvn/maven.config"
  echo 'class A {}' >"$project/common/src/main/java/A.java"
  echo 'class ATest {}' >"$project/common/src/test/java/ATest.java"
  jdk "$sandbox/old" 17.0.15
  ln -s "$sandbox/old/bin/java" "$bin/java"
  maven "$bin/mvn"
  user_is 1000
  opencl_driver
  opencl_loader
  report opencl OpenClLaneTest 50 0 'opencl lane: device A, kernel 12 µs'
  : >"$sandbox/calls"
}

# Runs a script of the project: output in $out, messages in $err, exit status in $status. Leading
# assignments are its environment.
run() {
  local environment=()
  while [[ $1 == [A-Z]*=* ]]; do
    environment+=("$1")
    shift
  done
  status=0
  env -i HOME="$sandbox" PATH="$bin:$tools" SANDBOX="$sandbox" CONVGAUGE_JDK_ROOTS="$sandbox/jvm" \
    CONVGAUGE_OPENCL_VENDORS="$sandbox/vendors" ${environment[@]+"${environment[@]}"} "$@" >"$sandbox/out" 2>"$sandbox/err" </dev/null || status=$?
  out=$(<"$sandbox/out")
  err=$(<"$sandbox/err")
  calls=$(<"$sandbox/calls")
}

convgauge() {
  local environment=()
  while [[ ${1-} == [A-Z]*=* ]]; do
    environment+=("$1")
    shift
  done
  run ${environment[@]+"${environment[@]}"} "$project/scripts/convgauge" "$@"
}

# --- what a test expects ---------------------------------------------------------------------

complain() {
  printf '%s\n' "$*" "exit status: $status" "standard output:" "$out" "standard error:" "$err" "calls:" "$calls" | sed 's/^/    /'
  exit 1
}

status_is() {
  [[ $status == "$1" ]] || complain "expected exit status $1"
}

# java_is FOLDER: it was this JDK that ran.
java_is() {
  status_is 0
  [[ $out == "java $1/bin/java"$'\n'* ]] || complain "expected to run $1/bin/java"
}

holds() {
  [[ $1 == *"$2"* ]] || complain "expected to read: $2"
}

lacks() {
  [[ $1 != *"$2"* ]] || complain "expected not to read: $2"
}

# One message, which names what is missing and asks for nothing that was not allowed.
refuses() {
  status_is 2
  holds "$err" "$1"
  [[ $err != *$'\n'* ]] || complain "expected a single line"
  [[ -z $out ]] || complain "expected no output"
}

builds_are() {
  local count
  count=$(grep -c '^mvn ' "$sandbox/calls" || true)
  [[ $count == "$1" ]] || complain "expected $1 builds by now, not $count"
}

# --- run them --------------------------------------------------------------------------------

# run_tests WHAT [PART]: those in whose name PART is found.
run_tests() {
  local passed=0 failed=0 name report ok
  while read -r _ _ name; do
    if [[ $name != test_*"${2-}"* ]]; then
      continue
    fi
    # Not in the condition itself, where bash ignores set -e.
    set +e
    report=$(exec 2>&1; set -e; prepare "$name"; "$name")
    ok=$?
    set -e
    if ((ok == 0)); then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      printf 'FAILED %s\n%s\n' "$name" "$report"
    fi
  done < <(declare -F)
  printf 'Tests of %s: %d passed, %d failed\n' "$1" "$passed" "$failed"
  ((passed > 0 && failed == 0))
}

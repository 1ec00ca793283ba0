# shellcheck shell=bash
# Finds or installs what convgauge is built and run with, and builds it; OpenCL and TornadoVM have
# files of their own. To be sourced: it sets $root (the project's folder) and $no_install, and defines
# the functions below. Messages go to standard error. Written for bash 3.2, which is what macOS has.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)

# 1 keeps everything here from installing packages.
no_install=${CONVGAUGE_NO_INSTALL:-0}

readonly jdk_needed=25
readonly jdk_package=openjdk-25-jdk-headless
readonly mvn_package=maven

# How the command line is started, by convgauge and by tornado. The parallel collector, which both
# add, because the reference is computed on all cores.
readonly client_flags=(-XX:-UsePerfData -Xshare:auto --enable-native-access=ALL-UNNAMED
  -XX:MaxDirectMemorySize=1024g -Dconvgauge.home="$root")
readonly client_classes="$root/target/dist/lib/*"
readonly client_main=io.github.convgauge.cli.Main

# Set by need_jdk and need_mvn.
jdk=
mvn=

say() {
  printf 'convgauge: %s\n' "$*" >&2
}

# shellcheck source=scripts/lib/opencl.sh
source "$root/scripts/lib/opencl.sh"
# shellcheck source=scripts/lib/tornadovm.sh
source "$root/scripts/lib/tornadovm.sh"

# --- the JDK ---------------------------------------------------------------------------------

# Prints the version of the JDK in a folder, "" if there is none: 25.0.3.
jdk_version() {
  local home=$1 line version=
  if [[ ! -x $home/bin/java || ! -x $home/bin/javac ]]; then
    return 0
  fi
  if [[ -r $home/release ]]; then
    while IFS= read -r line || [[ -n $line ]]; do
      if [[ $line =~ ^JAVA_VERSION=\"?([0-9][0-9.]*) ]]; then
        version=${BASH_REMATCH[1]}
        break
      fi
    done <"$home/release"
  fi
  if [[ -z $version ]]; then
    line=$("$home/bin/java" -version 2>&1 </dev/null) || line=
    if [[ $line =~ version\ \"([0-9][0-9.]*) ]]; then
      version=${BASH_REMATCH[1]}
    fi
  fi
  printf '%s' "$version"
}

# Prints how well a version fits: 0 if it is too old; otherwise the more, the better. The release
# that convgauge is written for comes before later ones, and the last update of a release first.
jdk_rank() {
  local feature interim update patch
  IFS=. read -r feature interim update patch _ <<<"$1"
  if [[ ! $feature =~ ^[0-9]+$ ]] || ((10#$feature < jdk_needed)); then
    printf 0
    return 0
  fi
  printf '%d' $(((100000 - 10#$feature) * 1000000000000 + 10#${interim:-0} * 100000000 + 10#${update:-0} * 10000 + 10#${patch:-0}))
}

# Prints the folders that may hold a JDK, one a line. CONVGAUGE_JDK_ROOTS, a list with colons of
# folders of JDKs, takes the place of the usual ones.
jdk_candidates() {
  local roots=() folder dir java
  if [[ -n ${CONVGAUGE_JDK_ROOTS+set} ]]; then
    IFS=: read -r -a roots <<<"$CONVGAUGE_JDK_ROOTS"
  else
    roots=(/usr/lib/jvm /usr/java /opt /opt/homebrew/opt /Library/Java/JavaVirtualMachines
      "${SDKMAN_DIR:-${HOME:-}/.sdkman}/candidates/java" "${HOME:-}/.jdks")
    if [[ -x /usr/libexec/java_home ]]; then
      /usr/libexec/java_home -v "$jdk_needed+" 2>/dev/null || true
    fi
  fi
  for folder in ${roots[@]+"${roots[@]}"}; do
    for dir in "$folder"/*; do
      # The second and third are how macOS and Homebrew wrap a JDK.
      printf '%s\n' "$dir" "$dir/Contents/Home" "$dir/libexec/openjdk.jdk/Contents/Home"
    done
  done
  if java=$(command -v java); then
    java=$(readlink -f -- "$java") && dirname -- "$(dirname -- "$java")"
  fi
}

# Sets $jdk to JAVA_HOME if that fits, otherwise to the best of the candidates. Fails if none fits.
find_jdk() {
  local dir version rank best=0
  if [[ -n ${JAVA_HOME:-} && $(jdk_rank "$(jdk_version "$JAVA_HOME")") != 0 ]]; then
    jdk=$JAVA_HOME
    return 0
  fi
  while IFS= read -r dir; do
    version=$(jdk_version "$dir")
    if [[ -z $version ]]; then
      continue
    fi
    rank=$(jdk_rank "$version")
    if ((rank > best)); then
      best=$rank
      jdk=$dir
    fi
  done < <(jdk_candidates)
  ((best > 0))
}

# Sets $jdk, installing a JDK if need be and if that is allowed; exit status 2 if there is none.
need_jdk() {
  local here=
  if find_jdk || { install_package "$jdk_package" && find_jdk; }; then
    return 0
  fi
  if [[ -n ${JAVA_HOME:-} ]]; then
    here=" (JAVA_HOME, $JAVA_HOME, is $(describe_jdk "$JAVA_HOME"))"
  fi
  say "there is no JDK $jdk_needed or newer here$here; install one, such as Eclipse Temurin $jdk_needed from" \
    "https://adoptium.net/temurin/releases/?version=$jdk_needed$(apt_advice "$jdk_package"), and set JAVA_HOME to its folder"
  exit 2
}

describe_jdk() {
  local version
  version=$(jdk_version "$1")
  if [[ -n $version ]]; then
    printf 'JDK %s' "$version"
  else
    printf 'no JDK'
  fi
}

# --- Maven -----------------------------------------------------------------------------------

find_mvn() {
  if mvn=$(command -v mvn); then
    return 0
  fi
  mvn=${MAVEN_HOME:-}/bin/mvn
  [[ -n ${MAVEN_HOME:-} && -x $mvn ]]
}

# Sets $mvn, installing Maven if need be and if that is allowed; exit status 2 if there is none.
need_mvn() {
  if find_mvn || { install_package "$mvn_package" && find_mvn; }; then
    return 0
  fi
  say "there is no Maven here, which builds convgauge; install it from" \
    "https://maven.apache.org/download.cgi$(apt_advice "$mvn_package") and put mvn on the PATH, or set MAVEN_HOME"
  exit 2
}

# --- packages --------------------------------------------------------------------------------

has_candidate() {
  [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) == *"Candidate: "[0-9]* ]]
}

apt_advice() {
  if command -v apt-cache >/dev/null && has_candidate "$1"; then
    printf ' or with "sudo apt-get install %s"' "$1"
  fi
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends "$@" </dev/null >&2
}

# Installs a package of the distribution, if there is such a one and we may.
install_package() {
  local package=$1
  if [[ $no_install != 0 || $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    return 1
  fi
  if ! has_candidate "$package"; then
    # The package lists of a fresh container are empty.
    say "looking for the package $package with apt-get update (--no-install keeps convgauge from it)"
    apt_get update || true
    has_candidate "$package" || return 1
  fi
  say "installing the package $package with apt-get (--no-install keeps convgauge from it)"
  apt_get install "$package" || { apt_get update && apt_get install "$package"; }
}

# --- the build -------------------------------------------------------------------------------

if command -v sha256sum >/dev/null; then sha256=(sha256sum); else sha256=(shasum -a 256); fi

# Prints the SHA-256 of a file, or of standard input.
sha256() {
  "${sha256[@]}" "$@" | cut -d ' ' -f 1
}

# Prints a hash of everything that decides what target/dist holds: names and contents, because times
# say nothing after a checkout, the revision, because each result names the one it was built from, and
# TornadoVM's SDK. Needs find_tornadovm.
fingerprint() {
  (
    CDPATH='' cd -- "$root" || exit
    {
      if has_tornadovm; then
        tornado_maven_flags
        sha256 "$tornado_sdk/share/java/tornado/tornado-api-$tornado_version.jar"
      fi
      # The checkout may belong to somebody else, as in a container.
      git -c safe.directory="$root" rev-parse HEAD 2>/dev/null || true
      find . \( -name .git -o -path ./.tornadovm -o -name target ! -path '*/src/main/*' \) -prune -o \
        -type f \( -name pom.xml -o -path './.mvn/*' -o -path '*/src/main/*' -o -path './scripts/*.py' \) -print0 |
        LC_ALL=C sort -z | xargs -0 "${sha256[@]}"
    } | sha256
  )
}

stamp_file() {
  printf '%s' "$root/target/dist/.built"
}

# Whether target/dist is what a build would make now.
is_built() {
  local stamp
  stamp=$(stamp_file)
  [[ -f $stamp && $(<"$stamp") == "$(fingerprint)" ]]
}

# Says that target/dist is complete and was made from what had this fingerprint.
write_stamp() {
  local stamp
  stamp=$(stamp_file)
  printf '%s\n' "$1" >"$stamp.new" && mv -f -- "$stamp.new" "$stamp"
}

# Removes what an incremental build would not: jars of former versions, resources that are gone.
clear_dist() {
  rm -rf -- "$root/target/dist"
  find "$root" \( -name .git -o -path "$root/.tornadovm" \) -prune -o -type d -path '*/target/classes' -prune -exec rm -rf -- {} +
}

# Runs a command while no other process builds here.
with_build_lock() {
  mkdir -p -- "$root/target"
  if ! command -v flock >/dev/null; then
    "$@"
    return
  fi
  (
    flock -n 9 || {
      say "waiting for another build to end"
      flock 9
    }
    # Whatever a build leaves running must not hold the lock.
    "$@" 9>&-
  ) 9>"$root/target/.build.lock"
}

# Runs Maven with what it needs to know of TornadoVM. Needs find_tornadovm.
run_mvn() {
  (
    CDPATH='' cd -- "$root" || exit
    export_tornadovm
    flags=()
    while IFS= read -r flag; do
      flags+=("$flag")
    done < <(tornado_maven_flags)
    JAVA_HOME=$jdk exec "$mvn" -B ${flags[@]+"${flags[@]}"} "$@" </dev/null
  )
}

# Builds target/dist, unless another process just did. Needs $jdk; exit status 1 if it fails.
build_dist() {
  local made_from log=$root/target/build.log
  # Here, where no other process does the same.
  need_tornado_argfile
  if is_built; then
    return 0
  fi
  need_mvn
  say_tornadovm
  made_from=$(fingerprint)
  say "building (the first time downloads about 200 MB; log: $log)"
  clear_dist
  if ! run_mvn -q -DskipTests package >"$log" 2>&1; then
    grep -vE '^\[ERROR\] *$|\[Help 1\]|^\[ERROR\] (Re-run Maven|To see the full stack trace|For more information)' "$log" |
      tail -n 30 >&2
    say "the build failed; all that it said is in $log"
    exit 1
  fi
  write_stamp "$made_from"
}

# Builds what is not built, and finds TornadoVM's SDK for what runs next. Needs $jdk; exit status 1 if
# it fails.
need_dist() {
  find_tornadovm
  if ! is_built; then
    with_build_lock build_dist
    # What the build found out stays in its subshell.
    find_tornadovm
  fi
}

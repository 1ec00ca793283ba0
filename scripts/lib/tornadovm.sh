# shellcheck shell=bash
# Finds TornadoVM's SDK and says what is wrong with it. To be sourced by setup.sh, whose $root, $jdk
# and functions it uses. An SDK with a fault is not built against; TORNADOVM_HOME names it all the
# same, so that the table can say what is wrong.

readonly tornado_properties=$root/scripts/lib/tornadovm.properties
readonly tornado_mend="scripts/setup --tornadovm gets one that fits"
# What the user says, before this exports anything.
readonly tornado_home_given=${TORNADOVM_HOME:-}

# Set by find_tornadovm: the SDK's folder, "" if there is none; its version; what is wrong with it,
# "" if it can be used.
tornado_sdk=
tornado_version=
tornado_fault=

# Prints a property of tornadovm.properties.
tornado_property() {
  property_of "$tornado_properties" "$1"
}

# Prints what a file of lines NAME=VALUE says: property_of FILE NAME
property_of() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == "$2="* ]]; then
      printf '%s' "${line#*=}"
      return 0
    fi
  done <"$1"
}

# Prints the folder that shall be the SDK, whether it is one or not; "" if nothing names one.
tornado_folder() {
  local dir
  if [[ -n $tornado_home_given ]]; then
    dir=$tornado_home_given
  else
    for dir in "$root/.tornadovm/current" "${SDKMAN_DIR:-${HOME:-}/.sdkman}/candidates/tornadovm/current"; do
      # A link that leads nowhere is a fault to tell, not a reason to look further.
      if [[ -e $dir || -L $dir ]]; then
        break
      fi
      dir=
    done
  fi
  if [[ -z $dir ]]; then
    return 0
  fi
  # Without links, because the SDK's argument file names its folder so, and a link may change meanwhile.
  (CDPATH='' cd -- "$dir" 2>/dev/null && pwd -P) || case $dir in
    /*) printf '%s' "$dir" ;;
    *) printf '%s' "$PWD/$dir" ;;
  esac
}

# Sets $tornado_sdk, $tornado_version and $tornado_fault. Needs $jdk.
find_tornadovm() {
  tornado_version=
  tornado_fault=
  tornado_sdk=$(tornado_folder)
  if [[ -z $tornado_sdk ]]; then
    return 0
  fi
  tornado_fault=$(tornado_complaint "$tornado_sdk")
  if [[ -r $tornado_sdk/etc/tornado.release ]]; then
    tornado_version=$(property_of "$tornado_sdk/etc/tornado.release" version)
  fi
  if [[ -z $tornado_fault ]]; then
    tornado_fault=$(tornado_argfile_complaint "$tornado_sdk")
  fi
}

# Exports what the launch file of gpu/tornadovm reads.
export_tornadovm() {
  unset TORNADOVM_HOME CONVGAUGE_TORNADO_ARGFILE
  if [[ -n $tornado_sdk ]]; then
    export TORNADOVM_HOME=$tornado_sdk
  fi
  # Only an SDK that is built against has flags to start a JVM with.
  if has_tornadovm; then
    export CONVGAUGE_TORNADO_ARGFILE=$tornado_sdk/tornado-argfile
  fi
}

# Whether there is an SDK that convgauge can be built against and run with.
has_tornadovm() {
  [[ -n $tornado_sdk && -z $tornado_fault ]]
}

# Prints what is wrong with a folder as an SDK, its argument file aside, and what would mend it; "" if
# nothing is.
tornado_complaint() {
  local dir=$1 version feature
  if [[ ! -d $dir ]]; then
    printf 'there is no TornadoVM SDK in %s, because there is no such folder; %s' "$dir" "$(tornado_named_mend)"
    return 0
  fi
  if [[ ! -r $dir/etc/tornado.release ]]; then
    printf 'there is no TornadoVM SDK in %s, because it holds no etc/tornado.release; %s' "$dir" "$(tornado_named_mend)"
    return 0
  fi
  version=$(property_of "$dir/etc/tornado.release" version)
  if [[ ! $version =~ ^$(tornado_property known)$ ]]; then
    printf 'the TornadoVM SDK in %s is of version "%s", which convgauge does not know; %s' \
      "$dir" "$version" "$(tornado_named_mend)"
    return 0
  fi
  if [[ ! -r $dir/share/java/tornado/tornado-api-$version.jar ]]; then
    printf 'the TornadoVM SDK in %s lacks share/java/tornado/tornado-api-%s.jar; %s' "$dir" "$version" "$(tornado_named_mend)"
    return 0
  fi
  feature=$(jdk_version "$jdk")
  feature=${feature%%.*}
  # As in the launch file of gpu/tornadovm.
  if [[ $version != *-jdk"$feature" && $version != *-jdk22plus ]]; then
    printf 'the TornadoVM SDK in %s is made for JDK %s, and this is JDK %s (%s); set JAVA_HOME to a JDK that fits, or %s' \
      "$dir" "${version##*-jdk}" "$feature" "$jdk" "$(tornado_named_mend)"
    return 0
  fi
  if ! tornado_path_fits "$dir"; then
    printf "the TornadoVM SDK lies in %s, and neither its launcher nor its argument file can do with such a path; %s" \
      "$dir" "move it to a folder without spaces and other characters that a shell reads, and set TORNADOVM_HOME to it"
  fi
}

# The SDK's launcher pastes its path into a line for the shell; module paths are split at colons.
tornado_path_fits() {
  [[ $1 != *[[:space:]\"\'\\\$\`\;\&\|\<\>\(\)\*\?\[\#:]* ]]
}

tornado_named_mend() {
  printf '%s' "$tornado_mend${tornado_home_given:+, once TORNADOVM_HOME is unset}"
}

# Prints what is wrong with the SDK's argument file; "" if nothing is.
tornado_argfile_complaint() {
  local dir=$1 line named=
  if [[ ! -r $dir/tornado-argfile ]]; then
    printf 'the TornadoVM SDK in %s has no tornado-argfile' "$dir"
    return 0
  fi
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == -Djava.library.path=* ]]; then
      named=${line#*=}
      named=${named%/lib}
      break
    fi
  done <"$dir/tornado-argfile"
  # An SDK that was moved, or unpacked from an archive that holds the file, names another place.
  if [[ -z $named || $(CDPATH='' cd -- "$named" 2>/dev/null && pwd -P) != "$dir" ]]; then
    printf 'the tornado-argfile of the TornadoVM SDK in %s is that of another folder (%s)' "$dir" "${named:-none that it names}"
  fi
}

# Lets the SDK write its argument file, if that is all that it lacks. Needs find_tornadovm.
need_tornado_argfile() {
  if [[ -n $tornado_sdk && -n $tornado_fault && -z $(tornado_complaint "$tornado_sdk") ]]; then
    say "$tornado_fault; the SDK writes it now"
    let_sdk_write_argfile
  fi
}

# Sets $tornado_fault anew for $tornado_sdk.
let_sdk_write_argfile() {
  local said
  said=$(write_tornado_argfile "$tornado_sdk" 2>&1) || true
  tornado_fault=$(tornado_argfile_complaint "$tornado_sdk")
  if [[ -n $tornado_fault ]]; then
    tornado_fault="$tornado_fault, and the SDK could not write it ($(tornado_last_words "$said")); run"
    tornado_fault="$tornado_fault TORNADOVM_HOME=$tornado_sdk JAVA_HOME=$jdk $tornado_sdk/bin/tornado --generate-argfile once that is mended"
  fi
}

# The exit status of the SDK's tools says little: they end with 0 after some errors.
write_tornado_argfile() (
  if ! command -v python3 >/dev/null; then
    echo "there is no python3, which the SDK's tools need"
    return 1
  fi
  if [[ ! -w $1 ]]; then
    echo "its folder is read-only"
    return 1
  fi
  export TORNADOVM_HOME=$1 JAVA_HOME=$jdk PATH=$1/bin:$jdk/bin:$PATH
  CDPATH='' cd -- "$1/bin" || return
  if [[ ! -r $1/tornado-argfile.template ]]; then
    python3 gen-tornado-argfile-template.py "$(tornado_backends "$1")" </dev/null || return
  fi
  ./tornado --generate-argfile </dev/null
)

# Prints the backends that an SDK was built with: opencl,ptx
tornado_backends() {
  local backends
  backends=$(property_of "$1/etc/tornado.backend" tornado.backends)
  printf '%s' "${backends//-backend/}"
}

# Prints the last line that says something, without colours.
tornado_last_words() {
  local line last="it did not say why"
  while IFS= read -r line; do
    if [[ $line == *[![:space:]]* ]]; then
      last=$line
    fi
  done < <(sed $'s/\033\\[[0-9;]*m//g' <<<"$1")
  printf '%s' "$last"
}

# Says, before a build, what becomes of the TornadoVM rows if there is nothing to build them with.
say_tornadovm() {
  if [[ -z $tornado_sdk ]]; then
    say "there is no TornadoVM SDK (TORNADOVM_HOME, .tornadovm/current, SDKMAN's), so its rows are left out;" \
      "scripts/setup --tornadovm gets one"
  elif [[ -n $tornado_fault ]]; then
    say "$tornado_fault; until then the TornadoVM rows are left out"
  fi
}

# What goes before a build and before tests. Needs find_tornadovm, which is to be called again if this
# ran in a subshell.
prepare_tornadovm() {
  need_tornado_argfile
  say_tornadovm
}

# Prints Maven's properties for the SDK, one a line; nothing if there is none that can be used.
tornado_maven_flags() {
  if has_tornadovm; then
    printf '%s\n' "-Dtornado.sdk=$tornado_sdk" "-Dtornado.version=$tornado_version"
  fi
}

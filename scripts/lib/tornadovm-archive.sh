# shellcheck shell=bash
# Gets the archive of TornadoVM's SDK and unpacks it under .tornadovm/. To be sourced after setup.sh.
# Whatever goes wrong, .tornadovm/ is left as it was: all happens in a folder beside it that is moved
# into place as a whole.

readonly tornado_store=$root/.tornadovm
# Lines of sha256sum: what each archive's checksum was when it was first used.
readonly tornado_pins=$tornado_store/checksums

# Prints the part of an archive's name that says for which system it is; "" where there is none.
tornado_system() {
  case ${OSTYPE:-}/${HOSTTYPE:-} in
    linux*/x86_64 | linux*/amd64) printf 'linux-amd64' ;;
    darwin*/arm64 | darwin*/aarch64) printf 'mac-aarch64' ;;
  esac
}

# Prints the address of the release archive for a backend; exit status 2 where there is none.
tornado_address() {
  local address system
  system=$(tornado_system)
  if [[ -z $system ]]; then
    say "TornadoVM publishes no archive for ${OSTYPE:-this system} on ${HOSTTYPE:-this processor}; build its SDK from" \
      "source and set TORNADOVM_HOME to it, or name an archive with --from"
    exit 2
  fi
  address=$(tornado_property address)
  address=${address//\{version\}/$(tornado_property version)}
  address=${address//\{backend\}/${1:-$(tornado_property backend)}}
  printf '%s' "${address//\{system\}/$system}"
}

# Prints the checksum that is pinned for an archive of this name; "" if none is.
tornado_pin() {
  local sum name
  [[ -r $tornado_pins ]] || return 0
  while read -r sum name; do
    if [[ $name == "$1" ]]; then
      printf '%s' "$sum"
      return 0
    fi
  done <"$tornado_pins"
}

# Prints the folder in which the SDK of the archive with a checksum lies; "" if it is not unpacked.
tornado_unpacked() {
  local dir
  for dir in "$tornado_store"/*-"${1:0:12}"; do
    if [[ -n $1 && -d $dir && -z $(tornado_complaint "$dir") ]]; then
      printf '%s' "$dir"
      return 0
    fi
  done
}

# get_tornadovm FROM SHA256 BACKEND, each "" where it is not given. Exit status 2 for an archive that
# will not do, 1 if it cannot be had.
get_tornadovm() {
  local from=$1 given=$2 name pin dir sum archive
  if ! tornado_path_fits "$tornado_store"; then
    say "TornadoVM's launcher cannot do with the path of this folder, $root; unpack the archive in a folder without spaces" \
      "and other characters that a shell reads, and set TORNADOVM_HOME to it"
    exit 2
  fi
  if [[ -z $from ]]; then
    from=$(tornado_address "$3")
  fi
  name=${from##*/}
  name=${name%%[?#]*}
  pin=$(tornado_pin "$name")
  dir=$(tornado_unpacked "$pin")

  # A file is read in any case: reading costs nothing, and it may be another one by now.
  if [[ $from == *://* && -n $dir && (-z $given || $given == "$pin") ]]; then
    use_tornadovm "$dir" "$name"
    return
  fi

  if [[ $from == *://* ]]; then
    need_workplace
    archive=$workplace/archive.zip
    download "$from" "$archive"
  else
    archive=$from
    if [[ ! -f $archive || ! -r $archive ]]; then
      say "there is no archive $from that can be read"
      exit 2
    fi
  fi
  sum=$(sha256 "$archive")
  if [[ -n $given && $sum != "$given" ]]; then
    say "the SHA-256 of $from is $sum, not $given as given; nothing is changed"
    exit 2
  fi
  if [[ -z $given && -n $pin && $sum != "$pin" ]]; then
    say "the SHA-256 of $from is $sum, and that of the $name used first was $pin; nothing is changed, and --sha256 $sum would take it"
    exit 2
  fi
  dir=$(tornado_unpacked "$sum")
  if [[ -z $dir ]]; then
    need_workplace
    unpack_tornadovm "$archive" "$workplace/sdk" "$from"
    dir=$tornado_store/$unpacked_name-${sum:0:12}
    if [[ -e $dir ]]; then
      # The same archive, but something has become of what was unpacked.
      mv -- "$dir" "$workplace/former"
    fi
    mv -- "$unpacked" "$dir"
    say "unpacked $from to $dir"
  fi
  if [[ $sum != "$pin" ]]; then
    pin_tornadovm "$sum" "$name" "$given"
  fi
  use_tornadovm "$dir" "$name"
}

# Set by need_workplace: a folder on the disk of .tornadovm/ that is gone when this ends.
workplace=

need_workplace() {
  local cleaning
  if [[ -n $workplace ]]; then
    return 0
  fi
  cleaning='rm -rf -- "$workplace"'
  if [[ ! -d $tornado_store ]]; then
    mkdir -- "$tornado_store"
    cleaning="$cleaning; rmdir -- \"\$tornado_store\" 2>/dev/null || true"
  fi
  rm -rf -- "$tornado_store"/.new.* # what a run that was killed left
  workplace=$(mktemp -d "$tornado_store/.new.XXXXXX")
  # shellcheck disable=SC2064 # it is decided now
  trap "$cleaning" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# Remembers an archive's checksum in place of an earlier one.
pin_tornadovm() {
  local sum=$1 name=$2 given=$3 fresh=$tornado_pins.new
  if [[ -r $tornado_pins ]]; then
    NAME=$name awk 'substr($0, 67) != ENVIRON["NAME"]' "$tornado_pins" >"$fresh"
  else
    : >"$fresh"
  fi
  printf '%s  %s\n' "$sum" "$name" >>"$fresh"
  mv -f -- "$fresh" "$tornado_pins"
  if [[ -n $given ]]; then
    say "its SHA-256 is $sum, as given"
  else
    say "its SHA-256 is $sum; none was given, so this one is pinned in $tornado_pins"
  fi
}

# Makes an SDK under .tornadovm/ the current one, with its argument file.
use_tornadovm() {
  local dir=$1 name=$2 link=$tornado_store/current
  if [[ $(readlink -- "$link" || true) == "${dir##*/}" ]]; then
    say "the SDK of $name is already there, in $dir"
  else
    ln -sfn -- "${dir##*/}" "$link.new"
    # In place of the link, not into the folder that it leads to; the systems' mv differ in how to say so.
    mv -fT -- "$link.new" "$link" 2>/dev/null || mv -fh -- "$link.new" "$link"
    say "$link is now the SDK in $dir"
  fi
  command -v python3 >/dev/null || install_package python3 || true
  # Not TORNADOVM_HOME, which may name another SDK.
  tornado_sdk=$dir
  tornado_fault=$(tornado_argfile_complaint "$dir")
  if [[ -n $tornado_fault ]]; then
    say "$tornado_fault; the SDK writes it now"
    let_sdk_write_argfile
    if [[ -n $tornado_fault ]]; then
      say "$tornado_fault"
      exit 1
    fi
  fi
  if [[ -n $tornado_home_given && $(tornado_folder) != "$dir" ]]; then
    say "TORNADOVM_HOME names another SDK, $tornado_home_given, which goes before this one; unset it to use this one"
  fi
}

# download ADDRESS FILE. Exit status 1 if it fails.
download() {
  local said status=0
  say "downloading $1"
  if command -v curl >/dev/null; then
    said=$(curl -fsSL --connect-timeout 30 --retry 2 -o "$2" -- "$1" 2>&1) || status=$?
  elif command -v wget >/dev/null; then
    said=$(wget -nv -T 30 -t 3 -O "$2" -- "$1" 2>&1) || status=$?
  else
    say "there is neither curl nor wget to download $1 with; install one, or get the archive elsewhere and name it with --from FILE"
    exit 1
  fi
  if ((status != 0)); then
    said=${said##*$'\n'}
    say "cannot download $1 (${said:-it did not say why}); nothing is changed, and --from FILE takes an archive that you have"
    exit 1
  fi
}

# Set by unpack_tornadovm: the SDK's folder, and what to call it.
unpacked=
unpacked_name=

# unpack_tornadovm ARCHIVE FOLDER SHOWN: exit status 2 if it is not the archive of an SDK that fits.
# With the JDK's own jar, since there is a JDK in any case, and no unzip everywhere.
unpack_tornadovm() {
  local archive=$1 folder=$2 shown=$3 entries entry releases fault
  # By its directory at the end, then entry by entry as below: the names that count are those that
  # unpacking reads.
  if ! "$jdk/bin/jar" -tf "$archive" >/dev/null 2>&1 || ! entries=$("$jdk/bin/jar" -t <"$archive" 2>/dev/null) ||
    [[ -z $entries ]]; then
    say "$shown is not a whole zip archive; nothing is changed"
    exit 2
  fi
  while IFS= read -r entry; do
    case /$entry/ in
      //* | */../*)
        say "$shown would write outside its folder ($entry); nothing is changed"
        exit 2
        ;;
    esac
  done <<<"$entries"
  mkdir -- "$folder"
  # From standard input, because jar compares checksums only then.
  if ! (CDPATH='' cd -- "$folder" && "$jdk/bin/jar" -x) <"$archive" >/dev/null 2>&1; then
    say "$shown cannot be unpacked whole; nothing is changed"
    exit 2
  fi
  releases=$(find "$folder" -path '*/etc/tornado.release')
  if [[ -z $releases || $releases == *$'\n'* ]]; then
    say "$shown is no archive of a TornadoVM SDK: it should hold etc/tornado.release once; nothing is changed"
    exit 2
  fi
  unpacked=${releases%/etc/tornado.release}
  # Zip archives keep them, and jar does not.
  chmod +x "$unpacked"/bin/*
  fault=$(tornado_complaint "$unpacked")
  if [[ -n $fault ]]; then
    say "${fault//$unpacked/$shown}; nothing is changed"
    exit 2
  fi
  unpacked_name=$(property_of "$unpacked/etc/tornado.release" version)-$(tornado_backends "$unpacked")
  unpacked_name=tornadovm-${unpacked_name//,/-}
}

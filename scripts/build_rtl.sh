#!/bin/sh
# Verilates and compiles the accelerator for one configuration:
# build/rtl/<key>[-variant]/libsystole_rtl.so.
#   scripts/build_rtl.sh [VARIANT=plain|noassert|trace|cov|random|actions] [NAME=VALUE...]
# Environment: SYSTOLE_CONFIG (path of systole_config), CMAKE, JOBS, RTL_CXXFLAGS, SYSTOLE_RTL_DIR
# (for build/rtl; `systole` looks there, too). Builds of one configuration wait for each other.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
config=${SYSTOLE_CONFIG:-$root/build/host/sw/driver/systole_config}
cmake=${CMAKE:-cmake}

variant=plain
parameters=""
for argument in "$@"; do
  case $argument in
    VARIANT=*) variant=${argument#VARIANT=} ;;
    *) parameters="$parameters $argument" ;;
  esac
done
case $variant in
  plain) suffix="" ;;
  noassert | trace | cov | random | actions) suffix=-$variant ;;
  *)
    echo "error: VARIANT=$variant is not possible;" \
      "allowed: plain, noassert, trace, cov, random, actions" >&2
    exit 2
    ;;
esac

# shellcheck disable=SC2086
key=$("$config" $parameters)
# shellcheck disable=SC2086
all=$("$config" --cmake $parameters)
folder=${SYSTOLE_RTL_DIR:-$root/build/rtl}/$key$suffix
mkdir -p "$folder"
exec 9>"$folder/lock"
if ! flock -n 9; then
  echo "rtl: waiting for another build of $key$suffix"
  flock 9
fi

# run LOG COMMAND...: quiet unless it fails.
run() {
  log=$folder/$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

# CMake works in the folder it configured only.
cache=$folder/CMakeCache.txt
if [ -e "$cache" ] && ! grep -qxF -e "CMAKE_CACHEFILE_DIR:INTERNAL=$folder" "$cache"; then
  echo "rtl: $folder was moved or copied; building anew"
  find "$folder" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
fi
run verilate.log "$root/scripts/verilate.sh" "$folder" "$variant" $(echo "$all" | tr ';' ' ')
default_flags=-O3
[ "$variant" != cov ] || default_flags=-O1  # toggle counters make much code
flags=${RTL_CXXFLAGS:-$default_flags}
if [ ! -e "$folder/build.ninja" ] || ! grep -qxF -e "RTL_CXXFLAGS:STRING=$flags" "$cache"; then
  echo "rtl: configuring $key$suffix"
  rm -f "$folder/build.ninja"
  run configure.log "$cmake" -G Ninja -S "$root/tb/verilated" -B "$folder" -DCMAKE_BUILD_TYPE=None \
    "-DPARAMETERS=$all" "-DVARIANT=$variant" "-DRTL_CXXFLAGS=$flags"
fi
run build.log "$cmake" --build "$folder" ${JOBS:+-j "$JOBS"}

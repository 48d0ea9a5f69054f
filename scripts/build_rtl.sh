#!/bin/sh
# Verilates and compiles the accelerator for one configuration (see tb/verilated/CMakeLists.txt).
#   scripts/build_rtl.sh [VARIANT=plain|noassert|trace|cov] [NAME=VALUE...]
# Environment: SYSTOLE_CONFIG (path of systole_config), CMAKE, JOBS, RTL_CXXFLAGS.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
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
  noassert | trace | cov) suffix=-$variant ;;
  *) echo "error: VARIANT=$variant is not possible; allowed: plain, noassert, trace, cov" >&2; exit 2 ;;
esac

# shellcheck disable=SC2086
key=$("$config" $parameters)
# shellcheck disable=SC2086
all=$("$config" --cmake $parameters)
folder=$root/build/rtl/$key$suffix
mkdir -p "$folder"
default_flags=-O3
[ "$variant" != cov ] || default_flags=-O1  # toggle counters make much code
flags=${RTL_CXXFLAGS:-$default_flags}
if [ ! -e "$folder/build.ninja" ] || ! grep -qxF -e "RTL_CXXFLAGS:STRING=$flags" "$folder/CMakeCache.txt"; then
  echo "rtl: configuring $key$suffix"
  if ! "$cmake" -G Ninja -S "$root/tb/verilated" -B "$folder" -DCMAKE_BUILD_TYPE=None "-DPARAMETERS=$all" \
      "-DVARIANT=$variant" "-DRTL_CXXFLAGS=$flags" >"$folder/configure.log" 2>&1; then
    cat "$folder/configure.log" >&2
    rm -f "$folder/build.ninja"
    exit 1
  fi
fi
if ! "$cmake" --build "$folder" ${JOBS:+-j "$JOBS"} >"$folder/build.log" 2>&1; then
  cat "$folder/build.log" >&2
  exit 1
fi

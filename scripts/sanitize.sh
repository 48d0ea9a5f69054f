#!/bin/sh
# The C++ tests that need no RTL, under the address and undefined-behaviour sanitizers, in
# build/sanitize: what one of them finds ends its test.
#   scripts/sanitize.sh [TEST...]      test programs; without any, those below
# Environment: CMAKE, JOBS. Exit status: 0 nothing found; 1 something, as printed.
set -eu
cd "$(dirname "$0")/.."
host=$PWD/build/sanitize
[ $# -gt 0 ] || set -- arith_test model_test golden_test functional_test compiler_test timing_test \
  driver_test scalesim_test systemc_test cli_parts_test axi_memory_test
mkdir -p "$host"

# quiet LOG COMMAND...
quiet() {
  log=$host/$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

echo 'sanitize: building the C++ with address and undefined-behaviour sanitizers'
quiet configure.log "${CMAKE:-cmake}" -G Ninja -B "$host" -DCMAKE_BUILD_TYPE=None \
  '-DCMAKE_CXX_FLAGS=-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined' \
  -DSYSTOLE_TESTS=ON
quiet build.log "${CMAKE:-cmake}" --build "$host" -j "${JOBS:-$(nproc)}" --target systole "$@"
# SystemC's processes change stacks.
export ASAN_OPTIONS="detect_stack_use_after_return=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
for name; do
  program=$(find "$host/tests" -name "$name" -type f)
  quiet "$name.log" env -C "${program%/*}" "$program"
  sed -n "s/^\[  PASSED  \] \(.*\)\./sanitize: $name: \1 passed/p" "$host/$name.log"
done

#!/bin/sh
# Coverage of the RTL (lines and toggles under runs of a model) and of the C++ (lines under its
# tests and the same runs).
#   scripts/cov.sh MODEL IMAGES NAME=VALUE...      RTL parameters
# Environment: CMAKE, JOBS, COV_TESTS (other test programs). Reports in build/cov: rtl/index.html,
# cpp/index.html; a line for each in the end.
set -eu
cd "$(dirname "$0")/.."
model=$1 images=$2
shift 2
cmake=${CMAKE:-cmake}
jobs=${JOBS:-$(nproc)}
out=$PWD/build/cov
host=$out/host
mkdir -p "$out"
rm -rf "$out/rtl" "$out/cpp" "$out"/*.dat

# quiet LOG COMMAND...
quiet() {
  log=$out/$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}

# Tests of C++ alone: those that verilate blocks count no line of it that these do not.
tests=${COV_TESTS:-"arith_test model_test golden_test functional_test compiler_test timing_test
  driver_test scalesim_test systemc_test cli_parts_test axi_memory_test"}

echo "cov: building the C++ with counters"
quiet configure.log "$cmake" -G Ninja -B "$host" -DCMAKE_BUILD_TYPE=None \
  "-DCMAKE_CXX_FLAGS=-O1 --coverage -fprofile-update=atomic" -DSYSTOLE_TESTS=ON
# shellcheck disable=SC2086
quiet build.log "$cmake" --build "$host" -j "$jobs" --target systole systole_config $tests
SYSTOLE_CONFIG=$host/sw/driver/systole_config scripts/build_rtl.sh VARIANT=cov "$@"
find "$host" -name '*.gcda' -delete

export SYSTOLE_COVERAGE_DIR="$out"
parameters=
for assignment in "$@"; do parameters="$parameters --param $assignment"; done
# With and without pooling fused, a slow memory; stalls, which the TLM platform does not have.
for options in '--backend golden,tlm,rtl' '--backend golden,tlm,rtl --no-fuse' \
  '--backend golden,tlm,rtl --memory-latency 100' '--backend golden,rtl --stall 1' \
  '--backend golden,rtl --stall 2'; do
  echo "cov: run $options"
  # shellcheck disable=SC2086
  quiet run.log "$host/sw/cli/systole" run "$model" --images "$images" \
    $parameters --first 4 --batch 2 --rtl-variant cov $options
done
for name in $tests; do
  echo "cov: $name"
  program=$(find "$host/tests" -name "$name" -type f)
  quiet "$name.log" env -C "${program%/*}" "$program"
done

quiet rtl.log verilator_coverage --write-info "$out/rtl.info" "$out"/*.dat
quiet rtl_html.log genhtml -q -o "$out/rtl" "$out/rtl.info"
quiet cpp.log lcov -q --capture --directory "$host" --base-directory . --no-external \
  --ignore-errors gcov,source --output-file "$out/all.info"
quiet cpp.log lcov -q --extract "$out/all.info" "$PWD/sw/*" "$PWD/systemc/*" "$PWD/tb/*" \
  --output-file "$out/cpp.info"
quiet cpp_html.log genhtml -q -p "$PWD" -o "$out/cpp" "$out/cpp.info"

# lines TEXT FILE
lines() {
  awk -F'[:,]' -v text="$1" '/^DA/ { n++; if ($3 > 0) h++ }
    END { printf "%s: %d of %d (%.1f %%)\n", text, h, n, 100 * h / n }' "$2"
}
awk -F'[:,]' -v root="$PWD/" '
  /^SF/ {
    n = split(substr($0, 4 + length(root)), part, "/")
    folder = part[1] (n > 2 ? "/" part[2] : "")
  }
  /^DA/ { all[folder]++; if ($3 > 0) hit[folder]++ }
  END {
    for (f in all)
      printf "  %-16s %6d of %6d  %5.1f %%\n", f, hit[f], all[f], 100 * hit[f] / all[f]
  }' \
  "$out/cpp.info" | sort
lines "RTL lines executed and toggled" "$out/rtl.info"
lines "C++ lines executed" "$out/cpp.info"
echo "reports: build/cov/rtl/index.html, build/cov/cpp/index.html"

#!/bin/sh
# Coverage of the whole: the RTL's lines, branches, toggles and functional points
# (scripts/cov/points.py) under `make check`, runs of a model, the tests of faults and a sample of
# the campaign, merged over three shapes; the C++'s lines and branches under its tests and a run.
#   scripts/cov.sh MODEL IMAGES
# Environment: CMAKE, JOBS, COV_TESTS (other test programs), COV_FAULTS (faults of the sample).
# build/cov: report.txt, holes.txt (every place of the RTL not reached), cpp/index.html. Exit
# status: 1 if a functional point is not reached for which tests/coverage/holes.toml has no reason.
set -eu
cd "$(dirname "$0")/.."
model=$1 images=$2
cmake=${CMAKE:-cmake}
jobs=${JOBS:-$(nproc)}
out=$PWD/build/cov
host=$out/host
mkdir -p "$out/rtl" "$out/data"
rm -rf "$out/cpp" "$out"/data/* "$out/faults"

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
quiet build.log "$cmake" --build "$host" -j "$jobs" --target systole systole_config faults_test \
  bad_memory_test fault_campaign $tests
find "$host" -name '*.gcda' -delete
export SYSTOLE_CONFIG="$host/sw/driver/systole_config" SYSTOLE_RTL_DIR="$out/rtl"
export SYSTOLE_COVERAGE_DIR="$out/data" RTL_CXXFLAGS=-O1

# covered COMMAND...: and one file of what it covered, with what was covered before.
covered() {
  quiet run.log "$@"
  find "$out/data" -name '*.*.dat' >"$out/new"
  [ -s "$out/new" ] || return 0
  # shellcheck disable=SC2046
  quiet merge.log verilator_coverage --write "$out/data/all.new" \
    $(ls "$out/data/all.dat" 2>/dev/null) $(cat "$out/new")
  xargs rm <"$out/new"
  mv "$out/data/all.new" "$out/data/all.dat"
}

# The shapes of the tests of faults: weight stationary, with the other dataflows, the row engine.
for shape in 'ROWS=5 COLS=7' 'ROWS=5 COLS=7 DATAFLOWS=7' \
  'ENGINE=row ROWS=8 COLS=8 LANES=3 RS_ROWS=5 RS_COLS=7 IFMAP_SPAD=16 WGT_SPAD=30 PSUM_SPAD=3'; do
  echo "cov: $shape"
  # shellcheck disable=SC2086
  quiet rtl.log scripts/build_rtl.sh VARIANT=cov $shape
  # shellcheck disable=SC2086
  key=$("$SYSTOLE_CONFIG" $shape)
  ln -sfn "$key-cov" "$out/rtl/$key"
  parameters=
  for assignment in $shape; do parameters="$parameters --param $assignment"; done
  # shellcheck disable=SC2086
  covered "$host/sw/cli/systole" check $parameters
  # With stalls, which the TLM platform does not have.
  for options in '--backend golden,tlm,rtl' '--backend golden,rtl --stall 1'; do
    # shellcheck disable=SC2086
    covered "$host/sw/cli/systole" run "$model" --images "$images" $parameters --first 4 \
      --batch 2 $options
  done
done
echo 'cov: faults'
for name in faults_test bad_memory_test; do
  program=$(find "$host/tests" -name "$name" -type f)
  covered env -C "${program%/*}" "$program"
done
covered "$(find "$host/tests" -name fault_campaign -type f)" --work "$out/faults" \
  --jobs "$jobs" --count "${COV_FAULTS:-2000}"
for name in $tests; do
  echo "cov: $name"
  program=$(find "$host/tests" -name "$name" -type f)
  quiet "$name.log" env -C "${program%/*}" "$program"
done

quiet cpp.log lcov -q --rc lcov_branch_coverage=1 --capture --directory "$host" \
  --base-directory . --no-external --ignore-errors gcov,source --output-file "$out/all.info"
quiet cpp.log lcov -q --rc lcov_branch_coverage=1 --extract "$out/all.info" "$PWD/sw/*" \
  "$PWD/systemc/*" "$PWD/tb/*" --output-file "$out/cpp.info"
quiet cpp_html.log genhtml -q --branch-coverage -p "$PWD" -o "$out/cpp" "$out/cpp.info"
status=0
python3 scripts/cov/report.py "$out" >"$out/report.txt" || status=$?
cat "$out/report.txt"
echo 'pages: build/cov/cpp/index.html; places of the RTL not reached: build/cov/holes.txt'
exit $status

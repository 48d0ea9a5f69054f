#!/bin/sh
# Verilates the test bench around the accelerator (tb/systole_tb.sv) into C++ files, and touches
# only those that changed.
#   scripts/verilate.sh FOLDER VARIANT [NAME=VALUE...]
# FOLDER/gen: the C++; FOLDER/inputs: a hash of everything it came from. Nothing is done while the
# hash holds. Line numbers do not reach the C++, so that a comment changes no file; an assertion is
# named by its instance.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1 variant=$2
shift 2

arguments="--cc -O3 --no-timing --no-decoration --output-split 4000 -fno-table -Wno-fatal
  +define+SYSTOLE_PLUSARGS"
case $variant in
  # Random bits, by +verilator+seed+N.
  random) arguments="$arguments --x-assign unique --x-initial unique" ;;
  *) arguments="$arguments --x-assign fast --x-initial fast" ;;
esac
case $variant in
  noassert) arguments="$arguments --no-assert +define+SYSTOLE_NO_ASSERT -GCHECK=0" ;;
  trace) arguments="$arguments --trace-fst --trace-structs" ;;
  # Toggles of nets of at most 64 bits: wider ones are these side by side.
  cov)
    arguments="$arguments --coverage-line --coverage-toggle --coverage-user --coverage-max-width 64"
    ;;
esac
for assignment in "$@"; do
  arguments="$arguments -G$assignment"
done

included=""
files=$(sed -n "s#^[a-z0-9_/]*\.sv\$#$root/rtl/&#p" "$root/rtl/files.f")
bench="$root/tb/axi_read_checker.sv $root/tb/axi_write_checker.sv $root/tb/axil_checker.sv
  $root/tb/systole_tb.sv"
[ "$variant" != actions ] || {
  bench="$bench $root/tb/systole_actions.sv $root/tb/systole_matmul_actions.sv
    $root/tb/systole_row_actions.sv $root/tb/systole_actions.vlt"
  included=$root/tb/systole_action_memories.svh
}
[ "$variant" != cov ] || {
  mkdir -p "$folder"
  python3 "$root/scripts/cov/points.py" >"$folder/systole_points.sv"
  bench="$root/tb/systole_cov.vlt $bench $folder/systole_points.sv"
}
# shellcheck disable=SC2086
hash=$({
  verilator --version
  echo "$arguments" $files
  cat "$0" $files "$root/rtl/common/systole_assert.svh" $bench $included
} | sha256sum)
[ ! -f "$folder/inputs" ] || [ "$(cat "$folder/inputs")" != "$hash" ] || exit 0

rm -rf "$folder/gen.new" "$folder/inputs"
mkdir -p "$folder/gen"
# shellcheck disable=SC2086
verilator $arguments "-I$root/rtl/common" "-I$root/tb" --prefix Vsystole_tb \
  --top-module systole_tb --Mdir "$folder/gen.new" $files $bench
cd "$folder/gen.new"
# What follows from the inputs is evaluated once a cycle, not again at the clock edge.
sed -i 's/__VicoContinue = 1U;/__VicoContinue = (1U \& ~vlSelf->settled_i);/' ./*.cpp
if [ "$variant" != cov ]; then
  sed -E -i -e 's/(VL_STOP_MT\("[^"]*", )[0-9]+/\10/' \
    -e 's/(%%Error: [a-z_]+\.sv):[0-9]+:/\1:/' ./*.cpp
fi
for old in ../gen/*; do
  [ -e "${old##*/}" ] || rm -f "$old"
done
for new in *.cpp *.h; do
  cmp -s "$new" "../gen/$new" || mv "$new" ../gen/
done
rm -rf "$folder/gen.new"
echo "$hash" >"$folder/inputs"

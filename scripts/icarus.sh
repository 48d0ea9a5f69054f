#!/bin/sh
# One image of a model through the RTL in four states, under Icarus, with nothing but SystemVerilog
# around it (tb/rtl_only): the run ends where X or Z reaches a bus, the registers or the activation
# buffer; outputs equal golden's.
#   scripts/icarus.sh SYSTOLE MODEL IMAGES [NAME=VALUE...]    parameters that the bench has
# Environment: SYSTOLE_CONFIG (path of systole_config).
# Exit status: 0 equal and all known; 1 different or unknown, as the bench says; 2 no parameter.
set -eu
cd "$(dirname "$0")/.."
systole=$1 model=$2 images=$3
shift 3
bench=tb/rtl_only/systole_rtl_only_tb.sv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
config=${SYSTOLE_CONFIG:-build/host/sw/driver/systole_config}
compile= verilog=
for assignment in "$@"; do
  grep -q "parameter int ${assignment%%=*} = " "$bench" || {
    echo "error: $assignment: $bench has no parameter ${assignment%%=*}" >&2
    exit 2
  }
  compile="$compile --param $assignment"
done
# What follows from those that were given, too.
for assignment in $("$config" --cmake "$@" | tr ';' ' '); do
  ! grep -q "parameter int ${assignment%%=*} = " "$bench" ||
    verilog="$verilog -Psystole_rtl_only_tb.$assignment"
done
# shellcheck disable=SC2086
"$systole" compile "$model" --images "$images" -o "$work/program" $compile >/dev/null
# shellcheck disable=SC2086,SC2046
iverilog -g2012 -Irtl/common -Irtl -s systole_rtl_only_tb $verilog -o "$work/tb.vvp" \
  $(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f) "$bench"
# shellcheck disable=SC2046
vvp -n "$work/tb.vvp" $(cat "$work/program/plusargs.txt") "+memory=$work/program/memory.hex" \
  "+expect=$work/program/outputs.hex" >"$work/out.txt" 2>&1 || true
grep -v '^WARNING.*readmemh' "$work/out.txt" | sed "s/^/${*:-the defaults}: /"
grep -qx done "$work/out.txt"

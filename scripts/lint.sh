#!/bin/sh
# Reads all RTL unchanged with Verilator (-Wall), Icarus (-g2012) and Yosys, and holds it to the
# house's rules (scripts/lint_rtl.py); exit status 1 if any of them says a word.
#   scripts/lint.sh [NAME=VALUE ...]     RTL parameters of the top, such as ROWS=8
set -eu
cd "$(dirname "$0")/.."
files=$(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f)
unlisted=$(ls rtl/*.sv rtl/*/*.sv |
  while read -r f; do echo "$files" | grep -qx "$f" || echo "$f"; done)
[ -z "$unlisted" ] || { echo "not in rtl/files.f: $unlisted"; exit 1; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

verilator_args= icarus_args= yosys_args=
for assignment in "$@"; do
  name=${assignment%%=*} value=${assignment#*=}
  verilator_args="$verilator_args -G$name=$value"
  icarus_args="$icarus_args -Psystole_top.$name=$value"
  yosys_args="$yosys_args -set $name $value"
done

status=0
check() {  # name, exit status of the tool; its output is in $out/$name
  if [ "$2" -eq 0 ] && [ ! -s "$out/$1" ]; then
    echo "$1: clean"
  else
    echo "$1: exit status $2"; cat "$out/$1"; status=1
  fi
}

rc=0; python3 scripts/lint_rtl.py >"$out/house" 2>&1 || rc=$?
check house $rc
rc=0; verilator --lint-only -Wall -Irtl/common rtl/lint.vlt $files --top-module systole_top \
  $verilator_args >"$out/verilator" 2>&1 || rc=$?
check verilator $rc
rc=0; iverilog -g2012 -Wall -Irtl/common -o "$out/systole.vvp" -s systole_top $icarus_args $files \
  >"$out/icarus" 2>&1 || rc=$?
check icarus $rc
[ -z "$yosys_args" ] || yosys_args="chparam $yosys_args systole_top;"
read="read_verilog -sv -Irtl/common $(echo $files)"
rc=0; yosys -q -p "$read; $yosys_args hierarchy -check -top systole_top" >"$out/yosys" 2>&1 || rc=$?
check yosys $rc
# The array with all that it can have, and the other array, too.
[ $# -gt 0 ] || scripts/lint.sh DATAFLOWS=7 || status=1
[ $# -gt 0 ] || scripts/lint.sh ENGINE=1 ROW_SUM=0 TAPS=0 RS_ROWS=12 RS_COLS=14 IFMAP_SPAD=32 \
  WGT_SPAD=64 PSUM_SPAD=16 || status=1
exit $status

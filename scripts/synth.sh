#!/bin/sh
# Synthesizes the accelerator with Yosys to generic gates and checks it: no latch, no net with two
# drivers, no net that is read and has none. Memories (systole_sram) stay black boxes, listed in
# bits.
#   scripts/synth.sh [NAME=VALUE ...]    RTL parameters; default: an 8x8 array
# Prints the gates, flip-flops and memory bits of each module, of all its instances together.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- ROWS=8 COLS=8
files=$(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f)
sets=
for assignment in "$@"; do sets="$sets -set ${assignment%%=*} ${assignment#*=}"; done
out=build/synth
mkdir -p "$out"

cat >"$out/synth.ys" <<END
read_verilog -sv -Irtl/common $(echo $files)
chparam $sets systole_top
hierarchy -check -top systole_top
proc
tee -q -o $out/memories.txt stat *systole_sram*
blackbox *systole_sram*
check -assert
select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr
synth -run coarse:
select -assert-none t:\$_DLATCH* t:\$_LATCH* t:\$_SR_*
check -assert
tee -q -o $out/stat.txt stat
END
start=$(date +%s)
yosys -q -l "$out/yosys.log" "$out/synth.ys" >"$out/messages" 2>&1 || {
  grep -m 20 -E "ERROR|Warning" "$out/messages"
  exit 1
}
if grep -m 20 Warning "$out/messages"; then exit 1; fi
awk -f scripts/synth_report.awk "$out/memories.txt" "$out/stat.txt"
seconds=$(($(date +%s) - start))
echo "synth: $*: no latch, no multiple driver, no undriven net; $seconds s, log in $out/yosys.log"

#!/bin/sh
# The test bench's SystemVerilog with verilator -Wall (it is for Verilator alone); exit status 1 if
# it says a word.
set -eu
cd "$(dirname "$0")/.."
files=$(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f)
for engine in "" "-GENGINE=1 -GROW_SUM=0 -GTAPS=0 -GRS_ROWS=12 -GRS_COLS=14 -GIFMAP_SPAD=32
    -GWGT_SPAD=64 -GPSUM_SPAD=16"; do
  out=$(verilator --lint-only -Wall -Irtl/common -Itb $engine rtl/lint.vlt tb/lint_tb.vlt $files \
    tb/axi_read_checker.sv tb/axi_write_checker.sv tb/axil_checker.sv tb/systole_tb.sv \
    tb/systole_actions.sv tb/systole_matmul_actions.sv tb/systole_row_actions.sv \
    --top-module systole_tb 2>&1) || { echo "$out"; exit 1; }
  [ -z "$out" ] || { echo "$out"; exit 1; }
done
echo "test bench: clean"

#!/bin/sh
# The test bench's SystemVerilog with verilator -Wall (it is for Verilator alone); exit status 1 if
# it says a word.
set -eu
cd "$(dirname "$0")/.."
files=$(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f)
out=$(verilator --lint-only -Wall -Irtl/common rtl/lint.vlt tb/lint_tb.vlt $files \
  tb/axi_read_checker.sv tb/axi_write_checker.sv \
  tb/axil_checker.sv tb/systole_tb.sv tb/systole_actions.sv --top-module systole_tb \
  2>&1) || { echo "$out"; exit 1; }
[ -z "$out" ] || { echo "$out"; exit 1; }
echo "test bench: clean"

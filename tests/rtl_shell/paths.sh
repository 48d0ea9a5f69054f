#!/bin/sh
# No output of the top depends on an input in the same cycle (AXI forbids such paths): Yosys walks
# from every input but clock and reset through everything that is no register, and must meet no
# output. Prints the outputs it meets.
set -eu
cd "$(dirname "$0")/../.."
files=$(sed -n 's#^[a-z0-9_/]*\.sv$#rtl/&#p' rtl/files.f)
parameters='ROWS 2 COLS 2 LANES 2 ACT_KIB 8 WGT_KIB 1 PAR_KIB 1 KTAB_KIB 1 ACC_DEPTH 4'
# shellcheck disable=SC2086,SC2116
exec yosys -q -p "
  read_verilog -sv -Irtl/common $(echo $files)
  chparam $(printf -- '-set %s %s ' $parameters) systole_top
  hierarchy -check -top systole_top
  proc; flatten; opt_clean
  select -set inputs i:* i:clk_i i:rst_ni %u %d
  select -assert-min 20 @inputs
  select -set reached @inputs %coe*:-\$dff,\$adff,\$dffe,\$adffe,\$sdff,\$memwr,\$memwr_v2,\$mem_v2
  select -set met o:* @reached %i
  select -list @met
  select -assert-none @met"

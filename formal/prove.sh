#!/bin/sh
# Proves the requantize lane for every input, mode by mode (Yosys writes the circuit, z3 looks for a
# counterexample).
#
#   formal/prove.sh [-r RTL_DIR] [-o WORK_DIR] [MODE.STEP | mul | booth ...]
#
# Without names: the multiplier and what it is made of; steps 1 (operand) and 5 (result) of all
# modes, once in the lane with all modes and once in the lane with that mode alone. Exit status: 0
# proved; 1 refuted, the counterexample is in WORK_DIR; 2 neither.
set -u
. "$(dirname "$0")/options.sh"
package=$here/../rtl/common/systole_pkg.sv
number() { sed -n "s/.* $1 = \(.*d\)*\([0-9]*\);.*/\2/p" "$package"; }
modes=$(number NUM_ROUNDINGS)
float=$(number ROUND_FLOAT32)
if [ $# -eq 0 ]; then
  set -- booth mul
  mode=0
  while [ "$mode" -lt "$modes" ]; do
    set -- "$@" $mode.1 $mode.5
    mode=$((mode + 1))
  done
fi

# check NAME STEP: the circuit in NAME.smt2 from any state on, the assertions of one step.
check() {
  began=$(date +%s)
  timeout 900 yosys-smtbmc -s z3 --noincr --unroll --noprogress -t "$2:$(($2 + 1))" \
    --dump-vcd "$work/$1.vcd" "$work/$1.smt2" >"$work/$1.log" 2>&1
  if grep -q 'Status: PASSED' "$work/$1.log"; then
    what=$(echo "$1" | sed 's/^mode.*/requantize/; s/^booth.*/booth/')
    proved "$1" $(($(date +%s) - began)) "$what"
  elif grep -q 'Assert failed' "$work/$1.log" && grep -q 'Status: FAILED' "$work/$1.log"; then
    echo "refuted  $1 ($work/$1.vcd)"
    exit 1
  else
    echo "no answer: $1, see $work/$1.log" >&2
    exit 2
  fi
}

# circuit NAME SCRIPT: writes NAME.smt2.
circuit() {
  yosys -q -p "$2; async2sync; dffunmap; opt_clean; write_smt2 -wires $work/$1.smt2" \
    >"$work/$1.yosys" 2>&1 || {
    cat "$work/$1.yosys" >&2
    exit 2
  }
}

files="$package $here/requantize_proof.sv $here/requantize_spec.sv $here/requantize_mul_free.sv"
files="$files $rtl/post/systole_requantize.sv"
for name; do
  if [ "$name" = booth ]; then
    # The requantizer's halves, and an addition's operands.
    for size in 33.8 32.5; do
      circuit "booth$size" "read_verilog -sv -formal -I$here/../rtl/common $here/booth_proof.sv \
        $rtl/common/systole_booth.sv;
        chparam -set A_W ${size%.*} -set DIGITS ${size#*.} booth_proof;
        hierarchy -check -top booth_proof; proc; flatten;
        connect -nounset -set dut_rows u_dut.rows; opt_clean"
      check "booth$size" 0
    done
    continue
  fi
  if [ "$name" = mul ]; then
    wires=
    for half in low high; do
      wires="$wires connect -nounset -set dut_$half u_dut.u_$half.p_o;"
      for port in a b; do
        wires="$wires connect -nounset -set dut_${half}_$port u_dut.u_$half.${port}_i;"
      done
    done
    circuit mul "read_verilog -sv -formal -I$here/../rtl/common $here/requantize_mul_proof.sv \
      $here/booth_free.sv $rtl/post/systole_requantize_mul.sv;
      hierarchy -check -top requantize_mul_proof; proc; flatten; $wires opt_clean"
    check mul 0
    check mul 2
    continue
  fi
  mode=${name%.*}
  step=${name#*.}
  # The result of float32 by eights of shifts, the others at once.
  eights=8
  [ "$name" != "$float.5" ] || eights="7 6 5 4 3 2 1 0"
  for roundings in $(((1 << modes) - 1)) $((1 << mode)); do for eight in $eights; do
    id=mode$mode.step$step.roundings$roundings.eight$eight
    circuit "$id" "read_verilog -sv -formal -I$here/../rtl/common $files;
      chparam -set MODE $mode -set STEP $step -set ROUNDINGS $roundings -set EIGHT $eight \
        requantize_proof;
      hierarchy -check -top requantize_proof; proc; flatten;
      connect -nounset -set dut_x u_dut.u_mul.x_i; connect -nounset -set dut_m u_dut.u_mul.m_i;
      connect -nounset -set dut_en u_dut.u_mul.en_i;
      connect -nounset -set dut_en1 u_dut.u_mul.en1_i;
      connect -nounset -set dut_p u_dut.u_mul.p_o;
      prep"
    check "$id" "$step"
  done; done
done

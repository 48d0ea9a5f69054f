#!/bin/sh
# Proofs over any number of cycles: Yosys writes the block with its properties as an and-inverter
# graph, ABC's property-directed reachability finds an inductive invariant and checks it.
#
#   formal/unbounded.sh [-r RTL_DIR] [-o WORK_DIR] [NAME ...]
#
# NAME: csr, queue2, queue3, queue5 (a queue of so many places). Exit status: 0 proved; 1 refuted;
# 2 neither.
set -u
. "$(dirname "$0")/options.sh"
[ $# -gt 0 ] || set -- csr queue2 queue3 queue5

# prove NAME TOP FILES PARAMETERS
prove() {
  began=$(date +%s)
  yosys -q -p "read_verilog -sv -formal -I$here/../rtl/common $3; $4
    hierarchy -check -top $2; proc; flatten; async2sync; memory_map; opt -full -nodffe -nosdff;
    setundef -undriven -anyseq; dffunmap; techmap; opt -fast -nodffe -nosdff; dffunmap;
    abc -g AND -fast; opt_clean; write_aiger -zinit $work/$1.aig" >"$work/$1.yosys" 2>&1 || {
    cat "$work/$1.yosys" >&2
    exit 2
  }
  timeout 600 yosys-abc -c "read_aiger $work/$1.aig; fold; pdr" >"$work/$1.log" 2>&1
  if grep -q '^Property proved' "$work/$1.log"; then
    echo "proved   $1 ($(($(date +%s) - began)) s)"
  elif grep -q 'was asserted in frame' "$work/$1.log"; then
    echo "refuted  $1 ($work/$1.log)"
    exit 1
  else
    echo "no answer: $1, see $work/$1.log" >&2
    exit 2
  fi
}

package=$here/../rtl/common/systole_pkg.sv
for name; do
  case $name in
    csr)
      files="$package $here/csr_proof.sv $here/../rtl/common/systole_hold.sv"
      prove csr csr_proof "$files $rtl/shell/systole_csr.sv" "" ;;
    queue[0-9]*)
      prove "$name" queue_proof "$here/queue_proof.sv $rtl/common/systole_queue.sv" \
        "chparam -set DEPTH ${name#queue} queue_proof;" ;;
    *) echo "error: no proof '$name'; there are csr and queueN" >&2; exit 2 ;;
  esac
done

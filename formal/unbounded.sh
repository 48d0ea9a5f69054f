#!/bin/sh
# Proofs over any number of cycles: Yosys writes the block with its properties as an and-inverter
# graph, ABC's property-directed reachability finds an inductive invariant and checks it.
#
#   formal/unbounded.sh [-r RTL_DIR] [-o WORK_DIR] [NAME ...]
#
# NAME: csr; queue2, queue3, queue5 (a queue of so many places), queue2m, queue3m, queue5m (with a
# memory); row_sequencer, row_words, row_loader, row_steps, row_weights, and spad_depth, which
# follows from them by arithmetic (z3). Exit status: 0 proved; 1 refuted; 2 neither.
set -u
. "$(dirname "$0")/options.sh"
[ $# -gt 0 ] || set -- csr queue2 queue3 queue5 queue2m queue3m queue5m row_sequencer row_words \
  row_loader row_steps row_weights spad_depth


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

# Four questions without a counterexample, and one that must have one.
arithmetic() {
  timeout 600 z3 "$here/spad_depth.smt2" >"$work/spad_depth.log" 2>&1
  case $(tr '\n' ' ' <"$work/spad_depth.log") in
    'unsat unsat unsat unsat sat ') echo "proved   spad_depth" ;;
    *unknown* | *error* | '') echo "no answer: spad_depth, see $work/spad_depth.log" >&2; exit 2 ;;
    *) echo "refuted  spad_depth ($work/spad_depth.log)"; exit 1 ;;
  esac
}

package=$here/../rtl/common/systole_pkg.sv
for name; do
  case $name in
    csr)
      files="$package $here/csr_proof.sv $here/../rtl/common/systole_hold.sv"
      prove csr csr_proof "$files $rtl/shell/systole_csr.sv" "" ;;
    queue[0-9]*)
      depth=${name#queue}
      memory=0
      case $depth in *m) memory=1 depth=${depth%m} ;; esac
      files="$here/queue_proof.sv $here/../rtl/common/systole_sram.sv"
      prove "$name" queue_proof "$files $rtl/common/systole_queue.sv" \
        "chparam -set DEPTH $depth -set MEMORY $memory queue_proof;" ;;
    row_sequencer)
      prove "$name" row_sequencer_proof "$package $here/row_sequencer_proof.sv \
        $rtl/row/systole_rs_sequencer.sv" "" ;;
    row_words)
      prove "$name" row_words_proof "$package $here/row_words_proof.sv \
        $rtl/row/systole_rs_walker.sv" "" ;;
    row_loader)
      prove "$name" row_loader_proof "$package $here/row_loader_proof.sv \
        $rtl/row/systole_rs_loader.sv" "" ;;
    row_steps | row_weights)
      weights=0
      [ "$name" = row_steps ] || weights=1
      files="$package $here/row_steps_proof.sv $here/row_loader_free.sv"
      files="$files $here/../rtl/common/systole_delay.sv"
      for part in control walker sizes drain; do
        files="$files $rtl/row/systole_rs_$part.sv"
      done
      prove "$name" row_steps_proof "$files" "chparam -set WEIGHTS $weights row_steps_proof;" ;;
    spad_depth) arithmetic ;;
    *) echo "error: no proof '$name'; formal/unbounded.sh names them" >&2; exit 2 ;;
  esac
done

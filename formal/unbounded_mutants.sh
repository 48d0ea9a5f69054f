#!/bin/sh
# Shows that the unbounded proofs can fail: changes one detail at a time and expects unbounded.sh to
# refute it.
#
#   formal/unbounded_mutants.sh [WORK_DIR]
set -u
work=${1:-build/unbounded_mutants}
. "$(dirname "$0")/mutant.sh"

csr() { mutant unbounded.sh csr "$1" shell/systole_csr.sv; }
queue() { mutant unbounded.sh "$1" "$2" common/systole_queue.sv; }

csr 's/w_valid && (!bvalid_o || bready_i)/w_valid/'      # an answer written over
csr 's/ar_valid && (!rvalid_o || rready_i)/ar_valid/'
csr 's/if (write) begin/if (write \&\& !locked_i) begin/'  # a write without an answer
csr 's/if (bready_i) begin/if (!bready_i) begin/'
csr 's/ && !soft_reset_o;/;/'                            # start and reset at once
csr "s/SLVERR = 2'b10/SLVERR = 2'b11/"
queue queue3 's/rd_q == PTR_W.(DEPTH - 1)/rd_q == PTR_W'"'"'(DEPTH - 2)/'
queue queue3 's/if (push_i && !pop_i)/if (push_i)/'          # push and pop at once
queue queue3 's/count_q == CNT_W.(DEPTH)/count_q == CNT_W'"'"'(DEPTH - 1)/'
queue queue5 's/if (push_i) mem/if (push_i \&\& !pop_i) mem/'
queue queue3m 's/push_i && count_q == CNT_W.(pop_i)/push_i \&\& count_q == 0/'  # next one not read
queue queue3m 's/if (first || pop_i)/if (first)/'                # an old register at the output
queue queue5m 's/raddr_i(next)/raddr_i(rd_q)/'
sequencer() { mutant unbounded.sh row_sequencer "$1" row/systole_rs_sequencer.sv; }
words() { mutant unbounded.sh row_words "$1" row/systole_rs_walker.sv; }
loader() { mutant unbounded.sh row_loader "$1" row/systole_rs_loader.sv; }
steps() {
  mutant unbounded.sh "$1" "$2" row/systole_rs_control.sv row/systole_rs_walker.sv \
    row/systole_rs_sizes.sv row/systole_rs_drain.sv
}
sequencer "s/wait_q <= m0_i - COL_W'(1)/wait_q <= m0_i/"       # a row lags a cycle too long
sequencer 's/lag_i ? held_q : start_data_i/start_data_i/'
sequencer "s/if (m_last) begin/if (m_last || k_q == '0) begin/"  # too early to the next word
sequencer "s/x_re_o = active_q && m_q == '0/x_re_o = active_q/"  # reads M0 times
words "s/pace_q <= m0_q - COL_W'(1)/pace_q <= m0_q - COL_W'(2)/"  # words closer than M0 cycles
words 's/last_x ? words_q : slide_q/slide_q/'
words 's/column_q <= last_x ? r1_q : columns_q/column_q <= columns_q/'
words 's/last_vector \&\& last_c \&\& column_q == /last_vector \&\& column_q == /'  # not whole
steps row_steps 's/(cycles > CYCLES_W.(channels))/(1'"'"'b0)/'      # W does not count
steps row_steps 's/(CYCLES_W.(channels) > TURN)/(1'"'"'b0)/'        # nor J
steps row_steps 's/walk_last ? settle_q : step_min_q/step_min_q/'  # groups forgotten
steps row_weights 's/slice_begin_q && !slice_last_q/!slice_last_q/'  # loads with each step
steps row_weights 's/!reads_only_q \&\& slice_last_q/!reads_only_q/'
loader 's/half_q ? .0 : WA.(HALF)/half_q ? WA'"'"'(HALF) : '"'"'0/'
loader 's/left_q <= last_group ? left - CYCLES_W.(1) : left/left_q <= left - CYCLES_W'"'"'(1)/'
tokens() { mutant unbounded.sh tokens "$1" shell/systole_tokens.sv; }
control() { mutant unbounded.sh control "$1" shell/systole_control.sv; }
store() { mutant unbounded.sh "$1" "$2" loadstore/systole_store.sv; }
tokens 's/give\[p\] = retire_i\[p\/4\] \&\& push_i\[p\]/give[p] = push_i[p]/'
tokens 's/8.(give\[p\] \&\& !full\[p\])/8'"'"'(give[p])/'              # one too many is counted
tokens 's/short\[e\] || short\[4+e\]/short[e]/'
tokens 's/\[8\*p +: 8\] < 8.(head_pop_i/[8*p +: 8] < 8'"'"'d1 + 8'"'"'(head_pop_i/'
tokens 's/ == 8.hFF/ == 8'"'"'hFE/'
control 's/(state_d == RUN \&\& state_q != RUN)/(state_d == RUN)/'
control 's/if (start_i) state_d = bus_idle_i ? RUN : WAITING/if (start_i) state_d = RUN/'
control 's/int e = 3; e >= 0; e--/int e = 0; e < 4; e++/'        # STORE's error before LOAD's
store store0 's/!notes_full \&\& //'
store store0 's/if (bvalid_i \&\& bresp_i\[1\]) spoilt_q/if (bvalid_i \&\& bresp_i[0]) spoilt_q/'
store store0 's/(!stop_i \&\& !outside/(!outside/'
store store1 's/data_i({addr2_q, len2_q})/data_i({addr1_q, len2_q})/'  # a stage too early
store store1 's/push_i(valid2_q \&\& begins2_q)/push_i(valid2_q)/'
store store2 's/begins = beat_q == 6.d0/begins = beat_q <= 6'"'"'d1/'
store store2 's/ends ? 8.(tail)/begins ? 8'"'"'(tail)/'
store store3 's/beats_q < 3.(ROOM) \&\&/beats_q < 3'"'"'(ROOM + 1) \&\&/'  # a beat without a place
store store3 's/strobes2 = ~({BEAT{1.b1}} << bytes2_q)/strobes2 = ~({BEAT{1'"'"'b1}} << bytes1_q)/'

[ $failures -eq 0 ]

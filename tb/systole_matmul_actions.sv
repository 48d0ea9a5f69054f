// Actions of the MATMUL engine with the array that is weight or output stationary
// (systole_actions.sv).
module systole_matmul_actions #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROW_SUM = 1
) (
  input  logic clk_i,
  output longint n_mac,
  output longint n_idle_mac,
  output longint n_pass,
  output longint n_row_sum,
  output longint n_weight_shift,
  output longint n_weight_swap,
  output longint n_drain,
  output longint n_skew,
  output longint n_weight_read,
  output longint n_weight_write,
  output longint n_offset_read,
  output longint n_offset_write,
  output longint n_sum_read,
  output longint n_sum_write,
  output longint n_tap_read,
  output longint n_acc_reads,
  output longint n_acc_writes
);
  localparam int SKEW = ROWS * (ROWS - 1) / 2;  // registers of a skew
  localparam int ENTRY = COLS + ROW_SUM;        // words of an accumulator entry

  // $countones is taken for signed by 5.006, of just the bits that the largest count needs.
  `define ONES(bits_) longint'($unsigned($countones(bits_)))
  `define MATMUL systole_tb.u_top.gen_accelerator.gen_matmul.u_matmul
  `include "systole_action_memories.svh"

  logic [2*ENTRY-1:0] acc_re, acc_we;
  for (genvar c = 0; c < ENTRY; c++) begin : gen_acc
    assign acc_re[2*c +: 2] = {`MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half1.re_i,
                               `MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half0.re_i};
    assign acc_we[2*c +: 2] = {`MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half1.we_i,
                               `MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half0.we_i};
  end

  // ---- Output stationary: elements that wait for the end of a tile or take the sum above.
  logic [COLS:0] empty_hist;
  logic [COLS-1:0] empty_hist_q, idle_hist;
  logic [COLS-2:0] idle_hist_q;
  logic [COLS*ROWS-1:0] idle, drained;
  logic [COLS*(ROWS-1)-1:0] idle_q;
  assign empty_hist = {empty_hist_q, `MATMUL.empty3};
  assign idle_hist = {idle_hist_q, `MATMUL.idle3};
  assign idle = {idle_q, idle_hist};
  assign drained = idle & {ROWS{`MATMUL.u_array.drain_hist}};

  // ---- Elements of the array that hold a vector's sum: row r is a cycle later than the one above.
  logic [COLS*ROWS-1:0] vector;
  logic [ROWS-1:0] vector_sum;  // the row sum's column
  logic [COLS*(ROWS-1)-1:0] vector_q;
  logic [ROWS-2:0] vector_sum_q;
  assign vector = {vector_q, `MATMUL.u_array.valid[COLS-1:0] & ~empty_hist[COLS-1:0]};
  assign vector_sum = {vector_sum_q, `MATMUL.u_array.valid[COLS] & ~empty_hist[COLS]};

  // ---- Elements whose weights move, likewise.
  logic [COLS*ROWS-1:0] shift, swap;
  logic [COLS*(ROWS-1)-1:0] shift_q, swap_q;
  assign shift = {shift_q, `MATMUL.u_array.shift_row0};
  assign swap = {swap_q, `MATMUL.u_array.swap_hist |
                         (`MATMUL.u_array.code1_hist ^ `MATMUL.u_array.code0_hist)};

  // ---- Skews: stage k moves N - k bytes. Weights of a bank enter theirs a cycle after a read.
  logic [8*ROWS*ROWS-1:0] act_stages;
  assign act_stages[0 +: 8*ROWS] = '0;
  for (genvar k = 1; k < ROWS; k++) begin : gen_stage
    assign act_stages[8*ROWS*k +: 8*ROWS] =
      `MATMUL.u_act_skew.gen_stage[k].gen_held.count ? (8*ROWS)'({(8*(ROWS-k)){1'b1}}) : '0;
  end

  // ---- Input stationary: windows enter the weights' skew, weights the activations'. Banks that
  // are read for a filter's sums.
  logic [COLS-1:0] level_re;
  assign level_re = `MATMUL.u_accumulators.mine & {COLS{!`MATMUL.u_accumulators.first[COLS-1]}};

  always_ff @(posedge clk_i) begin
    vector_q <= vector[COLS*(ROWS-1)-1:0];
    vector_sum_q <= vector_sum[ROWS-2:0];
    shift_q <= shift[COLS*(ROWS-1)-1:0];
    swap_q <= swap[COLS*(ROWS-1)-1:0];
    empty_hist_q <= empty_hist[COLS-1:0];
    idle_hist_q <= idle_hist[COLS-2:0];
    idle_q <= idle[COLS*(ROWS-1)-1:0];

    n_pass <= n_pass + `ONES(vector);
    if (`MATMUL.u_control.macs_valid_o) n_mac <= n_mac + longint'(`MATMUL.u_control.macs_o);
    if (ROW_SUM != 0) n_row_sum <= n_row_sum + `ONES(vector_sum);
    n_weight_shift <= n_weight_shift + `ONES(shift);
    n_weight_swap <= n_weight_swap + `ONES(swap);
    n_drain <= n_drain + `ONES(drained);
    n_skew <= n_skew + `ONES(act_stages) / 64'd8 +
              (`ONES(wgt_re) / longint'(8 * ROWS) + (`MATMUL.load_input2 ? 64'd1 : 64'd0) -
               (`MATMUL.slot_input2 ? 64'd1 : 64'd0)) * longint'(SKEW);
    n_sum_read <= n_sum_read + `ONES(`MATMUL.u_accumulators.re0) +
                  `ONES(`MATMUL.u_accumulators.re1) + `ONES(level_re);
    n_sum_write <= n_sum_write + `ONES(`MATMUL.u_accumulators.we0) +
                   `ONES(`MATMUL.u_accumulators.we1) + `ONES(`MATMUL.u_accumulators.mine2);
    if (`MATMUL.acc_re_i) n_tap_read <= n_tap_read + longint'(ENTRY);
    n_acc_reads <= n_acc_reads + `ONES(acc_re);
    n_acc_writes <= n_acc_writes + `ONES(acc_we);
  end
  assign n_idle_mac = n_pass - n_mac;
  `undef ONES
  `undef MATMUL
endmodule

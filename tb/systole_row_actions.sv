// Actions of the MATMUL engine with the row-stationary array (systole_actions.sv). Accesses of the
// elements are counted at their spads' own strobes, all of them (all_*), and those of elements that
// the mapping uses by a mask: the others are the idle ones.
module systole_row_actions #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14
) (
  input  logic clk_i,
  output longint n_mac,
  output longint n_idle_mac,
  output longint n_skew,
  output longint n_weight_read,
  output longint n_weight_write,
  output longint n_offset_read,
  output longint n_offset_write,
  output longint n_sum_read,
  output longint n_sum_write,
  output longint n_tap_read,
  output longint n_vector,
  output longint n_ifmap_fill,
  output longint n_ifmap_read,
  output longint n_filter_fill,
  output longint n_filter_read,
  output longint n_psum_read,
  output longint n_psum_write,
  output longint n_idle_ifmap_fill,
  output longint n_idle_ifmap_read,
  output longint n_idle_filter_fill,
  output longint n_idle_filter_read,
  output longint n_idle_psum_read,
  output longint n_idle_psum_write,
  output longint n_chain_add,
  output longint n_chain_pass,
  output longint n_acc_reads,
  output longint n_acc_writes
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int WPORT = 1;

  // $countones is taken for signed by 5.006, of just the bits that the largest count needs.
  `define ONES(bits_) longint'($unsigned($countones(bits_)))
  `define MATMUL systole_tb.u_top.gen_accelerator.gen_row.u_matmul
  `define ARRAY `MATMUL.u_array
  `include "systole_action_memories.svh"

  logic [2*COLS-1:0] acc_re, acc_we, sum_re, sum_we;
  for (genvar b = 0; b < COLS; b++) begin : gen_acc
    assign acc_re[2*b +: 2] = {`MATMUL.u_accumulators.gen_bank[b].u_acc.u_half1.re_i,
                               `MATMUL.u_accumulators.gen_bank[b].u_acc.u_half0.re_i};
    assign acc_we[2*b +: 2] = {`MATMUL.u_accumulators.gen_bank[b].u_acc.u_half1.we_i,
                               `MATMUL.u_accumulators.gen_bank[b].u_acc.u_half0.we_i};
    assign sum_re[2*b +: 2] = `MATMUL.u_accumulators.gen_bank[b].u_acc.re_i;
    assign sum_we[2*b +: 2] = `MATMUL.u_accumulators.gen_bank[b].u_acc.we_i;
  end

  // ---- Elements.
  localparam int ALL = RS_ROWS * RS_COLS;
  logic [ALL-1:0] used, used1_q, used2_q;  // by the mapping, now; of stages B and C
  logic [ALL-1:0] ifmap_we, ifmap_re, filter_we, filter_re, multiply, psum_re, psum_we, leave;
  logic [RS_ROWS-1:0] chained;  // rows: sums in the chains
  logic [RS_ROWS-2:0] heard, chained_q;  // a vector that goes on down
  assign chained = {chained_q, 1'b0} | leaves();
  function automatic logic [RS_ROWS-1:0] leaves();
    for (int y = 0; y < RS_ROWS; y++) leaves[y] = leave[RS_COLS*y];
  endfunction
  for (genvar y = 0; y < RS_ROWS; y++) begin : gen_row
    logic [COL_W-1:0] columns, columns_q;  // in use, known with the mapping
    if (y == 0) begin : gen_top
      assign columns = `MATMUL.u_control.columns_used_q;
    end else begin : gen_below
      assign columns = gen_row[y-1].columns_q;
    end
    always_ff @(posedge clk_i) begin
      if (`ARRAY.gen_row[y].map_we_in) columns_q <= columns;
    end
    if (y < RS_ROWS - 1) begin : gen_heard
      assign heard[y] = `ARRAY.gen_row[y].vec_valid_in;
    end
    for (genvar x = 0; x < RS_COLS; x++) begin : gen_pe
      localparam int E = RS_COLS * y + x;
      assign used[E] = `ARRAY.gen_row[y].u_row.used && COL_W'(x) < columns_q;
      assign ifmap_we[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.vec_valid_i &&
                           `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.vec_index_i ==
                           `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.phase;
      assign ifmap_re[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.x_re_i;
      assign filter_we[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.u_weights.we_i;
      assign filter_re[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.u_weights.re_i;
      assign multiply[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.mul_i;
      assign psum_re[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.add_i &&
                          !`ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.init_i;
      assign psum_we[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.add_i &&
                          !`ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.emit_i;
      assign leave[E] = `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.add_i &&
                        `ARRAY.gen_row[y].u_row.gen_pe[x].u_pe.emit_i;
    end
  end

  // ---- Weights: rows in use are those of the instruction that they are loaded for.
  logic [COL_W-1:0] filter_rows, filter_rows_q;
  always_comb begin
    filter_rows = filter_rows_q;
    if (`MATMUL.u_control.load_head) begin
      filter_rows =
        COL_W'(`MATMUL.instr_i[systole_pkg::RC_S1_LSB +: systole_pkg::RC_S1_W]) *
        COL_W'(`MATMUL.instr_i[systole_pkg::RC_C2_LSB +: systole_pkg::RC_C2_W]) *
        COL_W'(`MATMUL.instr_i[systole_pkg::RC_M2_LSB +: systole_pkg::RC_M2_W]);
    end
  end

  // ---- The weights' skew: stage k moves RS_ROWS - k bytes.
  logic [RS_ROWS*RS_ROWS-1:0] stages;
  assign stages[0 +: RS_ROWS] = '0;
  for (genvar k = 1; k < RS_ROWS; k++) begin : gen_stage
    assign stages[RS_ROWS*k +: RS_ROWS] =
      `ARRAY.u_skew.gen_stage[k].gen_held.count ? RS_ROWS'({(RS_ROWS-k){1'b1}}) : '0;
  end

  longint all_ifmap_fill, all_ifmap_read, all_filter_fill, all_filter_read, all_multiply;
  longint all_psum_read, all_psum_write;
  always_ff @(posedge clk_i) begin
    used1_q <= used;
    used2_q <= used1_q;
    chained_q <= chained[RS_ROWS-2:0];
    filter_rows_q <= filter_rows;

    if (`MATMUL.u_control.macs_valid_o) n_mac <= n_mac + longint'(`MATMUL.u_control.macs_o);
    n_skew <= n_skew + `ONES(stages);
    n_vector <= n_vector + `ONES(heard) * longint'(ROWS);
    n_ifmap_fill <= n_ifmap_fill + `ONES(ifmap_we & used);
    n_ifmap_read <= n_ifmap_read + `ONES(ifmap_re & used);
    n_filter_read <= n_filter_read + `ONES(filter_re & used);
    if (`MATMUL.u_control.load_o) begin
      n_filter_fill <= n_filter_fill +
                       longint'(filter_rows) * `ONES(`MATMUL.u_control.load_mask_o);
    end
    n_psum_read <= n_psum_read + `ONES(psum_re & used2_q);
    n_psum_write <= n_psum_write + `ONES(psum_we & used2_q);
    all_ifmap_fill <= all_ifmap_fill + `ONES(ifmap_we);
    all_ifmap_read <= all_ifmap_read + `ONES(ifmap_re);
    all_filter_fill <= all_filter_fill + `ONES(filter_we);
    all_filter_read <= all_filter_read + `ONES(filter_re);
    all_multiply <= all_multiply + `ONES(multiply);
    all_psum_read <= all_psum_read + `ONES(psum_re);
    all_psum_write <= all_psum_write + `ONES(psum_we);
    n_chain_add <= n_chain_add + `ONES(leave);
    n_chain_pass <= n_chain_pass + `ONES(chained) * longint'(RS_COLS);

    n_sum_read <= n_sum_read + `ONES(sum_re);
    n_sum_write <= n_sum_write + `ONES(sum_we);
    if (`MATMUL.acc_re_i) n_tap_read <= n_tap_read + longint'(COLS);
    n_acc_reads <= n_acc_reads + `ONES(acc_re);
    n_acc_writes <= n_acc_writes + `ONES(acc_we);
  end
  assign n_idle_mac = all_multiply - n_mac;
  assign n_idle_ifmap_fill = all_ifmap_fill - n_ifmap_fill;
  assign n_idle_ifmap_read = all_ifmap_read - n_ifmap_read;
  assign n_idle_filter_fill = all_filter_fill - n_filter_fill;
  assign n_idle_filter_read = all_filter_read - n_filter_read;
  assign n_idle_psum_read = all_psum_read - n_psum_read;
  assign n_idle_psum_write = all_psum_write - n_psum_write;
  `undef ONES
  `undef MATMUL
  `undef ARRAY
endmodule

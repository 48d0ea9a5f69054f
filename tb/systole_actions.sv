// Counts what sw/timing/actions.def names, at the strobes of the memories and registers themselves:
// every cycle, since power-up. Bound into the top by the variant `actions` of the verilated library
// alone (scripts/verilate.sh), which reads the counters n_* by name (systole_actions.vlt); nothing
// here adds a cycle.
//
// The sums over all memories of the activation buffer and of the accumulators are counted too
// (act_reads, act_writes, acc_reads, acc_writes): the shares of the engines must add up to them.
module systole_actions #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int LANES = 8,
  parameter int ACT_GROUPS = 4,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROW_SUM = 1,
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH)
) (
  input  logic clk_i
);
  localparam int WGT_BEATS = (8 * ROWS + AXI_DATA_WIDTH - 1) / AXI_DATA_WIDTH;
  localparam int KTAB_BEATS = (16 * ROWS + AXI_DATA_WIDTH - 1) / AXI_DATA_WIDTH;
  localparam int SKEW = ROWS * (ROWS - 1) / 2;  // registers of a skew
  localparam int ENTRY = COLS + ROW_SUM;        // words of an accumulator entry

  // $countones is taken for signed by 5.006, of just the bits that the largest count needs.
  `define ONES(bits_) longint'($unsigned($countones(bits_)))
  `define TOP systole_tb.u_top.gen_accelerator
  `define ACT `TOP.u_act_buffer
  `define MATMUL `TOP.gen_matmul.u_matmul
  `define POST `TOP.u_post

  longint n_mac, n_idle_mac, n_pass, n_row_sum, n_weight_shift, n_weight_swap, n_drain, n_skew;
  longint n_weight_read, n_offset_read, n_gather_read, n_sum_read, n_sum_write, n_tap_read;
  longint n_post_read, n_tap, n_correction, n_operand, n_param_read, n_requantize, n_post_write;
  longint n_load_write, n_weight_write, n_offset_write, n_param_write, n_read_beat, n_store_read;
  longint n_write_beat, n_write_byte, n_fetch_beat;
  longint n_act_reads, n_act_writes, n_acc_reads, n_acc_writes;

  // ---- Memories, each at its own strobes.
  logic [ACT_GROUPS*BANKS-1:0] act_re, act_we;
  for (genvar g = 0; g < ACT_GROUPS; g++) begin : gen_group
    for (genvar b = 0; b < BANKS; b++) begin : gen_bank
      assign act_re[g*BANKS+b] = `ACT.gen_group[g].u_group.gen_bank[b].u_sram.re_i;
      assign act_we[g*BANKS+b] = `ACT.gen_group[g].u_group.gen_bank[b].u_sram.we_i;
    end
  end
  logic [2*ENTRY-1:0] acc_re, acc_we;
  for (genvar c = 0; c < ENTRY; c++) begin : gen_acc
    assign acc_re[2*c +: 2] = {`MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half1.re_i,
                               `MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half0.re_i};
    assign acc_we[2*c +: 2] = {`MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half1.we_i,
                               `MATMUL.u_accumulators.gen_col[c].gen_acc.u_acc.u_half0.we_i};
  end
  logic [8*ROWS*WPORT-1:0] wgt_re, wgt_we;  // a bit of each bit of a row
  for (genvar g = 0; g < WPORT; g++) begin : gen_weight_bank
    for (genvar k = 0; k < WGT_BEATS; k++) begin : gen_beat
      localparam int LSB = k * AXI_DATA_WIDTH;
      localparam int W = (8 * ROWS - LSB < AXI_DATA_WIDTH) ? 8 * ROWS - LSB : AXI_DATA_WIDTH;
      assign wgt_re[8*ROWS*g + LSB +: W] =
        {W{`MATMUL.u_weights.gen_bank[g].u_rows.gen_beat[k].u_sram.re_i}};
      assign wgt_we[8*ROWS*g + LSB +: W] =
        {W{`MATMUL.u_weights.gen_bank[g].u_rows.gen_beat[k].u_sram.we_i}};
    end
  end
  logic [16*ROWS-1:0] ktab_re, ktab_we;
  for (genvar k = 0; k < KTAB_BEATS; k++) begin : gen_ktab_beat
    localparam int LSB = k * AXI_DATA_WIDTH;
    localparam int W = (16 * ROWS - LSB < AXI_DATA_WIDTH) ? 16 * ROWS - LSB : AXI_DATA_WIDTH;
    assign ktab_re[LSB +: W] = {W{`MATMUL.u_ktab.gen_beat[k].u_sram.re_i}};
    assign ktab_we[LSB +: W] = {W{`MATMUL.u_ktab.gen_beat[k].u_sram.we_i}};
  end
  logic [LANES-1:0] par_re, par_we;
  for (genvar i = 0; i < LANES; i++) begin : gen_param
    assign par_re[i] = `POST.u_param_buffer.gen_lane[i].u_sram.re_i;
    assign par_we[i] = `POST.u_param_buffer.gen_lane[i].u_sram.we_i;
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

  logic corrected;
  if (ROW_SUM != 0) begin : gen_corrected
    assign corrected = `POST.tap_p[1] && `POST.gen_row_sum.zw1_q != 8'd0;
  end else begin : gen_none
    assign corrected = 1'b0;
  end

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
            `ONES(wgt_re) / longint'(8 * ROWS) * longint'(SKEW);
    n_weight_read <= n_weight_read + `ONES(wgt_re) / 64'd8;
    n_weight_write <= n_weight_write + `ONES(wgt_we) / 64'd8;
    n_offset_read <= n_offset_read + `ONES(ktab_re) / 64'd8;
    n_offset_write <= n_offset_write + `ONES(ktab_we) / 64'd8;
    n_param_read <= n_param_read + `ONES(par_re);
    n_param_write <= n_param_write + `ONES(par_we);

    n_gather_read <= n_gather_read + `ONES(`ACT.mm_re_i);
    if (`ACT.pr_re_i) n_post_read <= n_post_read + longint'(`ACT.pr_n_i);
    if (`ACT.st_re_i) n_store_read <= n_store_read + longint'(`ACT.st_n_i);
    if (`ACT.ld_we_i) n_load_write <= n_load_write + longint'(`ACT.ld_n_i);
    if (`ACT.po_we_i) n_post_write <= n_post_write + longint'(`ACT.po_n_i);
    n_act_reads <= n_act_reads + `ONES(act_re);
    n_act_writes <= n_act_writes + `ONES(act_we);

    n_sum_read <= n_sum_read + `ONES(`MATMUL.u_accumulators.re0) +
                                    `ONES(`MATMUL.u_accumulators.re1);
    n_sum_write <= n_sum_write + `ONES(`MATMUL.u_accumulators.we0) +
                                      `ONES(`MATMUL.u_accumulators.we1);
    if (`MATMUL.acc_re_i) n_tap_read <= n_tap_read + longint'(ENTRY);
    n_acc_reads <= n_acc_reads + `ONES(acc_re);
    n_acc_writes <= n_acc_writes + `ONES(acc_we);

    n_tap <= n_tap + `ONES(`POST.taps3);
    if (corrected) n_correction <= n_correction + 64'd1;
    if (`POST.operand_p[1]) n_operand <= n_operand + longint'(LANES);
    n_requantize <= n_requantize + `ONES(`POST.pixels5_q);

    if (systole_tb.r_valid_i && systole_tb.rready) n_read_beat <= n_read_beat + 64'd1;
    if (systole_tb.fr_valid_i && systole_tb.frready) n_fetch_beat <= n_fetch_beat + 64'd1;
    if (systole_tb.wvalid && systole_tb.w_ready_i) begin
      n_write_beat <= n_write_beat + 64'd1;
      n_write_byte <= n_write_byte + `ONES(systole_tb.wstrb);
    end
  end
  assign n_idle_mac = n_pass - n_mac;
  `undef ONES
  `undef TOP
  `undef ACT
  `undef MATMUL
  `undef POST
endmodule

bind systole_top systole_actions #(
  .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_GROUPS(ACT_GROUPS),
  .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROW_SUM(ROW_SUM)
) u_actions (.clk_i(clk_i));

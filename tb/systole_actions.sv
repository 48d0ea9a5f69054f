// Counts what sw/timing/actions.def names, at the strobes of the memories and registers themselves:
// every cycle, since power-up. Bound into the top by the variant `actions` of the verilated library
// alone (scripts/verilate.sh), which reads the counters n_* by name (systole_actions.vlt); nothing
// here adds a cycle. The MATMUL engine's are in modules of their own, one for each array.
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
  parameter int ENGINE = 0,
  parameter int RS_ROWS = 0,
  parameter int RS_COLS = 0,
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH)
) (
  input  logic clk_i
);
  // $countones is taken for signed by 5.006, of just the bits that the largest count needs.
  `define ONES(bits_) longint'($unsigned($countones(bits_)))
  `define TOP systole_tb.u_top.gen_accelerator
  `define ACT `TOP.u_act_buffer
  `define POST `TOP.u_post

  longint n_mac, n_idle_mac, n_pass, n_row_sum, n_weight_shift, n_weight_swap, n_drain, n_skew;
  longint n_weight_read, n_weight_write, n_offset_read, n_offset_write, n_sum_read, n_sum_write;
  longint n_tap_read, n_acc_reads, n_acc_writes, n_vector, n_ifmap_fill, n_ifmap_read;
  longint n_filter_fill, n_filter_read, n_psum_read, n_psum_write, n_idle_ifmap_fill;
  longint n_idle_ifmap_read, n_idle_filter_fill, n_idle_filter_read, n_idle_psum_read;
  longint n_idle_psum_write, n_chain_add, n_chain_pass;
  longint n_gather_read, n_post_read, n_tap, n_correction, n_operand, n_param_read, n_requantize;
  longint n_post_write, n_load_write, n_param_write, n_read_beat, n_store_read, n_write_beat;
  longint n_write_byte, n_fetch_beat, n_act_reads, n_act_writes;

  // ---- The MATMUL engine.
  if (ENGINE == 0) begin : gen_matmul
    systole_matmul_actions #(
      .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROW_SUM(ROW_SUM)
    ) u_matmul_actions (
      .clk_i(clk_i), .n_mac(n_mac), .n_idle_mac(n_idle_mac), .n_pass(n_pass), .n_row_sum(n_row_sum),
      .n_weight_shift(n_weight_shift), .n_weight_swap(n_weight_swap), .n_drain(n_drain),
      .n_skew(n_skew), .n_weight_read(n_weight_read), .n_weight_write(n_weight_write),
      .n_offset_read(n_offset_read), .n_offset_write(n_offset_write), .n_sum_read(n_sum_read),
      .n_sum_write(n_sum_write), .n_tap_read(n_tap_read), .n_acc_reads(n_acc_reads),
      .n_acc_writes(n_acc_writes)
    );
    assign {n_vector, n_ifmap_fill, n_ifmap_read, n_filter_fill, n_filter_read, n_psum_read,
            n_psum_write, n_idle_ifmap_fill, n_idle_ifmap_read, n_idle_filter_fill,
            n_idle_filter_read, n_idle_psum_read, n_idle_psum_write, n_chain_add,
            n_chain_pass} = '0;
  end else begin : gen_row
    systole_row_actions #(
      .ROWS(ROWS), .COLS(COLS), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .RS_ROWS(RS_ROWS),
      .RS_COLS(RS_COLS)
    ) u_row_actions (
      .clk_i(clk_i), .n_mac(n_mac), .n_idle_mac(n_idle_mac), .n_skew(n_skew),
      .n_weight_read(n_weight_read), .n_weight_write(n_weight_write), .n_offset_read(n_offset_read),
      .n_offset_write(n_offset_write), .n_sum_read(n_sum_read), .n_sum_write(n_sum_write),
      .n_tap_read(n_tap_read), .n_vector(n_vector), .n_ifmap_fill(n_ifmap_fill),
      .n_ifmap_read(n_ifmap_read), .n_filter_fill(n_filter_fill), .n_filter_read(n_filter_read),
      .n_psum_read(n_psum_read), .n_psum_write(n_psum_write), .n_idle_ifmap_fill(n_idle_ifmap_fill),
      .n_idle_ifmap_read(n_idle_ifmap_read), .n_idle_filter_fill(n_idle_filter_fill),
      .n_idle_filter_read(n_idle_filter_read), .n_idle_psum_read(n_idle_psum_read),
      .n_idle_psum_write(n_idle_psum_write), .n_chain_add(n_chain_add), .n_chain_pass(n_chain_pass),
      .n_acc_reads(n_acc_reads), .n_acc_writes(n_acc_writes)
    );
    assign {n_pass, n_row_sum, n_weight_shift, n_weight_swap, n_drain} = '0;
  end

  // ---- Memories, each at its own strobes.
  logic [ACT_GROUPS*BANKS-1:0] act_re, act_we;
  for (genvar g = 0; g < ACT_GROUPS; g++) begin : gen_group
    for (genvar b = 0; b < BANKS; b++) begin : gen_bank
      assign act_re[g*BANKS+b] = `ACT.gen_group[g].u_group.gen_bank[b].u_sram.re_i;
      assign act_we[g*BANKS+b] = `ACT.gen_group[g].u_group.gen_bank[b].u_sram.we_i;
    end
  end
  logic [LANES-1:0] par_re, par_we;
  for (genvar i = 0; i < LANES; i++) begin : gen_param
    assign par_re[i] = `POST.u_param_buffer.gen_lane[i].u_sram.re_i;
    assign par_we[i] = `POST.u_param_buffer.gen_lane[i].u_sram.we_i;
  end

  logic corrected;
  if (ROW_SUM != 0) begin : gen_corrected
    assign corrected = `POST.tap_p[1] && `POST.gen_row_sum.zw1_q != 8'd0;
  end else begin : gen_none
    assign corrected = 1'b0;
  end

  always_ff @(posedge clk_i) begin
    n_param_read <= n_param_read + `ONES(par_re);
    n_param_write <= n_param_write + `ONES(par_we);

    n_gather_read <= n_gather_read + `ONES(`ACT.mm_re_i);
    if (`ACT.pr_re_i) n_post_read <= n_post_read + longint'(`ACT.pr_n_i);
    if (`ACT.st_re_i) n_store_read <= n_store_read + longint'(`ACT.st_n_i);
    if (`ACT.ld_we_i) n_load_write <= n_load_write + longint'(`ACT.ld_n_i);
    if (`ACT.po_we_i) n_post_write <= n_post_write + longint'(`ACT.po_n_i);
    n_act_reads <= n_act_reads + `ONES(act_re);
    n_act_writes <= n_act_writes + `ONES(act_we);

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
  `undef ONES
  `undef TOP
  `undef ACT
  `undef POST
endmodule

bind systole_top systole_actions #(
  .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_GROUPS(ACT_GROUPS),
  .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROW_SUM(ROW_SUM), .ENGINE(ENGINE), .RS_ROWS(RS_ROWS),
  .RS_COLS(RS_COLS)
) u_actions (.clk_i(clk_i));

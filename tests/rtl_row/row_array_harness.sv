// Test harness: the row-stationary array and its accumulators, ports of the same widths for every
// configuration.
module row_array_harness #(
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14,
  parameter int VECTOR = 16,
  parameter int COLS = 16,
  parameter int ACC_DEPTH = 128,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  input  logic       map_we_i,
  input  logic       depthwise_i,
  input  logic [6:0] phases_i,
  input  logic [6:0] m2_i,
  input  logic [6:0] c2_i,
  input  logic [6:0] s1_i,
  input  logic [6:0] rc_i,
  input  logic [6:0] m0_i,
  input  logic [6:0] q1_i,
  input  logic [6:0] hs_i,

  input  logic         start_i,
  input  logic         start_half_i,
  input  logic         start_init_i,
  input  logic         start_emit_i,
  input  logic [15:0]  start_word_i,
  input  logic         vec_valid_i,
  input  logic [7:0]   vec_index_i,
  input  logic [15:0]  vec_word_i,
  input  logic [511:0] vec_i,
  input  logic [63:0]  wgt_mask_i,
  input  logic [15:0]  wgt_addr_i,
  input  logic [511:0] wgt_i,

  input  logic       sum_valid_i,
  input  logic       sum_first_i,
  input  logic       sum_half_i,
  input  logic [9:0] sum_block_i,
  input  logic [6:0] sum_channel_i,
  input  logic [6:0] sum_columns_i,

  input  logic        acc_re_i,
  input  logic        acc_half_i,
  input  logic [9:0]  acc_entry_i,
  input  logic [6:0]  acc_col_i,
  output logic [31:0] acc_word_o,
  output logic        conflict_o
);
  localparam int XA = $clog2(IFMAP_SPAD);
  localparam int WA = $clog2(WGT_SPAD);
  localparam int CB = $clog2(COLS);
  localparam int EB = (ACC_DEPTH > COLS) ? $clog2(ACC_DEPTH) - CB : 1;
  localparam int CHAIN_W = 24 + $clog2(RS_ROWS);

  logic [CHAIN_W*RS_COLS-1:0] chain;
  systole_rs_array #(
    .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS), .VECTOR(VECTOR), .IFMAP_SPAD(IFMAP_SPAD),
    .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
  ) u_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .map_we_i(map_we_i),
    .depthwise_i(depthwise_i), .phases_i(phases_i), .m2_i(m2_i), .c2_i(c2_i), .s1_i(s1_i),
    .rc_i(rc_i), .m0_i(m0_i), .q1_i(q1_i), .hs_i(hs_i), .start_i(start_i),
    .start_data_i({start_half_i, start_init_i, start_emit_i, start_word_i[XA-1:0]}),
    .vec_valid_i(vec_valid_i), .vec_index_i(vec_index_i), .vec_word_i(vec_word_i[XA-1:0]),
    .vec_i(vec_i[8*VECTOR-1:0]), .wgt_mask_i(wgt_mask_i[RS_COLS-1:0]),
    .wgt_addr_i(wgt_addr_i[WA-1:0]), .wgt_i(wgt_i[8*RS_ROWS-1:0]), .chain_o(chain)
  );

  logic [32*(COLS+1)-1:0] data;
  assign acc_word_o = data[32*acc_col_i +: 32];
  systole_rs_accumulators #(
    .RS_COLS(RS_COLS), .COLS(COLS), .ACC_DEPTH(ACC_DEPTH), .CHAIN_W(CHAIN_W)
  ) u_accumulators (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(sum_valid_i), .first_i(sum_first_i),
    .half_i(sum_half_i), .block_i(sum_block_i[EB-1:0]), .channel_i(sum_channel_i[CB-1:0]),
    .columns_i(sum_columns_i), .chain_i(chain), .post_re_i(acc_re_i), .post_half_i(acc_half_i),
    .post_entry_i(acc_entry_i), .post_data_o(data), .conflict_o(conflict_o)
  );
endmodule

// The MATMUL engine with the row-stationary array: control, offset table, gather, weight buffer,
// array, accumulators. Wiring only; ports as systole_matmul.
//
//   control --- base ---> gather <---> activation buffer    slot t; t+1: read; t+3: at the array
//      |   \--- row ----> weight buffer                     load slot s; s+4: at the array
//      |- step ------------> a r r a y                      slot S; S+3: at row 0
//      |                         | chains                   S + 3 + RS_ROWS + 3 + (RC - 1) M0 + j
//      \-- block, channel --> accumulators ----> POST       read then, written two cycles later
module systole_rs_matmul #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int WGT_KIB = 128,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16,
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH),
  localparam int BB = $clog2(BANKS),                                    // bank bits
  localparam int RB = $clog2(systole_pkg::act_bytes(ACT_KIB)) - BB      // row bits of a bank
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_engine_frame
  input  logic                            head_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            start_i,
  output logic                            ready_o,
  output logic                            working_o,
  output logic                            retire_o,
  output logic [systole_pkg::CODE_W-1:0]  late_err_o,
  output logic [systole_pkg::CODE_W-1:0]  work_err_o,

  // systole_counters
  output logic        macs_valid_o,
  output logic [12:0] macs_o,

  // systole_act_buffer
  output logic [BANKS-1:0]    act_re_o,
  output logic [BANKS*RB-1:0] act_row_o,
  input  logic [8*BANKS-1:0]  act_data_i,
  input  logic                conflict_i,

  // systole_load
  input  logic                          wgt_we_i,
  input  logic                          ktab_we_i,
  input  logic [7:0]                    wgt_bank_i,
  input  logic [systole_pkg::BUF_W-1:0] buf_row_i,
  input  logic [7:0]                    buf_beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     buf_data_i,

  // systole_post: an entry of all columns (column COLS: 0), data in the next cycle
  input  logic                            acc_re_i,
  input  logic                            acc_half_i,
  input  logic [systole_pkg::ENTRY_W-1:0] acc_addr_i,
  output logic [32*(COLS+1)-1:0]          acc_data_o
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, 1, WGT_KIB);
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(ROWS, KTAB_KIB);
  localparam int RA = (WGT_ROWS > 1) ? $clog2(WGT_ROWS) : 1;
  localparam int KA = (KTAB_ROWS > 1) ? $clog2(KTAB_ROWS) : 1;
  localparam int XA = $clog2(IFMAP_SPAD);
  localparam int WA = $clog2(WGT_SPAD);
  localparam int CB = $clog2(COLS);
  localparam int BLOCK_W = (ACC_DEPTH > COLS) ? $clog2(ACC_DEPTH) - CB : 1;
  localparam int INDEX_W = 8;
  localparam int PSUM_W = 24;
  localparam int CHAIN_W = PSUM_W + $clog2(RS_ROWS);
  localparam int SUM_W = 3 + BLOCK_W + CB + COL_W;
  // From a channel's cycle in control to its sum at the accumulators.
  localparam int TAIL = RS_ROWS + systole_pkg::ROW_TAIL - 2;

  logic load, ktab_re, slot, depthwise, step, step_half, sum_valid, sum_first, sum_half;
  logic range_err, rule_err, acc_conflict;
  logic [BUF_W-1:0] load_row;
  logic [WA-1:0] load_addr;
  logic [RS_COLS-1:0] load_mask;
  logic [systole_pkg::SLICE_W-1:0] ktab_row;
  logic [BUF_W:0] slot_base;
  logic [COL_W-1:0] slot_lanes, phases, m2, c2, s1, words, m0, q1, hs, sum_columns;
  logic [INDEX_W-1:0] slot_index;
  logic [XA-1:0] slot_word, step_word;
  logic [BLOCK_W-1:0] sum_block;
  logic [CB-1:0] sum_channel;
  systole_rs_control #(
    .ROWS(ROWS), .COLS(COLS), .ACC_DEPTH(ACC_DEPTH), .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS),
    .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD)
  ) u_control (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .head_i(head_i), .instr_i(instr_i),
    .start_i(start_i), .ready_o(ready_o), .working_o(working_o), .retire_o(retire_o),
    .late_err_o(late_err_o), .work_err_o(work_err_o), .macs_valid_o(macs_valid_o), .macs_o(macs_o),
    .load_o(load), .load_row_o(load_row), .load_addr_o(load_addr), .load_mask_o(load_mask),
    .ktab_re_o(ktab_re), .ktab_row_o(ktab_row), .slot_o(slot), .slot_base_o(slot_base),
    .slot_lanes_o(slot_lanes), .slot_index_o(slot_index), .slot_word_o(slot_word),
    .depthwise_o(depthwise), .phases_o(phases), .m2_o(m2), .c2_o(c2), .s1_o(s1), .words_o(words),
    .m0_o(m0), .q1_o(q1), .hs_o(hs), .step_o(step), .step_half_o(step_half),
    .step_word_o(step_word), .sum_valid_o(sum_valid), .sum_first_o(sum_first),
    .sum_half_o(sum_half), .sum_block_o(sum_block), .sum_channel_o(sum_channel),
    .sum_columns_o(sum_columns), .range_err_i(range_err), .rule_err_i(rule_err),
    .act_conflict_i(conflict_i), .acc_conflict_i(acc_conflict)
  );

  // ---- Inputs.
  logic [16*ROWS-1:0] offsets;
  logic [8*ROWS-1:0] vector;
  logic valid3;
  logic [INDEX_W-1:0] index3;
  logic [XA-1:0] word3;
  systole_row_memory #(
    .ROW_BITS(16 * ROWS), .DEPTH(KTAB_ROWS), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_ktab (
    .clk_i(clk_i), .we_i(ktab_we_i), .row_i(buf_row_i), .beat_i(buf_beat_i), .data_i(buf_data_i),
    .re_i(ktab_re), .raddr_i(ktab_row[KA-1:0]), .rdata_o(offsets)
  );
  systole_gather #(.ROWS(ROWS), .BB(BB), .RB(RB)) u_gather (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(slot), .first_i(slot),
    .base_i(slot_base), .lanes_i(slot_lanes), .offsets_i(offsets), .re_o(act_re_o),
    .row_o(act_row_o), .data_i(act_data_i), .row_valid_i(1'b0), .row_i({8*ROWS{1'b0}}), .lanes_o(),
    .act_o(vector), .range_err_o(range_err), .rule_err_o(rule_err)
  );
  systole_delay #(.W(1 + INDEX_W + XA), .D(systole_pkg::PIPE_SLOT_TO_ARRAY)) u_vector_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({slot, slot_index, slot_word}),
    .data_o({valid3, index3, word3})
  );

  // ---- Weights.
  logic load2;
  logic [RA-1:0] row2;
  logic [WA-1:0] addr4;
  logic [RS_COLS-1:0] mask4;
  logic [8*ROWS-1:0] weights;
  systole_delay #(.W(1 + RA), .D(2)) u_row_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({load, load_row[RA-1:0]}),
    .data_o({load2, row2})
  );
  systole_weight_buffer #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(1), .WGT_KIB(WGT_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_weights (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .we_i(wgt_we_i), .bank_i(wgt_bank_i),
    .wrow_i(buf_row_i), .beat_i(buf_beat_i), .data_i(buf_data_i), .valid_i(load2), .row_i(row2),
    .rows_o(weights)
  );
  systole_delay #(.W(RS_COLS + WA), .D(systole_pkg::PIPE_SLOT_TO_ARRAY + 1)) u_mask_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
    .data_i({load ? load_mask : RS_COLS'(0), load_addr}), .data_o({mask4, addr4})
  );

  // ---- Array.
  logic map3, step3, half3;
  logic [XA-1:0] step_word3;
  logic [CHAIN_W*RS_COLS-1:0] chain;
  systole_delay #(.W(3 + XA), .D(systole_pkg::PIPE_SLOT_TO_ARRAY)) u_step_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
    .data_i({start_i, step, step_half, step_word}), .data_o({map3, step3, half3, step_word3})
  );
  systole_rs_array #(
    .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS), .VECTOR(ROWS), .IFMAP_SPAD(IFMAP_SPAD),
    .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD), .PSUM_W(PSUM_W), .INDEX_W(INDEX_W)
  ) u_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .map_we_i(map3), .depthwise_i(depthwise),
    .phases_i(phases), .m2_i(m2), .c2_i(c2), .s1_i(s1), .rc_i(words), .m0_i(m0), .q1_i(q1),
    .hs_i(hs), .start_i(step3), .start_data_i({half3, 2'b11, step_word3}), .vec_valid_i(valid3),
    .vec_index_i(index3), .vec_word_i(word3), .vec_i(vector), .wgt_mask_i(mask4),
    .wgt_addr_i(addr4), .wgt_i(weights[8*RS_ROWS-1:0]), .chain_o(chain)
  );

  // ---- Accumulators.
  logic acc_valid, acc_first, acc_half;
  logic [BLOCK_W-1:0] acc_block;
  logic [CB-1:0] acc_channel;
  logic [COL_W-1:0] acc_columns;
  systole_delay #(.W(SUM_W), .D(TAIL)) u_sum_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
    .data_i({sum_valid, sum_first, sum_half, sum_block, sum_channel, sum_columns}),
    .data_o({acc_valid, acc_first, acc_half, acc_block, acc_channel, acc_columns})
  );
  systole_rs_accumulators #(
    .RS_COLS(RS_COLS), .COLS(COLS), .ACC_DEPTH(ACC_DEPTH), .CHAIN_W(CHAIN_W)
  ) u_accumulators (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(acc_valid), .first_i(acc_first),
    .half_i(acc_half), .block_i(acc_block), .channel_i(acc_channel), .columns_i(acc_columns),
    .chain_i(chain), .post_re_i(acc_re_i), .post_half_i(acc_half_i), .post_entry_i(acc_addr_i),
    .post_data_o(acc_data_o), .conflict_o(acc_conflict)
  );
endmodule

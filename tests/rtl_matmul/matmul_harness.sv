// Test harness: the activation buffer, the MATMUL engine and its frame, ports of the same widths
// for every configuration.
module matmul_harness #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int ACT_GROUPS = 4,
  parameter int WGT_KIB = 128,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  input  logic         stop_i,
  input  logic         valid_i,
  input  logic [255:0] instr_i,
  input  logic [31:0]  pc_i,
  input  logic         tokens_i,
  output logic         issue_o,
  output logic         retire_o,
  output logic [3:0]   push_o,
  output logic         busy_o,
  output logic         inflight_o,
  output logic         err_valid_o,
  output logic [7:0]   err_code_o,
  output logic [31:0]  err_pc_o,
  output logic         macs_valid_o,
  output logic [12:0]  macs_o,

  input  logic         ld_we_i,
  input  logic [23:0]  ld_addr_i,
  input  logic [7:0]   ld_n_i,
  input  logic [127:0] ld_data_i,
  input  logic         po_we_i,
  input  logic [23:0]  po_addr_i,
  input  logic [7:0]   po_n_i,
  input  logic [511:0] po_data_i,
  input  logic         st_re_i,
  input  logic [23:0]  st_addr_i,
  input  logic [7:0]   st_n_i,
  output logic [127:0] st_data_o,
  input  logic         pr_re_i,
  input  logic [23:0]  pr_addr_i,
  input  logic [7:0]   pr_n_i,
  output logic [511:0] pr_data_o,
  output logic         rd_conflict_o,
  output logic         pr_conflict_o,
  output logic         wr_conflict_o,

  input  logic         wgt_we_i,
  input  logic         ktab_we_i,
  input  logic [7:0]   wgt_bank_i,
  input  logic [23:0]  buf_row_i,
  input  logic [7:0]   buf_beat_i,
  input  logic [127:0] buf_data_i,

  input  logic        acc_re_i,
  input  logic        acc_half_i,
  input  logic [9:0]  acc_addr_i,
  input  logic [6:0]  acc_col_i,  // chooses a column of the data
  output logic [31:0] acc_word_o
);
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int NEED0 = (ROWS > LANES) ? ROWS : LANES;
  localparam int NEED = (NEED0 > BEAT) ? NEED0 : BEAT;
  localparam int BANKS = 1 << $clog2(NEED);
  localparam int RB = $clog2(ACT_KIB * 1024) - $clog2(BANKS);

  logic [BANKS-1:0] act_re;
  logic [BANKS*RB-1:0] act_row;
  logic [8*BANKS-1:0] act_data;
  logic [AXI_DATA_WIDTH-1:0] st_data;
  logic [32*(COLS+1)-1:0] acc_data;
  logic [8*LANES-1:0] pr_data;
  assign st_data_o = 128'(st_data);
  assign pr_data_o = 512'(pr_data);
  assign acc_word_o = acc_data[32*acc_col_i +: 32];

  systole_act_buffer #(
    .ROWS(ROWS), .LANES(LANES), .ACT_KIB(ACT_KIB), .ACT_GROUPS(ACT_GROUPS),
    .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_act (
    .clk_i(clk_i), .ld_we_i(ld_we_i), .ld_addr_i(ld_addr_i), .ld_n_i(ld_n_i),
    .ld_data_i(ld_data_i[AXI_DATA_WIDTH-1:0]), .po_we_i(po_we_i), .po_addr_i(po_addr_i),
    .po_n_i(po_n_i), .po_data_i(po_data_i[8*LANES-1:0]), .pr_re_i(pr_re_i), .pr_addr_i(pr_addr_i),
    .pr_n_i(pr_n_i), .pr_data_o(pr_data), .pr_conflict_o(pr_conflict_o), .mm_re_i(act_re),
    .mm_row_i(act_row), .mm_data_o(act_data), .st_re_i(st_re_i), .st_addr_i(st_addr_i),
    .st_n_i(st_n_i), .st_data_o(st_data), .rd_conflict_o(rd_conflict_o),
    .wr_conflict_o(wr_conflict_o)
  );

  // ---- Frame: the ports stand for the queue's output, the tokens and the shell.
  logic head, start, ready, working;
  logic [7:0] code, late_err, work_err;

  systole_matmul_check #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .WGT_KIB(WGT_KIB), .KTAB_KIB(KTAB_KIB),
    .ACC_DEPTH(ACC_DEPTH), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
  ) u_check (
    .instr_i(instr_i), .code_o(code)
  );

  /* verilator lint_off PINCONNECTEMPTY */
  systole_engine_frame #(
    .ENGINE(systole_pkg::ENGINE_MATMUL), .IN_FLIGHT((ROWS + COLS + 5) / 3 + 3), .LATE(1)
  ) u_frame (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .stop_i(stop_i), .valid_i(valid_i),
    .instr_i(instr_i), .pc_i(pc_i), .code_i(code), .pops_o(), .tokens_i(tokens_i),
    .issue_o(issue_o), .sync_o(), .push_o(push_o), .busy_o(busy_o), .inflight_o(inflight_o),
    .oldest_pc_o(), .err_valid_o(err_valid_o), .err_code_o(err_code_o), .err_pc_o(err_pc_o),
    .head_o(head), .start_o(start), .ready_i(ready), .working_i(working), .retire_i(retire_o),
    .late_err_i(late_err), .work_err_i(work_err)
  );

  systole_matmul #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_KIB(ACT_KIB), .WGT_KIB(WGT_KIB),
    .KTAB_KIB(KTAB_KIB), .ACC_DEPTH(ACC_DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROW_SUM(ROW_SUM),
    .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
  ) u_matmul (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .head_i(head), .instr_i(instr_i),
    .start_i(start), .ready_o(ready), .working_o(working), .retire_o(retire_o),
    .late_err_o(late_err), .work_err_o(work_err), .macs_valid_o(macs_valid_o), .macs_o(macs_o),
    .act_re_o(act_re), .act_row_o(act_row), .act_data_i(act_data), .conflict_i(rd_conflict_o),
    .wgt_we_i(wgt_we_i), .ktab_we_i(ktab_we_i), .wgt_bank_i(wgt_bank_i), .buf_row_i(buf_row_i),
    .buf_beat_i(buf_beat_i), .buf_data_i(buf_data_i[AXI_DATA_WIDTH-1:0]), .acc_re_i(acc_re_i),
    .acc_half_i(acc_half_i), .acc_addr_i(acc_addr_i), .acc_data_o(acc_data)
  );
  /* verilator lint_on PINCONNECTEMPTY */
endmodule

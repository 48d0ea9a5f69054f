// Test harness: the POST engine and its frame.
module post_harness #(
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int PAR_KIB = 8,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  input  logic                            stop_i,
  input  logic                            valid_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic [31:0]                     pc_i,
  input  logic                            tokens_i,
  output logic                            issue_o,
  output logic                            retire_o,
  output logic [3:0]                      push_o,
  output logic                            busy_o,
  output logic                            inflight_o,
  output logic                            err_valid_o,
  output logic [7:0]                      err_code_o,
  output logic [31:0]                     err_pc_o,

  output logic                      acc_re_o,
  output logic                      acc_half_o,
  output logic [9:0]                acc_addr_o,
  input  logic [32*(COLS+1)-1:0]    acc_data_i,
  input  logic                      par_we_i,
  input  logic [23:0]               buf_row_i,
  input  logic [7:0]                buf_beat_i,
  input  logic [AXI_DATA_WIDTH-1:0] buf_data_i,
  output logic                      po_we_o,
  output logic [23:0]               po_addr_o,
  output logic [7:0]                po_n_o,
  output logic [8*LANES-1:0]        po_data_o,
  input  logic                      conflict_i,
  output logic                      pr_re_o,
  output logic [23:0]               pr_addr_o,
  output logic [7:0]                pr_n_o,
  input  logic [8*LANES-1:0]        pr_data_i,
  input  logic                      rd_conflict_i
);
  // ---- Frame: the ports stand for the queue's output, the tokens and the shell.
  logic start, ready, working;
  logic [7:0] code, late_err, work_err;

  systole_post_check #(
    .COLS(COLS), .LANES(LANES), .ACT_KIB(ACT_KIB), .PAR_KIB(PAR_KIB), .ROUNDINGS(ROUNDINGS),
    .ROW_SUM(ROW_SUM), .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT)
  ) u_check (
    .instr_i(instr_i), .code_o(code)
  );

  /* verilator lint_off PINCONNECTEMPTY */
  systole_engine_frame #(.ENGINE(systole_pkg::ENGINE_POST), .IN_FLIGHT(12), .LATE(0)) u_frame (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .stop_i(stop_i), .valid_i(valid_i),
    .instr_i(instr_i), .pc_i(pc_i), .code_i(code), .pops_o(), .tokens_i(tokens_i),
    .issue_o(issue_o), .sync_o(), .push_o(push_o), .busy_o(busy_o), .inflight_o(inflight_o),
    .oldest_pc_o(), .err_valid_o(err_valid_o), .err_code_o(err_code_o), .err_pc_o(err_pc_o),
    .head_o(), .start_o(start), .ready_i(ready), .working_i(working), .retire_i(retire_o),
    .late_err_i(late_err), .work_err_i(work_err)
  );

  systole_post #(
    .COLS(COLS), .LANES(LANES), .PAR_KIB(PAR_KIB), .ACC_DEPTH(ACC_DEPTH),
    .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROUNDINGS(ROUNDINGS), .ROW_SUM(ROW_SUM), .POST_ACT(POST_ACT),
    .ADD_UNIT(ADD_UNIT)
  ) u_post (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .instr_i(instr_i), .start_i(start),
    .ready_o(ready), .working_o(working), .works_o(), .retire_o(retire_o), .late_err_o(late_err),
    .work_err_o(work_err), .acc_re_o(acc_re_o), .acc_half_o(acc_half_o), .acc_addr_o(acc_addr_o),
    .acc_data_i(acc_data_i), .par_we_i(par_we_i), .buf_row_i(buf_row_i), .buf_beat_i(buf_beat_i),
    .buf_data_i(buf_data_i), .po_we_o(po_we_o), .po_addr_o(po_addr_o), .po_n_o(po_n_o),
    .po_data_o(po_data_o), .conflict_i(conflict_i), .pr_re_o(pr_re_o), .pr_addr_o(pr_addr_o),
    .pr_n_o(pr_n_o), .pr_data_i(pr_data_i), .rd_conflict_i(rd_conflict_i)
  );
  /* verilator lint_on PINCONNECTEMPTY */
endmodule

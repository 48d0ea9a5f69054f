// Test harness: the LOAD engine and its frame, with the ports that the test of its rows needs.
module load_harness #(
  parameter int ROWS = 16,
  parameter int LANES = 8,
  parameter int WPORT = 1,
  parameter int ACT_KIB = 32,
  parameter int WGT_KIB = 128,
  parameter int PAR_KIB = 8,
  parameter int KTAB_KIB = 4,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int OUTSTANDING = 8
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

  input  logic [63:0]               rd_base_i,
  input  logic [63:0]               rd_last_i,
  output logic [AXI_ADDR_WIDTH-1:0] araddr_o,
  output logic [7:0]                arlen_o,
  output logic                      arvalid_o,
  input  logic                      arready_i,
  input  logic [AXI_DATA_WIDTH-1:0] rdata_i,
  input  logic [1:0]                rresp_i,
  input  logic                      rlast_i,
  input  logic                      rvalid_i,
  output logic                      act_we_o,
  output logic                      wgt_we_o,
  output logic                      ktab_we_o,
  output logic                      par_we_o,
  output logic [7:0]                wgt_bank_o,
  output logic [23:0]               buf_row_o,
  output logic [7:0]                buf_beat_o,
  output logic [AXI_DATA_WIDTH-1:0] buf_data_o
);
  // ---- Frame: the ports stand for the queue's output, the tokens and the shell.
  logic start, ready, working;
  logic [7:0] code, late_err, work_err;

  systole_ls_check #(
    .ENGINE(systole_pkg::ENGINE_LOAD), .ROWS(ROWS), .LANES(LANES), .WPORT(WPORT), .ACT_KIB(ACT_KIB),
    .WGT_KIB(WGT_KIB), .PAR_KIB(PAR_KIB), .KTAB_KIB(KTAB_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_check (
    .instr_i(instr_i), .code_o(code)
  );

  /* verilator lint_off PINCONNECTEMPTY */
  systole_engine_frame #(
    .ENGINE(systole_pkg::ENGINE_LOAD), .IN_FLIGHT(OUTSTANDING + 3), .LATE(0)
  ) u_frame (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .stop_i(stop_i), .valid_i(valid_i),
    .instr_i(instr_i), .pc_i(pc_i), .code_i(code), .pops_o(), .tokens_i(tokens_i),
    .issue_o(issue_o), .sync_o(), .push_o(push_o), .busy_o(busy_o), .inflight_o(inflight_o),
    .oldest_pc_o(), .err_valid_o(err_valid_o), .err_code_o(err_code_o), .err_pc_o(err_pc_o),
    .head_o(), .start_o(start), .ready_i(ready), .working_i(working), .retire_i(retire_o),
    .late_err_i(late_err), .work_err_i(work_err)
  );

  systole_load #(
    .ROWS(ROWS), .LANES(LANES), .WPORT(WPORT), .WGT_KIB(WGT_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH),
    .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH), .OUTSTANDING(OUTSTANDING)
  ) u_load (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .stop_i(stop_i), .instr_i(instr_i),
    .start_i(start), .inflight_i(inflight_o), .ready_o(ready), .working_o(working),
    .retire_o(retire_o), .late_err_o(late_err), .work_err_o(work_err), .rd_base_i(rd_base_i),
    .rd_last_i(rd_last_i), .bus_idle_o(), .filling_o(), .arid_o(), .araddr_o(araddr_o),
    .arlen_o(arlen_o), .arsize_o(), .arburst_o(), .arlock_o(), .arcache_o(), .arprot_o(),
    .arqos_o(), .arvalid_o(arvalid_o), .arready_i(arready_i), .rdata_i(rdata_i), .rresp_i(rresp_i),
    .rlast_i(rlast_i), .rvalid_i(rvalid_i), .rready_o(), .act_we_o(act_we_o), .act_addr_o(),
    .act_n_o(), .act_data_o(), .wgt_we_o(wgt_we_o), .ktab_we_o(ktab_we_o), .par_we_o(par_we_o),
    .wgt_bank_o(wgt_bank_o), .buf_row_o(buf_row_o), .buf_beat_o(buf_beat_o), .buf_data_o(buf_data_o)
  );
  /* verilator lint_on PINCONNECTEMPTY */
endmodule

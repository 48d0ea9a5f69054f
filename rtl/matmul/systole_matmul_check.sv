// Decodes and judges the instruction at the MATMUL queue's output; combinational. `code_o` is the first error of the list in
// docs/isa.md (0: none), `wl_o` = min(Wcols, COLS/WPORT), at least 1, is the number of load slots of a slice.
module systole_matmul_check #(
    parameter int ROWS = 16,
    parameter int COLS = 16,
    parameter int WPORT = 1,
    parameter int WGT_KIB = 128,
    parameter int KTAB_KIB = 4,
    parameter int ACC_DEPTH = 128
) (
    input logic [255:0] instr_i,

    output logic       is_matmul_o,
    output logic [6:0] wl_o,
    output logic [7:0] code_o
);
  localparam int N = COLS / WPORT;
  localparam int WGT_ROWS = WGT_KIB * 1024 / (ROWS * WPORT);
  localparam int KTAB_ROWS = KTAB_KIB * 1024 / (2 * ROWS);

  logic [7:0] opcode;
  logic [2:0] pop_own;
  logic [3:0] push;
  logic [1:0] dataflow;
  logic [6:0] wcols, klast;
  logic [9:0] nx, ny, nb, acc_base;
  logic [15:0] slices, ktab;
  logic [23:0] wgt_row;
  logic ktab_inc;
  assign opcode = instr_i[systole_pkg::OPCODE_LSB+:systole_pkg::OPCODE_W];
  assign pop_own = instr_i[systole_pkg::POP_MATMUL_LSB+:systole_pkg::POP_MATMUL_W];
  assign push = instr_i[systole_pkg::PUSH_LSB+:systole_pkg::PUSH_W];
  assign dataflow = instr_i[systole_pkg::MM_DATAFLOW_LSB+:systole_pkg::MM_DATAFLOW_W];
  assign wcols = instr_i[systole_pkg::MM_WCOLS_LSB+:systole_pkg::MM_WCOLS_W];
  assign klast = instr_i[systole_pkg::MM_KLAST_LSB+:systole_pkg::MM_KLAST_W];
  assign nx = instr_i[systole_pkg::MM_NX_LSB+:systole_pkg::MM_NX_W];
  assign ny = instr_i[systole_pkg::MM_NY_LSB+:systole_pkg::MM_NY_W];
  assign nb = instr_i[systole_pkg::MM_NB_LSB+:systole_pkg::MM_NB_W];
  assign acc_base = instr_i[systole_pkg::MM_ACC_BASE_LSB+:systole_pkg::MM_ACC_BASE_W];
  assign slices = instr_i[systole_pkg::MM_KSLICES_LSB+:systole_pkg::MM_KSLICES_W];
  assign ktab = instr_i[systole_pkg::MM_KTAB_LSB+:systole_pkg::MM_KTAB_W];
  assign ktab_inc = instr_i[systole_pkg::MM_KTAB_INC_LSB];
  assign wgt_row = instr_i[systole_pkg::MM_WGT_ROW_LSB+:systole_pkg::MM_WGT_ROW_W];

  logic own_token, zero, too_large, acc_range, ktab_range, wgt_range;
  logic [30:0] acc_end;
  logic [16:0] ktab_last;
  logic [24:0] wgt_end;
  assign is_matmul_o = opcode == systole_pkg::OP_MATMUL;
  assign wl_o = (wcols == 7'd0) ? 7'd1 : (wcols < 7'(N)) ? wcols : 7'(N);
  assign own_token = pop_own != 3'd0 || push[systole_pkg::ENGINE_MATMUL];
  assign zero = nx == 10'd0 || ny == 10'd0 || nb == 10'd0 || slices == 16'd0 || wcols == 7'd0 || klast == 7'd0;
  assign too_large = wcols > 7'(COLS) || klast > 7'(ROWS) || dataflow != 2'd0;
  assign acc_end = 31'(acc_base) + 31'(nx) * 31'(ny) * 31'(nb);
  assign acc_range = acc_end > 31'(ACC_DEPTH);
  assign ktab_last = 17'(ktab) + (ktab_inc ? 17'(slices) - 17'd1 : 17'd0);
  assign ktab_range = 32'(ktab_last) >= 32'(KTAB_ROWS);
  assign wgt_end = 25'(wgt_row) + 25'(slices) * 25'(wl_o);
  assign wgt_range = wgt_end > 25'(WGT_ROWS);

  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (opcode == systole_pkg::OP_SYNC_MATMUL) begin
      if (own_token || push != 4'd0) code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (!is_matmul_o) begin
      code_o = systole_pkg::ERR_BAD_OPCODE;
    end else if (own_token || zero || too_large) begin
      code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (acc_range || ktab_range || wgt_range) begin
      code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end

  logic unused;
  assign unused = &{1'b0, instr_i};
endmodule

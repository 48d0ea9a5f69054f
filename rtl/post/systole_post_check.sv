// Field checks of an instruction at the head of the POST queue (docs/isa.md, Checks). Combinational.
//
//     code_o = 0 (legal), or the first that applies of BadOpcode, BadField, BufferRange; 0 while !check_i
module systole_post_check #(
    parameter int COLS = 16,
    parameter int LANES = 8,
    parameter int ACT_KIB = 32,
    parameter int PAR_ROWS = 64,
    parameter int ROUNDINGS = 63,
    parameter int ROW_SUM = 1
) (
    input  logic         check_i,
    input  logic [255:0] instr_i,
    output logic [  7:0] code_o
);
  localparam logic [7:0] MODES = 8'(ROUNDINGS & 63);

  logic [7:0] opcode;
  logic [3:0] push;
  logic [9:0] nx, ny;
  logic [3:0] ntx, nty;
  logic [6:0] nchan;
  logic [10:0] row;
  logic [2:0] pop_own, rounding;
  logic [7:0] zw;
  logic [23:0] out;
  logic [15:0] sx, sy;
  assign opcode   = instr_i[systole_pkg::OPCODE_LSB+:8];
  assign pop_own  = instr_i[systole_pkg::POP_POST_LSB+:3];
  assign push     = instr_i[systole_pkg::PUSH_LSB+:4];
  assign rounding = instr_i[systole_pkg::PO_ROUNDING_LSB+:3];
  assign nx       = instr_i[systole_pkg::PO_NX_LSB+:10];
  assign ny       = instr_i[systole_pkg::PO_NY_LSB+:10];
  assign ntx      = instr_i[systole_pkg::PO_NTX_LSB+:4];
  assign nty      = instr_i[systole_pkg::PO_NTY_LSB+:4];
  assign nchan    = instr_i[systole_pkg::PO_NCHAN_LSB+:7];
  assign row      = instr_i[systole_pkg::PO_PAR_LSB+:11];
  assign out      = instr_i[systole_pkg::PO_OUT_LSB+:24];
  assign zw       = instr_i[systole_pkg::PO_ZW_LSB+:8];
  assign sx       = instr_i[systole_pkg::PO_SX_LSB+:16];
  assign sy       = instr_i[systole_pkg::PO_SY_LSB+:16];

  logic bad_field;
  logic [27:0] end_address;  // one past the last byte; at most 2^24 + 2 * 1022 * 65535 + 127 < 2^28
  logic [18:0] room;         // channels from row `row` to the end of the parameter memory

  always_comb begin
    bad_field   = 1'b0;
    end_address = '0;
    room        = '0;
    code_o      = systole_pkg::ERR_NONE;
    if (check_i) begin
      bad_field = pop_own != 0;
      if (opcode == systole_pkg::OP_SYNC_POST) begin
        if (bad_field || push != 0) code_o = systole_pkg::ERR_BAD_FIELD;
      end else if (opcode == systole_pkg::OP_POST) begin
        bad_field = bad_field || (push & 4'(1 << systole_pkg::ENGINE_POST)) != 0;
        bad_field = bad_field || nx == 0 || ny == 0 || ntx == 0 || nty == 0 || nchan == 0 || nchan > 7'(COLS);
        bad_field = bad_field || !MODES[rounding] || (ROW_SUM == 0 && zw != 0);
        end_address = 28'(out) + 28'(nchan) + (28'(ny) - 28'd1) * 28'(sy) + (28'(nx) - 28'd1) * 28'(sx);
        if (12'(row) < 12'(PAR_ROWS)) room = (19'(PAR_ROWS) - 19'(row)) * 19'(LANES);
        if (bad_field) code_o = systole_pkg::ERR_BAD_FIELD;
        else if (19'(nchan) > room || end_address > 28'(ACT_KIB * 1024)) code_o = systole_pkg::ERR_BUFFER_RANGE;
      end else begin
        code_o = systole_pkg::ERR_BAD_OPCODE;
      end
    end
  end
endmodule

// Checks of POST instructions (docs/isa.md, Checks), combinational, made when an instruction is
// queued. code_o: the first of BadOpcode, BadField, BufferRange that applies, ERR_NONE if none
// does.
module systole_post_check #(
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int PAR_KIB = 8,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1
) (
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  output logic [systole_pkg::CODE_W-1:0]  code_o
);
  localparam int PAR_ROWS = systole_pkg::par_rows(LANES, PAR_KIB);
  localparam int ACT_BYTES = systole_pkg::act_bytes(ACT_KIB);
  localparam int MODES_W = 1 << systole_pkg::PO_ROUNDING_W;
  localparam logic [MODES_W-1:0] MODES = MODES_W'(ROUNDINGS & systole_pkg::ALL_ROUNDINGS);

  // ---- Fields
  logic [systole_pkg::OPCODE_W-1:0] opcode;
  logic [systole_pkg::POP_POST_W-1:0] pop_own;
  logic [systole_pkg::PUSH_W-1:0] push;
  logic [systole_pkg::PO_ROUNDING_W-1:0] rounding;
  logic [systole_pkg::PO_NX_W-1:0] nx;
  logic [systole_pkg::PO_NY_W-1:0] ny;
  logic [systole_pkg::PO_NTX_W-1:0] ntx;
  logic [systole_pkg::PO_NTY_W-1:0] nty;
  logic [systole_pkg::PO_NCHAN_W-1:0] nchan;
  logic [systole_pkg::PO_PAR_W-1:0] row;
  logic [systole_pkg::PO_OUT_W-1:0] out;
  logic [systole_pkg::PO_ZW_W-1:0] zw;
  logic [systole_pkg::PO_SX_W-1:0] sx;
  logic [systole_pkg::PO_SY_W-1:0] sy;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign pop_own = instr_i[systole_pkg::POP_POST_LSB +: systole_pkg::POP_POST_W];
  assign push = instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W];
  assign rounding = instr_i[systole_pkg::PO_ROUNDING_LSB +: systole_pkg::PO_ROUNDING_W];
  assign nx = instr_i[systole_pkg::PO_NX_LSB +: systole_pkg::PO_NX_W];
  assign ny = instr_i[systole_pkg::PO_NY_LSB +: systole_pkg::PO_NY_W];
  assign ntx = instr_i[systole_pkg::PO_NTX_LSB +: systole_pkg::PO_NTX_W];
  assign nty = instr_i[systole_pkg::PO_NTY_LSB +: systole_pkg::PO_NTY_W];
  assign nchan = instr_i[systole_pkg::PO_NCHAN_LSB +: systole_pkg::PO_NCHAN_W];
  assign row = instr_i[systole_pkg::PO_PAR_LSB +: systole_pkg::PO_PAR_W];
  assign out = instr_i[systole_pkg::PO_OUT_LSB +: systole_pkg::PO_OUT_W];
  assign zw = instr_i[systole_pkg::PO_ZW_LSB +: systole_pkg::PO_ZW_W];
  assign sx = instr_i[systole_pkg::PO_SX_LSB +: systole_pkg::PO_SX_W];
  assign sy = instr_i[systole_pkg::PO_SY_LSB +: systole_pkg::PO_SY_W];

  // ---- Fields that are wrong by themselves
  logic own_token, zero, unsupported;

  assign own_token = pop_own != '0 || push[systole_pkg::ENGINE_POST];
  assign zero = nx == '0 || ny == '0 || ntx == '0 || nty == '0 || nchan == '0;
  assign unsupported = nchan > systole_pkg::PO_NCHAN_W'(COLS) || !MODES[rounding] ||
                       (ROW_SUM == 0 && zw != '0);

  // ---- Bytes written, and parameter rows. With a count of 0, a BadField, they are anything.
  localparam int END_W = systole_pkg::PO_OUT_W + 4;  // 2^24 + 2 * 1022 * 65535 + 127 < 2^28
  localparam int ROOM_W = systole_pkg::PO_PAR_W + systole_pkg::PO_NCHAN_W + 1;
  logic [systole_pkg::PO_NX_W-1:0] right;
  logic [systole_pkg::PO_NY_W-1:0] below;
  logic [END_W-1:0] end_byte;
  logic [ROOM_W-1:0] end_channel;
  logic act_range, par_range;

  assign right = nx - systole_pkg::PO_NX_W'(1);
  assign below = ny - systole_pkg::PO_NY_W'(1);
  assign end_byte = END_W'(out) + END_W'(nchan) + END_W'(below) * END_W'(sy) +
                    END_W'(right) * END_W'(sx);
  assign act_range = end_byte > END_W'(ACT_BYTES);
  assign end_channel = ROOM_W'(row) * ROOM_W'(LANES) + ROOM_W'(nchan);
  assign par_range = end_channel > ROOM_W'(PAR_ROWS * LANES);

  // ---- The first rule that fails
  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (opcode == systole_pkg::OP_SYNC_POST) begin
      if (own_token || push != '0) code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (opcode != systole_pkg::OP_POST) begin
      code_o = systole_pkg::ERR_BAD_OPCODE;
    end else if (own_token || zero || unsupported) begin
      code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (act_range || par_range) begin
      code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end
endmodule

// Checks of POST instructions (docs/isa.md, Checks), combinational, made when an instruction is
// queued. code_o: the first of BadOpcode, BadField, BufferRange that applies, ERR_NONE if none
// does.
module systole_post_check #(
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int PAR_KIB = 8,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1
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
  logic [systole_pkg::TAP_W-1:0] act_ntx, act_nty;
  logic [systole_pkg::PO_NCHAN_W-1:0] nchan;
  logic [systole_pkg::CHAN_W-1:0] act_nchan, channels;
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
  assign act_ntx = instr_i[systole_pkg::PA_NTX_LSB +: systole_pkg::PA_NTX_W];
  assign act_nty = instr_i[systole_pkg::PA_NTY_LSB +: systole_pkg::PA_NTY_W];
  assign act_nchan = instr_i[systole_pkg::PA_NCHAN_LSB +: systole_pkg::PA_NCHAN_W];
  assign row = instr_i[systole_pkg::PO_PAR_LSB +: systole_pkg::PO_PAR_W];
  assign out = instr_i[systole_pkg::PO_OUT_LSB +: systole_pkg::PO_OUT_W];
  assign zw = instr_i[systole_pkg::PO_ZW_LSB +: systole_pkg::PO_ZW_W];
  assign sx = instr_i[systole_pkg::PO_SX_LSB +: systole_pkg::PO_SX_W];
  assign sy = instr_i[systole_pkg::PO_SY_LSB +: systole_pkg::PO_SY_W];

  // ---- Fields that are wrong by themselves
  logic own_token, zero, unsupported, post, act, add;

  assign post = opcode == systole_pkg::OP_POST;
  assign act = opcode == systole_pkg::OP_POST_ACT;
  assign add = opcode == systole_pkg::OP_POST_ACT_ADD;
  assign channels = post ? systole_pkg::CHAN_W'(nchan) : act_nchan;
  assign own_token = pop_own != '0 || push[systole_pkg::ENGINE_POST];
  assign zero = nx == '0 || ny == '0 || channels == '0 || (post && (ntx == '0 || nty == '0)) ||
                (act && (act_ntx == '0 || act_nty == '0));
  assign unsupported = !MODES[rounding] || (act && POST_ACT == 0) || (add && ADD_UNIT == 0) ||
                       (post && (nchan > systole_pkg::PO_NCHAN_W'(COLS) ||
                                 (ROW_SUM == 0 && zw != '0)));

  // ---- Bytes written, and parameter rows. With a count of 0, a BadField, they are anything.
  // 2^24 + 2 * 1022 * 65535 + 62 * (65535 + 32767) + 4095 < 2^28
  localparam int END_W = systole_pkg::PO_OUT_W + 4;
  localparam int ROOM_W = systole_pkg::PO_PAR_W + systole_pkg::PO_NCHAN_W + 1;
  localparam int ADD_ENTRIES = 3;  // channels of the parameter memory that an addition reads
  logic [systole_pkg::PO_NX_W-1:0] right;
  logic [systole_pkg::PO_NY_W-1:0] below;
  logic [END_W-1:0] end_byte;
  logic [ROOM_W-1:0] end_channel, entries;
  logic act_range, par_range, one_row, read_range;

  assign right = nx - systole_pkg::PO_NX_W'(1);
  assign below = ny - systole_pkg::PO_NY_W'(1);
  assign end_byte = END_W'(out) + END_W'(channels) + END_W'(below) * END_W'(sy) +
                    END_W'(right) * END_W'(sx);
  assign act_range = end_byte > END_W'(ACT_BYTES) || read_range;
  assign one_row = act && instr_i[systole_pkg::PA_ROW_LSB];
  assign entries = add ? ROOM_W'(ADD_ENTRIES) : one_row ? ROOM_W'(1) : ROOM_W'(channels);
  assign end_channel = ROOM_W'(row) * ROOM_W'(LANES) + entries;
  assign par_range = end_channel > ROOM_W'(PAR_ROWS * LANES);

  // ---- Bytes read.
  if (POST_ACT != 0) begin : gen_read
    logic [END_W-1:0] last_x, last_tap, end_read, end_second;
    logic [systole_pkg::STRIDE_W-1:0] stride_x;
    logic [systole_pkg::TAP_W-1:0] last_tx, last_ty;
    assign stride_x = add ? sx : instr_i[systole_pkg::PA_RS_X_LSB +: systole_pkg::PA_RS_X_W];
    assign last_tx = act_ntx - systole_pkg::TAP_W'(1);
    assign last_ty = act_nty - systole_pkg::TAP_W'(1);
    assign last_x = END_W'(right) * END_W'(stride_x);
    assign last_tap =
      END_W'(last_tx) *
      END_W'(instr_i[systole_pkg::PA_RS_TX_LSB +: systole_pkg::PA_RS_TX_W]) +
      END_W'(last_ty) *
      END_W'(instr_i[systole_pkg::PA_RS_TY_LSB +: systole_pkg::PA_RS_TY_W]);
    assign end_read =
      END_W'(instr_i[systole_pkg::PA_SRC_LSB +: systole_pkg::PA_SRC_W]) + END_W'(channels) +
      last_x + (act ? last_tap : '0) +
      END_W'(below) * END_W'(instr_i[systole_pkg::PA_RS_Y_LSB +: systole_pkg::PA_RS_Y_W]);
    assign end_second =
      END_W'(instr_i[systole_pkg::PB_SRC_LSB +: systole_pkg::PB_SRC_W]) + END_W'(channels) +
      last_x + END_W'(below) * END_W'(instr_i[systole_pkg::PB_RS_Y_LSB +: systole_pkg::PB_RS_Y_W]);
    assign read_range = ((act || add) && end_read > END_W'(ACT_BYTES)) ||
                        (add && end_second > END_W'(ACT_BYTES));
  end else begin : gen_no_read
    assign read_range = 1'b0;
  end

  // ---- The first rule that fails
  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (opcode == systole_pkg::OP_SYNC_POST) begin
      if (own_token || push != '0) code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (!post && !act && !add) begin
      code_o = systole_pkg::ERR_BAD_OPCODE;
    end else if (own_token || zero || unsupported) begin
      code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (act_range || par_range) begin
      code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end
endmodule

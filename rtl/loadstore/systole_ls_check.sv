// Issue checks of LOAD and STORE instructions (docs/isa.md, Checks); combinational, first rule that fails wins:
//
//   BadField     own Pop or own Push bit set; Sync: Push not 0; Bytes or Lines 0; not Fill: Addr or MemStride not on a beat;
//                row loads: Lines not 1, Bytes not whole padded rows
//   BufferRange  LsBuf + (Lines-1)*BufStride + Bytes > activation bytes;  row loads: LsBuf + Bytes/rowbytes > rows
//
// en_i gates the arithmetic; code_o is ERR_NONE without it. A padded row is whole beats: ceil(rowbytes / BEAT) * BEAT.
module systole_ls_check #(
  parameter int ENGINE = 0,  // systole_pkg::ENGINE_LOAD or ENGINE_STORE
  parameter int ROWS = 16,
  parameter int LANES = 8,
  parameter int WPORT = 1,
  parameter int ACT_KIB = 32,
  parameter int WGT_KIB = 128,
  parameter int PAR_KIB = 8,
  parameter int KTAB_KIB = 4,
  parameter int AXI_DATA_WIDTH = 64
) (
  input  logic         en_i,
  input  logic [255:0] instr_i,
  output logic [7:0]   code_o
);
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int WGT_BYTES = (ROWS + BEAT - 1) / BEAT * BEAT;
  localparam int KTAB_BYTES = (2 * ROWS + BEAT - 1) / BEAT * BEAT;
  localparam int PAR_BYTES = (16 * LANES + BEAT - 1) / BEAT * BEAT;
  localparam int WGT_ROWS = WGT_KIB * 1024 / (ROWS * WPORT) * WPORT;  // over all banks
  localparam int KTAB_ROWS = KTAB_KIB * 1024 / (2 * ROWS);
  localparam int PAR_ROWS = PAR_KIB * 1024 / (16 * LANES);
  localparam int OWN_POP_LSB = systole_pkg::POP_LOAD_LSB + 3 * ENGINE;
  localparam int BEAT_BITS = $clog2(BEAT);

  logic [7:0]  opcode;
  logic        sync, fill, rows;
  logic [23:0] bytes, buffer, stride;
  logic [15:0] lines;
  logic [3:0]  push;
  logic        own, empty, off_beat, off_row, past_end;
  // Sizes in bytes: rows are compared as row * padded row bytes, which needs no division.
  logic [39:0] lines_span;
  logic [40:0] end_byte;
  logic [34:0] end_row;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign sync = opcode[3:0] == 4'hF;
  assign fill = opcode == systole_pkg::OP_FILL;
  assign rows = opcode == systole_pkg::OP_LOAD_WGT || opcode == systole_pkg::OP_LOAD_KTAB ||
                opcode == systole_pkg::OP_LOAD_PAR;
  assign bytes = instr_i[systole_pkg::LS_BYTES_LSB +: systole_pkg::LS_BYTES_W];
  assign lines = instr_i[systole_pkg::LS_LINES_LSB +: systole_pkg::LS_LINES_W];
  assign buffer = instr_i[systole_pkg::LS_BUF_LSB +: systole_pkg::LS_BUF_W];
  assign stride = instr_i[systole_pkg::LS_BUF_STRIDE_LSB +: systole_pkg::LS_BUF_STRIDE_W];

  assign push = instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W];
  assign own = instr_i[OWN_POP_LSB +: 3] != 3'd0 || push[ENGINE];
  assign empty = bytes == 24'd0 || lines == 16'd0;
  assign off_beat = !fill && (instr_i[systole_pkg::LS_ADDR_LSB +: BEAT_BITS] != BEAT_BITS'(0) ||
                              instr_i[systole_pkg::LS_MEM_STRIDE_LSB +: BEAT_BITS] != BEAT_BITS'(0));

  always_comb begin
    off_row = 1'b0;
    past_end = 1'b0;
    lines_span = 40'd0;
    end_byte = 41'd0;
    end_row = 35'd0;
    if (en_i && !sync) begin
      if (rows) begin
        if (opcode == systole_pkg::OP_LOAD_WGT) begin
          off_row = lines != 16'd1 || (bytes % 24'(WGT_BYTES)) != 24'd0;
          end_row = 35'(buffer) * 35'(WGT_BYTES) + 35'(bytes);
          past_end = end_row > 35'(WGT_ROWS) * 35'(WGT_BYTES);
        end else if (opcode == systole_pkg::OP_LOAD_KTAB) begin
          off_row = lines != 16'd1 || (bytes % 24'(KTAB_BYTES)) != 24'd0;
          end_row = 35'(buffer) * 35'(KTAB_BYTES) + 35'(bytes);
          past_end = end_row > 35'(KTAB_ROWS) * 35'(KTAB_BYTES);
        end else begin
          off_row = lines != 16'd1 || (bytes % 24'(PAR_BYTES)) != 24'd0;
          end_row = 35'(buffer) * 35'(PAR_BYTES) + 35'(bytes);
          past_end = end_row > 35'(PAR_ROWS) * 35'(PAR_BYTES);
        end
      end else begin
        lines_span = (40'(lines) - 40'd1) * 40'(stride);
        end_byte = 41'(lines_span) + 41'(buffer) + 41'(bytes);
        past_end = end_byte > 41'(ACT_KIB * 1024);
      end
    end
  end

  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (en_i) begin
      if (own) code_o = systole_pkg::ERR_BAD_FIELD;
      else if (sync) begin
        if (push != 4'd0) code_o = systole_pkg::ERR_BAD_FIELD;
      end else if (empty || off_beat || off_row) code_o = systole_pkg::ERR_BAD_FIELD;
      else if (past_end) code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end
endmodule

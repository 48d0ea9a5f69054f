// Checks of LOAD and STORE instructions (docs/isa.md, Checks), combinational, made when an
// instruction is queued. The first rule that fails wins:
//
//   BadField     own Pop or own Push bit set; Sync: Push not 0; Bytes or Lines 0; not Fill: Addr or
//                MemStride not on a beat; row loads: Lines not 1, Bytes not whole padded rows
//   BufferRange  LsBuf + (Lines-1)*BufStride + Bytes > activation bytes;
//                row loads: LsBuf + Bytes / padded row > rows
//
// A padded row is whole beats: ceil(row bytes / BEAT) * BEAT.
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
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  output logic [systole_pkg::CODE_W-1:0]  code_o
);
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int BEAT_BITS = $clog2(BEAT);
  localparam int WGT_BYTES = (ROWS + BEAT - 1) / BEAT * BEAT;
  localparam int KTAB_BYTES = (systole_pkg::KTAB_BYTES * ROWS + BEAT - 1) / BEAT * BEAT;
  localparam int PAR_BYTES = (systole_pkg::PAR_BYTES * LANES + BEAT - 1) / BEAT * BEAT;
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, WPORT, WGT_KIB) * WPORT;  // over all banks
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(ROWS, KTAB_KIB);
  localparam int PAR_ROWS = systole_pkg::par_rows(LANES, PAR_KIB);
  localparam int ACT_BYTES = systole_pkg::act_bytes(ACT_KIB);
  localparam int OWN_POP_LSB = (ENGINE == systole_pkg::ENGINE_LOAD) ? systole_pkg::POP_LOAD_LSB :
                               systole_pkg::POP_STORE_LSB;
  localparam int SIZE_W = systole_pkg::LS_BYTES_W;
  localparam int SPAN_W = systole_pkg::LS_LINES_W + systole_pkg::LS_BUF_STRIDE_W;

  // ---- Fields
  logic [systole_pkg::OPCODE_W-1:0] opcode;
  logic [systole_pkg::POP_LOAD_W-1:0] pop_own;
  logic [systole_pkg::PUSH_W-1:0] push;
  logic [SIZE_W-1:0] bytes;
  logic [systole_pkg::LS_LINES_W-1:0] lines;
  logic [systole_pkg::LS_BUF_W-1:0] buffer;
  logic [systole_pkg::LS_BUF_STRIDE_W-1:0] stride;
  logic sync, fill, to_wgt, to_ktab, to_par, rows;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign pop_own = instr_i[OWN_POP_LSB +: systole_pkg::POP_LOAD_W];
  assign push = instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W];
  assign bytes = instr_i[systole_pkg::LS_BYTES_LSB +: systole_pkg::LS_BYTES_W];
  assign lines = instr_i[systole_pkg::LS_LINES_LSB +: systole_pkg::LS_LINES_W];
  assign buffer = instr_i[systole_pkg::LS_BUF_LSB +: systole_pkg::LS_BUF_W];
  assign stride = instr_i[systole_pkg::LS_BUF_STRIDE_LSB +: systole_pkg::LS_BUF_STRIDE_W];
  assign sync = opcode == systole_pkg::OP_SYNC_LOAD || opcode == systole_pkg::OP_SYNC_STORE;
  assign fill = opcode == systole_pkg::OP_FILL;
  assign to_wgt = opcode == systole_pkg::OP_LOAD_WGT;
  assign to_ktab = opcode == systole_pkg::OP_LOAD_KTAB;
  assign to_par = opcode == systole_pkg::OP_LOAD_PAR;
  assign rows = to_wgt || to_ktab || to_par;

  // ---- Fields that are wrong by themselves
  logic own, empty, off_beat;

  assign own = pop_own != '0 || push[ENGINE];
  assign empty = bytes == '0 || lines == '0;
  assign off_beat = !fill && (instr_i[systole_pkg::LS_ADDR_LSB +: BEAT_BITS] != '0 ||
                              instr_i[systole_pkg::LS_MEM_STRIDE_LSB +: BEAT_BITS] != '0);

  // ---- Rows: whole ones, within their memory. STORE has none.
  logic off_row, past_rows;

  if (ENGINE == systole_pkg::ENGINE_LOAD) begin : gen_rows
    logic [SIZE_W-1:0] wgt, ktab, par, many;
    logic wgt_whole, ktab_whole, par_whole, whole;
    logic [SIZE_W:0] end_row, limit;

    systole_exact_divide #(.WIDTH(SIZE_W), .DIVISOR(WGT_BYTES)) u_wgt (
      .n_i(bytes), .exact_o(wgt_whole), .quotient_o(wgt)
    );
    systole_exact_divide #(.WIDTH(SIZE_W), .DIVISOR(KTAB_BYTES)) u_ktab (
      .n_i(bytes), .exact_o(ktab_whole), .quotient_o(ktab)
    );
    systole_exact_divide #(.WIDTH(SIZE_W), .DIVISOR(PAR_BYTES)) u_par (
      .n_i(bytes), .exact_o(par_whole), .quotient_o(par)
    );
    assign whole = to_wgt ? wgt_whole : to_ktab ? ktab_whole : par_whole;
    assign off_row = rows && (lines != systole_pkg::LS_LINES_W'(1) || !whole);
    assign limit = (SIZE_W + 1)'(to_wgt ? WGT_ROWS : to_ktab ? KTAB_ROWS : PAR_ROWS);
    assign many = to_wgt ? wgt : to_ktab ? ktab : par;
    assign end_row = (SIZE_W + 1)'(buffer) + (SIZE_W + 1)'(many);
    assign past_rows = end_row > limit;
  end else begin : gen_none
    assign off_row = 1'b0;
    assign past_rows = 1'b0;
  end

  // ---- Lines of bytes within the activation buffer. With Lines 0, a BadField, the span is
  // anything.
  logic [systole_pkg::LS_LINES_W-1:0] further;
  logic [SPAN_W-1:0] span;
  logic [SPAN_W:0] end_byte;
  logic past_bytes;

  assign further = lines - systole_pkg::LS_LINES_W'(1);
  assign span = SPAN_W'(further) * SPAN_W'(stride);
  assign end_byte = (SPAN_W + 1)'(span) + (SPAN_W + 1)'(buffer) + (SPAN_W + 1)'(bytes);
  assign past_bytes = end_byte > (SPAN_W + 1)'(ACT_BYTES);

  // ---- The first rule that fails
  logic bad_field, out_of_range;

  assign bad_field = own || (sync ? push != '0 : empty || off_beat || off_row);
  assign out_of_range = !sync && (rows ? past_rows : past_bytes);
  assign code_o = bad_field ? systole_pkg::ERR_BAD_FIELD :
                  out_of_range ? systole_pkg::ERR_BUFFER_RANGE :
                  systole_pkg::ERR_NONE;
endmodule

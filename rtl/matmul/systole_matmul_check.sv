// Checks of MATMUL instructions (docs/isa.md, Checks), combinational, made when an instruction is
// queued. code_o: the first rule that fails, ERR_NONE if none does.
//
//   AccBase + Nx*Ny*Nb <= ACC_DEPTH: the product of two counts is capped one past ACC_DEPTH before
//   the third multiplies it, as Nb is at least 1. Output stationary (DATAFLOWS bit 1)
//   AccBase + (Kslices - 1)*ROWS + Klast <= ACC_DEPTH and WgtRow + Nx*Ny*Nb <= WGT_ROWS: capped one
//   past the larger of the two. Input stationary (bit 2) blocks of COLS filters have their entries
//   apart, AccInc >= Nx*Ny*Nb where there are several, and
//   AccBase + Nx*Ny*Nb + (blocks - 1)*AccInc <= ACC_DEPTH, WgtRow + Kslices*Wcols <= WGT_ROWS.
module systole_matmul_check #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int WGT_KIB = 128,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3
) (
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  output logic [systole_pkg::CODE_W-1:0]  code_o
);
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, WPORT, WGT_KIB);
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(ROWS, KTAB_KIB);

  // ---- Fields
  logic [systole_pkg::OPCODE_W-1:0] opcode;
  logic [systole_pkg::POP_MATMUL_W-1:0] pop_own;
  logic [systole_pkg::PUSH_W-1:0] push;
  logic [systole_pkg::MM_DATAFLOW_W-1:0] dataflow;
  logic [systole_pkg::MM_WCOLS_W-1:0] wcols, slots, weight_rows;
  logic [systole_pkg::MM_KLAST_W-1:0] klast;
  logic [systole_pkg::MM_NX_W-1:0] nx;
  logic [systole_pkg::MM_NY_W-1:0] ny;
  logic [systole_pkg::MM_NB_W-1:0] nb;
  logic [systole_pkg::MM_ACC_BASE_W-1:0] acc_base;
  logic [systole_pkg::MM_KSLICES_W-1:0] slices;
  logic [systole_pkg::MM_KTAB_W-1:0] ktab;
  logic [systole_pkg::MM_KTAB_INC_W-1:0] ktab_inc;
  logic [systole_pkg::MM_WGT_ROW_W-1:0] wgt_row;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign pop_own = instr_i[systole_pkg::POP_MATMUL_LSB +: systole_pkg::POP_MATMUL_W];
  assign push = instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W];
  assign dataflow = instr_i[systole_pkg::MM_DATAFLOW_LSB +: systole_pkg::MM_DATAFLOW_W];
  assign wcols = instr_i[systole_pkg::MM_WCOLS_LSB +: systole_pkg::MM_WCOLS_W];
  assign klast = instr_i[systole_pkg::MM_KLAST_LSB +: systole_pkg::MM_KLAST_W];
  assign nx = instr_i[systole_pkg::MM_NX_LSB +: systole_pkg::MM_NX_W];
  assign ny = instr_i[systole_pkg::MM_NY_LSB +: systole_pkg::MM_NY_W];
  assign nb = instr_i[systole_pkg::MM_NB_LSB +: systole_pkg::MM_NB_W];
  assign acc_base = instr_i[systole_pkg::MM_ACC_BASE_LSB +: systole_pkg::MM_ACC_BASE_W];
  assign slices = instr_i[systole_pkg::MM_KSLICES_LSB +: systole_pkg::MM_KSLICES_W];
  assign ktab = instr_i[systole_pkg::MM_KTAB_LSB +: systole_pkg::MM_KTAB_W];
  assign ktab_inc = instr_i[systole_pkg::MM_KTAB_INC_LSB +: systole_pkg::MM_KTAB_INC_W];
  assign wgt_row = instr_i[systole_pkg::MM_WGT_ROW_LSB +: systole_pkg::MM_WGT_ROW_W];

  // ---- Fields that are wrong by themselves
  localparam int TAP_ROWS = systole_pkg::tap_rows(ROWS, TAPS);
  localparam logic [systole_pkg::MM_DATAFLOW_W-1:0] COLUMN =
    systole_pkg::MM_DATAFLOW_W'(systole_pkg::COLUMN_MODE);
  localparam bit OUTPUT = DATAFLOWS % 4 > 1;
  localparam bit INPUT = DATAFLOWS > 3;
  localparam int OS_COLS = systole_pkg::os_cols(ROWS, COLS, WPORT);
  logic own_token, zero, too_large, no_flow, not_own, tiles, not_fed, inputs, not_apart;

  assign own_token = pop_own != '0 || push[systole_pkg::ENGINE_MATMUL];
  assign zero = nx == '0 || ny == '0 || nb == '0 || slices == '0 || wcols == '0 || klast == '0;
  assign too_large = (wcols > systole_pkg::MM_WCOLS_W'(COLS) && !inputs) ||
                     klast > systole_pkg::MM_KLAST_W'(ROWS);
  assign tiles =
    OUTPUT && dataflow == systole_pkg::MM_DATAFLOW_W'(systole_pkg::OUTPUT_STATIONARY);
  assign inputs =
    INPUT && dataflow == systole_pkg::MM_DATAFLOW_W'(systole_pkg::INPUT_STATIONARY);
  assign no_flow = dataflow != '0 && !tiles && !inputs && (dataflow != COLUMN || TAPS == 0);
  // Column mode: a lane for each column, and taps that are there.
  assign not_own = dataflow == COLUMN && (wcols > systole_pkg::MM_WCOLS_W'(ROWS) ||
                                          klast > systole_pkg::MM_KLAST_W'(TAP_ROWS));
  assign not_fed = tiles && wcols > systole_pkg::MM_WCOLS_W'(OS_COLS);

  // ---- Accumulator entries
  localparam int PLANE_W = systole_pkg::MM_NX_W + systole_pkg::MM_NY_W;
  localparam int CAP = ((OUTPUT && WGT_ROWS > ACC_DEPTH) ? WGT_ROWS : ACC_DEPTH) + 1;
  localparam int CAP_W = $clog2(CAP + 1);
  localparam int ACC_W = CAP_W + systole_pkg::MM_NB_W + 1;
  logic [PLANE_W-1:0] plane;
  logic [CAP_W-1:0] capped;
  localparam int TILES_W = systole_pkg::MM_KSLICES_W + $clog2(ROWS) + 2;
  logic [ACC_W-1:0] vectors, acc_end;
  logic [TILES_W-1:0] tiles_end;  // output stationary
  localparam int INPUT_W = ACC_W + systole_pkg::MM_WCOLS_W + systole_pkg::MM_ACC_INC_W;
  logic [INPUT_W-1:0] input_end;
  logic acc_range;

  assign plane = PLANE_W'(nx) * PLANE_W'(ny);
  assign capped = (plane > PLANE_W'(CAP - 1)) ? CAP_W'(CAP) : CAP_W'(plane);
  assign vectors = ACC_W'(capped) * ACC_W'(nb);
  assign acc_end = ACC_W'(acc_base) + vectors;
  assign tiles_end = TILES_W'(acc_base) + TILES_W'(klast) +
                     (TILES_W'(slices) - TILES_W'(1)) * TILES_W'(ROWS);
  if (INPUT) begin : gen_input
    localparam int MORE_W = systole_pkg::MM_WCOLS_W + systole_pkg::MM_ACC_INC_W;
    logic [systole_pkg::MM_ACC_INC_W-1:0] acc_inc;
    logic [systole_pkg::MM_WCOLS_W-1:0] after, more;
    assign acc_inc = instr_i[systole_pkg::MM_ACC_INC_LSB +: systole_pkg::MM_ACC_INC_W];
    assign after = wcols - systole_pkg::MM_WCOLS_W'(1);
    assign more = after / systole_pkg::MM_WCOLS_W'(COLS);  // blocks of COLS filters after the first
    assign input_end = INPUT_W'(acc_end) + INPUT_W'(MORE_W'(more) * MORE_W'(acc_inc));
    assign not_apart = inputs && (plane > PLANE_W'(COLS) ||
                                  (more != '0 && ACC_W'(acc_inc) < vectors));
  end else begin : gen_no_input
    assign input_end = '0;
    assign not_apart = 1'b0;
  end
  assign acc_range = inputs ? input_end > INPUT_W'(ACC_DEPTH) :
                     tiles ? tiles_end > TILES_W'(ACC_DEPTH) : acc_end > ACC_W'(ACC_DEPTH);

  // ---- Offset rows and weight rows
  localparam int KTAB_W = systole_pkg::MM_KTAB_W + 2;
  localparam int WGT_W = systole_pkg::MM_WGT_ROW_W + 1;
  logic [KTAB_W-1:0] ktab_end;
  localparam int ROWS_W = ((ACC_W > WGT_W) ? ACC_W : WGT_W) + 1;
  logic [WGT_W-1:0] wgt_end;
  logic [ROWS_W-1:0] rows_end;  // output stationary: a row a vector
  logic ktab_range, wgt_range;

  systole_load_slots #(.COLS(COLS), .WPORT(WPORT)) u_slots (.wcols_i(wcols), .slots_o(slots));
  assign ktab_end = KTAB_W'(ktab) + ((ktab_inc != '0) ? KTAB_W'(slices) : KTAB_W'(1));
  assign ktab_range = ktab_end > KTAB_W'(KTAB_ROWS);
  assign weight_rows = inputs ? wcols : slots;
  assign wgt_end = WGT_W'(wgt_row) + WGT_W'(slices) * WGT_W'(weight_rows);
  assign rows_end = ROWS_W'(wgt_row) + ROWS_W'(vectors);
  assign wgt_range = tiles ? rows_end > ROWS_W'(WGT_ROWS) : wgt_end > WGT_W'(WGT_ROWS);

  // ---- The first rule that fails
  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (opcode == systole_pkg::OP_SYNC_MATMUL) begin
      if (own_token || push != '0) code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (opcode != systole_pkg::OP_MATMUL) begin
      code_o = systole_pkg::ERR_BAD_OPCODE;
    end else if (own_token || zero || too_large || no_flow || not_own || not_fed || not_apart) begin
      code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (acc_range || ktab_range || wgt_range) begin
      code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end
endmodule

// Checks of RowConv (docs/isa.md, Checks), combinational, made when an instruction is queued.
// code_o: the first rule that fails, ERR_NONE if none does.
//
//   AccBase + Nx Ny Nb COLS <= ACC_DEPTH, counted in blocks of COLS entries: products of two counts
//   are capped one past the blocks there are before the third multiplies them.
module systole_rs_check #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WGT_KIB = 128,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16
) (
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  output logic [systole_pkg::CODE_W-1:0]  code_o
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int LONG_W = systole_pkg::ENTRY_W + 1;
  localparam int CB = $clog2(COLS);
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, 1, WGT_KIB);
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(ROWS, KTAB_KIB);

  // ---- Fields
  logic [systole_pkg::OPCODE_W-1:0] opcode;
  logic [systole_pkg::POP_MATMUL_W-1:0] pop_own;
  logic [systole_pkg::PUSH_W-1:0] push;
  logic depthwise;
  logic [systole_pkg::RC_M0_W-1:0] m0;
  logic [systole_pkg::RC_M2_W-1:0] m2;
  logic [systole_pkg::RC_M3_W-1:0] m3;
  logic [systole_pkg::RC_C1_W-1:0] c1;
  logic [systole_pkg::RC_C2_W-1:0] c2;
  logic [systole_pkg::RC_R1_W-1:0] r1;
  logic [systole_pkg::RC_S1_W-1:0] s1;
  logic [systole_pkg::RC_Q1_W-1:0] q1;
  logic [systole_pkg::RC_HS_W-1:0] hs;
  logic [systole_pkg::RC_WS_W-1:0] ws;
  logic [systole_pkg::RC_NX_W-1:0] nx;
  logic [systole_pkg::RC_NY_W-1:0] ny;
  logic [systole_pkg::RC_NB_W-1:0] nb;
  logic [systole_pkg::RC_KSLICES_W-1:0] slices;
  logic [systole_pkg::RC_ACC_BASE_W-1:0] acc_base;
  logic [systole_pkg::RC_J_BASE_W-1:0] j_base;
  logic [systole_pkg::RC_KTAB_W-1:0] ktab;
  logic [systole_pkg::RC_WGT_ROW_W-1:0] wgt_row;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign pop_own = instr_i[systole_pkg::POP_MATMUL_LSB +: systole_pkg::POP_MATMUL_W];
  assign push = instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W];
  assign depthwise = instr_i[systole_pkg::RC_DEPTHWISE_LSB];
  assign m0 = instr_i[systole_pkg::RC_M0_LSB +: systole_pkg::RC_M0_W];
  assign m2 = instr_i[systole_pkg::RC_M2_LSB +: systole_pkg::RC_M2_W];
  assign m3 = instr_i[systole_pkg::RC_M3_LSB +: systole_pkg::RC_M3_W];
  assign c1 = instr_i[systole_pkg::RC_C1_LSB +: systole_pkg::RC_C1_W];
  assign c2 = instr_i[systole_pkg::RC_C2_LSB +: systole_pkg::RC_C2_W];
  assign r1 = instr_i[systole_pkg::RC_R1_LSB +: systole_pkg::RC_R1_W];
  assign s1 = instr_i[systole_pkg::RC_S1_LSB +: systole_pkg::RC_S1_W];
  assign q1 = instr_i[systole_pkg::RC_Q1_LSB +: systole_pkg::RC_Q1_W];
  assign hs = instr_i[systole_pkg::RC_HS_LSB +: systole_pkg::RC_HS_W];
  assign ws = instr_i[systole_pkg::RC_WS_LSB +: systole_pkg::RC_WS_W];
  assign nx = instr_i[systole_pkg::RC_NX_LSB +: systole_pkg::RC_NX_W];
  assign ny = instr_i[systole_pkg::RC_NY_LSB +: systole_pkg::RC_NY_W];
  assign nb = instr_i[systole_pkg::RC_NB_LSB +: systole_pkg::RC_NB_W];
  assign slices = instr_i[systole_pkg::RC_KSLICES_LSB +: systole_pkg::RC_KSLICES_W];
  assign acc_base = instr_i[systole_pkg::RC_ACC_BASE_LSB +: systole_pkg::RC_ACC_BASE_W];
  assign j_base = instr_i[systole_pkg::RC_J_BASE_LSB +: systole_pkg::RC_J_BASE_W];
  assign ktab = instr_i[systole_pkg::RC_KTAB_LSB +: systole_pkg::RC_KTAB_W];
  assign wgt_row = instr_i[systole_pkg::RC_WGT_ROW_LSB +: systole_pkg::RC_WGT_ROW_W];

  logic [LONG_W-1:0] words, channels, phases, slide;
  logic [LONG_W+COL_W-1:0] cycles;
  logic [COL_W-1:0] lanes, tags, columns;
  systole_rs_sizes #(.ROWS(ROWS)) u_sizes (
    .instr_i(instr_i), .words_o(words), .cycles_o(cycles), .channels_o(channels), .phases_o(phases),
    .lanes_o(lanes), .tags_o(tags), .columns_o(columns), .slide_o(slide)
  );

  // ---- Fields that are wrong by themselves, or too much for the array
  localparam int AREA_W = 18;
  localparam int VECTORS = 256;  // that bring one input word
  logic own_token, zero, none, too_many, too_deep, mixed;
  logic [AREA_W-1:0] rows_used, columns_used, vectors;
  assign own_token = pop_own != '0 || push[systole_pkg::ENGINE_MATMUL];
  assign zero = m0 == '0 || m2 == '0 || m3 == '0 || c1 == '0 || c2 == '0 || r1 == '0 ||
                s1 == '0 || q1 == '0 || hs == '0 || ws == '0;
  assign none = nx == '0 || ny == '0 || nb == '0 || slices == '0;
  assign rows_used = AREA_W'(s1) * AREA_W'(c2) * AREA_W'(m2);
  assign columns_used = AREA_W'(q1) * AREA_W'(m3);
  assign vectors = AREA_W'(tags) * AREA_W'(phases);
  assign too_many = rows_used > AREA_W'(RS_ROWS) || columns_used > AREA_W'(RS_COLS) ||
                    vectors > AREA_W'(VECTORS) || acc_base[CB-1:0] != '0 ||
                    channels + LONG_W'(j_base) > LONG_W'(COLS);
  assign too_deep = COL_W'(m0) > COL_W'(PSUM_SPAD) ||
                    words + LONG_W'(m2) > LONG_W'(IFMAP_SPAD) ||
                    cycles > (LONG_W + COL_W)'(WGT_SPAD / 2);
  assign mixed = depthwise && (c1 != systole_pkg::RC_C1_W'(1) ||
                               c2 != systole_pkg::RC_C2_W'(1) ||
                               m0 != systole_pkg::RC_M0_W'(1) || m3 != systole_pkg::RC_M3_W'(1));

  // ---- Accumulator blocks
  localparam int BLOCKS = ACC_DEPTH / COLS;
  localparam int PLANE_W = systole_pkg::RC_NX_W + systole_pkg::RC_NY_W;
  localparam int CAP = BLOCKS + 1;
  localparam int CAP_W = $clog2(CAP + 1);
  localparam int ACC_W = systole_pkg::ENTRY_W + CAP_W + systole_pkg::RC_NB_W + 1;
  logic [PLANE_W-1:0] plane;
  logic [CAP_W-1:0] capped;
  logic [ACC_W-1:0] acc_end;
  logic acc_range;
  assign plane = PLANE_W'(nx) * PLANE_W'(ny);
  assign capped = (plane > PLANE_W'(BLOCKS)) ? CAP_W'(CAP) : CAP_W'(plane);
  assign acc_end = ACC_W'(acc_base[systole_pkg::ENTRY_W-1:CB]) + ACC_W'(capped) * ACC_W'(nb);
  assign acc_range = acc_end > ACC_W'(BLOCKS);

  // ---- Offset rows and weight rows: what is not too deep takes at most WGT_SPAD / 2 cycles.
  localparam int KTAB_W = systole_pkg::SLICE_W + 1;
  localparam int WGT_W = systole_pkg::BUF_W + 2;
  logic [KTAB_W-1:0] ktab_end;
  logic [WGT_W-1:0] wgt_end;
  logic ktab_range, wgt_range;
  assign ktab_end = KTAB_W'(ktab) + KTAB_W'(phases);
  assign ktab_range = ktab_end > KTAB_W'(KTAB_ROWS);
  assign wgt_end = WGT_W'(wgt_row) + WGT_W'(slices) * WGT_W'(m3) * WGT_W'(cycles);
  assign wgt_range = wgt_end > WGT_W'(WGT_ROWS);

  // ---- The first rule that fails
  always_comb begin
    code_o = systole_pkg::ERR_NONE;
    if (opcode == systole_pkg::OP_SYNC_MATMUL) begin
      if (own_token || push != '0) code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (opcode != systole_pkg::OP_ROW_CONV) begin
      code_o = systole_pkg::ERR_BAD_OPCODE;
    end else if (own_token || zero || none || too_many || too_deep || mixed) begin
      code_o = systole_pkg::ERR_BAD_FIELD;
    end else if (acc_range || ktab_range || wgt_range) begin
      code_o = systole_pkg::ERR_BUFFER_RANGE;
    end
  end
endmodule

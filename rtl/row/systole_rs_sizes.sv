// What a RowConv's fields amount to (docs/row_stationary.md). Combinational.
//
//   RC = R1 C1 words of a window    W = M0 RC cycles of a step    J = M2 M0 channels
//   NH = (Q1 - 1) Hs + S1 input rows in PH = ceil(NH / ROWS) phases, the last one of `lanes` rows
//   tags = C2 (depthwise: M2) channels that rows tell apart
//   columns = min(Ws, R1) new columns of a window that slides, slide = columns C1 new words
module systole_rs_sizes #(
  parameter int ROWS = 16,  // a power of two
  localparam int COL_W = systole_pkg::COL_W,
  localparam int LONG_W = systole_pkg::ENTRY_W + 1
) (
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  output logic [LONG_W-1:0]               words_o,
  output logic [LONG_W+COL_W-1:0]         cycles_o,
  output logic [LONG_W-1:0]               channels_o,
  output logic [LONG_W-1:0]               phases_o,
  output logic [COL_W-1:0]                lanes_o,
  output logic [COL_W-1:0]                tags_o,
  output logic [COL_W-1:0]                columns_o,
  output logic [LONG_W-1:0]               slide_o
);
  localparam int LB = $clog2(ROWS);
  logic [COL_W-1:0] m0, m2, c1, c2, r1, s1, q1, hs, ws;
  logic [LONG_W-1:0] rows, last_row;
  assign m0 = COL_W'(instr_i[systole_pkg::RC_M0_LSB +: systole_pkg::RC_M0_W]);
  assign m2 = COL_W'(instr_i[systole_pkg::RC_M2_LSB +: systole_pkg::RC_M2_W]);
  assign c1 = COL_W'(instr_i[systole_pkg::RC_C1_LSB +: systole_pkg::RC_C1_W]);
  assign c2 = COL_W'(instr_i[systole_pkg::RC_C2_LSB +: systole_pkg::RC_C2_W]);
  assign r1 = COL_W'(instr_i[systole_pkg::RC_R1_LSB +: systole_pkg::RC_R1_W]);
  assign s1 = COL_W'(instr_i[systole_pkg::RC_S1_LSB +: systole_pkg::RC_S1_W]);
  assign q1 = COL_W'(instr_i[systole_pkg::RC_Q1_LSB +: systole_pkg::RC_Q1_W]);
  assign hs = COL_W'(instr_i[systole_pkg::RC_HS_LSB +: systole_pkg::RC_HS_W]);
  assign ws = COL_W'(instr_i[systole_pkg::RC_WS_LSB +: systole_pkg::RC_WS_W]);

  assign words_o = LONG_W'(r1) * LONG_W'(c1);
  assign cycles_o = (LONG_W + COL_W)'(words_o) * (LONG_W + COL_W)'(m0);
  assign channels_o = LONG_W'(m2) * LONG_W'(m0);
  assign rows = (LONG_W'(q1) - LONG_W'(1)) * LONG_W'(hs) + LONG_W'(s1);
  assign last_row = rows - LONG_W'(1);
  assign phases_o = (last_row >> LB) + LONG_W'(1);
  assign lanes_o = COL_W'(last_row[LB-1:0]) + COL_W'(1);
  assign tags_o = instr_i[systole_pkg::RC_DEPTHWISE_LSB] ? m2 : c2;
  assign columns_o = (ws < r1) ? ws : r1;
  assign slide_o = LONG_W'(columns_o) * LONG_W'(c1);
endmodule

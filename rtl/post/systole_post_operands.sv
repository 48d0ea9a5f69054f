// What an addition knows of its operands: three channels of the parameter memory, read once at its
// start and kept for all its pixels.
//
//     entry k = channel Par * LANES + k:  row Par + k / LANES, lane k mod LANES
//     entry 0, 1   bias: minus the zero point (9 bits), m, s of the first and the second operand
//     entry 2      m, s of their sum; float32: s, offset = bias * 2^m
//
// start_i: the cycle of the issue, t - 1 for the first tap t. Row k is read in t+3+k, entry k
// stands from t+5+k on, the mode from t+5 on: the addition before is past that then.
module systole_post_operands #(
  parameter int LANES = 8
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              clear_i,
  input  logic                              start_i,
  input  logic [systole_pkg::PAR_ROW_W-1:0] row_i,    // with start_i
  input  logic                              float_i,  // with start_i: mode float32

  // systole_param_buffer
  output logic                              re_o,
  output logic [systole_pkg::PAR_ROW_W-1:0] row_o,
  input  logic [32*LANES-1:0]               bias_i,
  input  logic [32*LANES-1:0]               m_i,
  input  logic [8*LANES-1:0]                s_i,

  output logic [3*32-1:0] bias_o,  // of entry k: slice k
  output logic [3*31-1:0] m_o,
  output logic [3*6-1:0]  s_o,
  output logic            float_o
);
  localparam int PAR_ROW_W = systole_pkg::PAR_ROW_W;
  // since_q[i]: it is t+i.
  localparam int CYCLES = 7;
  logic [CYCLES-1:0] since_q;
  logic [PAR_ROW_W-1:0] row_q;
  logic float_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) since_q <= '0;
    else if (clear_i) since_q <= '0;
    else since_q <= {since_q[CYCLES-2:0], start_i};
  end

  assign re_o = since_q[5:3] != 3'd0;
  assign row_o = row_q + (since_q[4] ? PAR_ROW_W'(1 / LANES) : '0) +
                 (since_q[5] ? PAR_ROW_W'(2 / LANES) : '0);

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      row_q <= row_i;
      float_q <= float_i;
    end
    if (since_q[4]) float_o <= float_q;
  end

  for (genvar k = 0; k < 3; k++) begin : gen_entry
    localparam int LANE = k % LANES;
    logic [31:0] bias_q;
    logic [30:0] m_q;
    logic [5:0] s_q;
    always_ff @(posedge clk_i) begin
      if (since_q[4+k]) begin
        bias_q <= bias_i[32*LANE +: 32];
        m_q <= m_i[32*LANE +: 31];
        s_q <= s_i[8*LANE +: 6];
      end
    end
    assign bias_o[32*k +: 32] = bias_q;
    assign m_o[31*k +: 31] = m_q;
    assign s_o[6*k +: 6] = s_q;
  end
endmodule

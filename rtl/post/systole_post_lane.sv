// One lane of POST: from selected accumulators to an output byte. Stage names count from the tap's
// cycle t.
//
//     t+2: v   = max(a - correction, pair ? b - correction : same)      modulo 2^32, signed compare
//     t+3: max = first tap ? v : max(max, v)
//     t+4: biased = max + bias
//     t+5..t+9: systole_requantize;  y_o from t+10 on
//
// Each stage moves only with its enable, one result a cycle.
module systole_post_lane #(
  parameter int ROUNDINGS = 63
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  input  logic               tap2_i,
  input  logic               pair2_i,
  input  logic signed [31:0] a2_i,
  input  logic signed [31:0] b2_i,
  input  logic signed [31:0] correction2_i,

  input  logic tap3_i,
  input  logic first3_i,

  input  logic        pixel4_i,  // last tap of a pixel that this lane writes
  input  logic [31:0] bias4_i,
  input  logic [30:0] m4_i,
  input  logic [5:0]  s4_i,

  input  logic [2:0]        mode5_i,
  input  logic signed [7:0] zy5_i,
  input  logic signed [7:0] lo5_i,
  input  logic signed [7:0] hi5_i,
  output logic [7:0]        y_o
);
  logic signed [31:0] a2, b2, v_q, max_q, biased_q;
  logic [30:0] m_q;
  logic [5:0] s_q;
  logic valid5_q;

  assign a2 = a2_i - correction2_i;
  assign b2 = b2_i - correction2_i;

  always_ff @(posedge clk_i) begin
    if (tap2_i) v_q <= pair2_i && b2 > a2 ? b2 : a2;
    if (tap3_i && (first3_i || v_q > max_q)) max_q <= v_q;
    if (pixel4_i) begin
      biased_q <= max_q + $signed(bias4_i);
      m_q <= m4_i;
      s_q <= s4_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid5_q <= 1'b0;
    else valid5_q <= pixel4_i && !clear_i;
  end

  systole_requantize #(.ROUNDINGS(ROUNDINGS)) u_requantize (
    .clk_i, .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(valid5_q), .acc_i(biased_q), .m_i(m_q),
    .s_i(s_q), .mode_i(mode5_i), .zy_i(zy5_i), .lo_i(lo5_i), .hi_i(hi5_i), .valid_o(), .y_o(y_o)
  );
endmodule

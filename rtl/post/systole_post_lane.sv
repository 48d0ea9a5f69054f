// One lane of POST: from selected accumulators to an output byte. Stage names count from the tap's
// cycle t.
//
//     t+2: v   = max(a - correction, pair ? b - correction : same)      modulo 2^32, signed compare
//     t+3: max = first tap ? v : sum ? max + v : max(max, v)
//     t+4: biased = max + bias
//     t+5..t+9: systole_requantize;  y_o from t+10 on
//
// With ADD_UNIT an addition's operands pass as taps that are alone, then systole_post_add (t+5 to
// t+11); its pixels come five cycles later, their sum in place of the biased accumulator. Each
// stage moves only with its enable, one result a cycle.
`include "systole_assert.svh"

module systole_post_lane #(
  parameter int ROUNDINGS = 63,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic any_i,  // something is in POST's stages; 1 will do

  input  logic               tap2_i,
  input  logic               pair2_i,
  input  logic signed [31:0] a2_i,
  input  logic signed [31:0] b2_i,
  input  logic signed [31:0] correction2_i,

  input  logic tap3_i,
  input  logic first3_i,
  input  logic sum3_i,

  input  logic        pixel4_i,  // last tap of a pixel that this lane writes
  input  logic        valid5_i,  // pixel4_i, a cycle later
  input  logic [31:0] bias4_i,
  input  logic [30:0] m4_i,
  input  logic [5:0]  s4_i,

  // Additions: operands (bit k: stage t+k), their parameters, the sum's; add5_i, float6_i: a pixel
  // is of an addition, in mode float32.
  input  logic               float_i,
  input  logic [11:4]        operand_i,
  input  logic [8:0]         bias5_i,
  input  logic [30:0]        operand_m_i,
  input  logic [5:0]         operand_s_i,
  input  logic signed [63:0] offset_i,
  input  logic [30:0]        sum_m_i,
  input  logic [5:0]         sum_s_i,
  input  logic               add5_i,
  input  logic               float6_i,

  input  logic [2:0]        mode5_i,
  input  logic [2:0]        mode8_i,
  input  logic [2:0]        mode9_i,
  input  logic signed [7:0] zy9_i,
  input  logic signed [7:0] lo9_i,
  input  logic signed [7:0] hi9_i,
  output logic [7:0]        y_o
);
  logic signed [31:0] v_q, max_q, biased_q;
  logic [30:0] m_q;
  logic [5:0] s_q;

  function automatic logic signed [31:0] larger(input logic signed [31:0] a,
                                                input logic signed [31:0] b);
    larger = b > a ? b : a;
  endfunction

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (tap2_i) begin
        v_q <= larger(a2_i - correction2_i, (pair2_i ? b2_i : a2_i) - correction2_i);
      end
      if (tap3_i) begin
        if (POST_ACT != 0 && sum3_i && !first3_i) max_q <= max_q + v_q;
        else if (first3_i || v_q > max_q) max_q <= v_q;
      end
      if (pixel4_i) begin
        biased_q <= max_q + $signed(bias4_i);
        m_q <= m4_i;
        s_q <= s4_i;
      end
    end
  end

  logic signed [31:0] acc5, sum_acc;
  logic signed [63:0] sum_a, sum_b;
  logic [30:0] m5;
  logic [5:0] s5;
  if (ADD_UNIT != 0) begin : gen_add
    logic [7:0] x_q;
    always_ff @(posedge clk_i) begin
      if (operand_i[4]) x_q <= max_q[7:0];
    end
    systole_post_add #(.ROUNDINGS(ROUNDINGS)) u_add (
      .clk_i, .float_i(float_i), .tap_i(operand_i[11:5]), .x5_i(x_q), .bias5_i(bias5_i),
      .m_i(operand_m_i), .s_i(operand_s_i), .offset_i(offset_i), .acc_o(sum_acc), .sum_a_o(sum_a),
      .sum_b_o(sum_b)
    );
    assign acc5 = add5_i ? sum_acc : biased_q;
    assign m5 = add5_i ? sum_m_i : m_q;
    assign s5 = add5_i ? sum_s_i : s_q;
  end else begin : gen_no_add
    assign sum_acc = '0;
    assign sum_a = '0;
    assign sum_b = '0;
    assign acc5 = biased_q;
    assign m5 = m_q;
    assign s5 = s_q;
  end

  systole_requantize #(.ROUNDINGS(ROUNDINGS)) u_requantize (
    .clk_i, .rst_ni(rst_ni), .clear_i(clear_i), .any_i(any_i), .valid_i(valid5_i), .acc_i(acc5),
    .m_i(m5), .s_i(s5), .mode_i(mode5_i), .mode3_i(mode8_i), .mode4_i(mode9_i), .zy4_i(zy9_i),
    .lo4_i(lo9_i), .hi4_i(hi9_i), .sum_valid_i(float6_i), .sum_a_i(sum_a), .sum_b_i(sum_b),
    .valid_o(), .y_o(y_o)
  );
endmodule

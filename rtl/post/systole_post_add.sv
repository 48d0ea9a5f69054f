// One lane of POST's additions: two operands, one a cycle, to their sum in front of the requantizer
// (sw/arith/add.h, docs/arithmetic.md). Stage names count from the operand's tap t.
//
//     t+5   d = x + bias                           nine bits: x less its zero point
//     t+6   p = d * m
//     t+7   h = (p + 2^10) >> 11                   float32: p
//     t+8   r = h / 2^s, ties away from zero       float32: p * 2^s
//     t+9   acc_o = r of the first operand + r
//           float32, the first operand: sum = offset + r
//     t+10  float32, the first operand's sum to 24 bits (its t+10 is the second's t+9)
//     t+10  float32: sum_o = that + r
//
// acc_o and sum_o belong to the second operand, acc_o from t+10 and sum_o from t+11 on. The first
// operand's tap is the cycle before the second's. bias, m, s are those of the operand of that
// stage.
`include "systole_assert.svh"

module systole_post_add #(
  parameter int ROUNDINGS = 63
) (
  input  logic               clk_i,
  input  logic               any_i,    // an addition is under way; 1 will do
  input  logic               float_i,  // the arithmetic of float32, in every stage
  input  logic [9:5]         tap_i,    // bit k: an operand is in stage t+k
  input  logic [7:0]         x5_i,
  input  logic [8:0]         bias5_i,
  input  logic [30:0]        m6_i,
  input  logic [5:0]         s8_i,
  input  logic signed [63:0] offset9_i,
  output logic signed [31:0] acc_o,
  output logic signed [63:0] sum_o
);
  localparam logic [systole_pkg::NUM_ROUNDINGS-1:0] MODES = systole_pkg::NUM_ROUNDINGS'(ROUNDINGS);
  localparam bit FLOAT = MODES[systole_pkg::ROUND_FLOAT32];

  logic signed [8:0] d_q;
  logic signed [40:0] p_q, h_q;
  logic signed [63:0] r_q, r1_q;

  // h / 2^s, halves away from zero: |h| <= 2^28.
  function automatic logic signed [31:0] half_away(input logic signed [29:0] h,
                                                   input logic [4:0] s);
    logic [29:0] below;
    logic half, rest;
    below = ~(30'h3FFF_FFFF << s);
    half = (h & $signed(below ^ (below >> 1))) != 0;
    rest = (h & $signed(below >> 1)) != 0;
    half_away = 32'(h) >>> s;
    half_away = half_away + $signed({31'd0, half && (rest || !h[29])});
  endfunction

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(tap_i != '0)) begin
      if (tap_i[5]) d_q <= 9'($signed(x5_i)) + $signed(bias5_i);
      if (tap_i[6]) p_q <= 41'(d_q) * $signed(41'(m6_i));
      if (tap_i[7]) h_q <= FLOAT && float_i ? p_q : (p_q + 41'sd1024) >>> 11;
      if (tap_i[8]) begin
        if (FLOAT && float_i) r_q <= 64'(h_q) << s8_i;
        else r_q <= 64'(half_away(30'(h_q), s8_i[4:0]));
      end
      if (tap_i[9]) begin
        r1_q <= r_q;
        acc_o <= 32'(r1_q) + 32'(r_q);
      end
    end
  end

  if (FLOAT) begin : gen_float
    logic float;
    logic signed [63:0] first_q, rounded_q;
    assign float = float_i && `SYSTOLE_ANY(any_i);
    systole_round24 u_round24 (
      .clk_i(clk_i), .en_i(float), .x_i(first_q), .y_o(rounded_q)
    );
    always_ff @(posedge clk_i) begin
      if (float) begin
        first_q <= offset9_i + r_q;
        sum_o <= rounded_q + r1_q;
      end
    end
  end else begin : gen_no_float
    assign sum_o = '0;
  end
endmodule

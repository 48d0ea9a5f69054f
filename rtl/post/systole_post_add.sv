// One lane of POST's additions: two operands, one a cycle, to their sum in front of the requantizer
// (sw/arith/add.h, docs/arithmetic.md). Stage names count from the operand's tap t.
//
//     t+5   d = x + bias                           nine bits: x less its zero point
//     t+7   p = d * m + 2^10                       float32, in t+9: d * m
//     t+8   r = (p >> 11) * 2^(31 - s)             float32, in t+10: p * 2^s, the first operand's
//                                                  and the offset
//     t+9   acc_o = r / 2^31, ties away from zero, of both operands
//     t+11  float32: sum_a_o = r of the first operand to 24 bits; sum_b_o = r of the second
//
// acc_o and the two sums belong to the second operand, acc_o from t+10 on, the sums in t+11. The
// first operand's tap is the cycle before the second's. bias, m, s are those of the operand of that
// stage; offset_i is 0 where it is not the first.
`include "systole_assert.svh"

module systole_post_add #(
  parameter int ROUNDINGS = 63
) (
  input  logic               clk_i,
  input  logic               float_i,  // the arithmetic of float32, in every stage
  input  logic [11:5]        tap_i,    // bit k: an operand is in stage t+k
  input  logic [7:0]         x5_i,
  input  logic [8:0]         bias5_i,
  input  logic [30:0]        m_i,
  input  logic [5:0]         s_i,
  input  logic signed [63:0] offset_i,
  output logic signed [31:0] acc_o,
  output logic signed [63:0] sum_a_o,
  output logic signed [63:0] sum_b_o
);
  localparam logic [systole_pkg::NUM_ROUNDINGS-1:0] MODES = systole_pkg::NUM_ROUNDINGS'(ROUNDINGS);
  localparam bit FLOAT = MODES[systole_pkg::ROUND_FLOAT32];

  logic float, multiply, shift;
  logic signed [8:0] d6_q, d7_q, d;
  logic signed [41:0] product;
  logic signed [39:0] p_q, h;
  logic signed [63:0] offset, r_q;
  logic [5:0] left;

  assign float = FLOAT && float_i;
  assign multiply = float ? tap_i[9] : tap_i[7];
  assign shift = float ? tap_i[10] : tap_i[8];

  systole_booth #(.A_W(32), .DIGITS(5)) u_product (
    .used_i(multiply), .a_i({1'b0, m_i}), .b_i({d[8], d, 1'b0}), .p_o(product)
  );
  assign h = float ? p_q : p_q >>> 11;
  assign left = float ? s_i : {1'b0, ~s_i[4:0]};

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(tap_i != '0)) begin
      if (tap_i[5]) d6_q <= 9'($signed(x5_i)) + $signed(bias5_i);
      if (tap_i[6]) d7_q <= d6_q;
      if (multiply) p_q <= 40'(product) + (float ? 40'sd0 : 40'sd1024);
      if (shift) r_q <= (64'(h) << left) + offset;
    end
  end

  // ---- Integers: |r / 2^31| < 2^28.
  logic signed [31:0] first_q;
  logic up_q, up;
  assign up = r_q[30] && (r_q[29:0] != 30'd0 || !r_q[63]);
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(tap_i[9])) begin
      if (tap_i[9]) begin
        first_q <= r_q[62:31];
        up_q <= up;
        acc_o <= first_q + $signed(r_q[62:31]) + $signed({31'd0, up_q}) + $signed({31'd0, up});
      end
    end
  end

  if (FLOAT) begin : gen_float
    logic signed [8:0] d8_q, d9_q;
    systole_round24 u_round24 (
      .clk_i(clk_i), .en_i(float && tap_i[11]), .x_i(r_q), .y_o(sum_a_o)
    );
    always_ff @(posedge clk_i) begin
      if (tap_i[7]) d8_q <= d7_q;
      if (tap_i[8]) d9_q <= d8_q;
    end
    assign d = float_i ? d9_q : d7_q;
    assign sum_b_o = r_q;
    assign offset = float_i ? offset_i : 64'sd0;
  end else begin : gen_no_float
    assign d = d7_q;
    assign sum_a_o = '0;
    assign sum_b_o = '0;
    assign offset = '0;
  end
endmodule

// A product by Booth's digits of radix 4, combinational: half as many rows to add as b has bits.
//
//     p_o = a_i * (b_i[2*DIGITS:1], signed, + b_i[0]) = sum of digit_i * 4^i * a_i, i < DIGITS
//     digit_i = -2 b_i[2i+2] + b_i[2i+1] + b_i[2i]      -2 .. 2
//
// b_i[0] is 0, or the bit below where b_i is the upper part of a longer number. A multiple enters
// as its one's complement where the digit is negative, and one more; its sign enters inverted, less
// the place of the sign.
module systole_booth #(
  parameter int A_W = 8,
  parameter int DIGITS = 4
) (
  input  logic signed [A_W-1:0]          a_i,
  input  logic [2*DIGITS:0]              b_i,
  output logic signed [A_W+2*DIGITS-1:0] p_o
);
  localparam int P_W = A_W + 2 * DIGITS;

  function automatic logic [P_W-1:0] signs(input int digits);  // the places of the signs, negative
    signs = '0;
    for (int i = 0; i < digits; i++) signs = signs - (P_W'(1) << (A_W + 2 * i));
  endfunction
  localparam logic [P_W-1:0] SIGNS = signs(DIGITS);

  logic [P_W*DIGITS-1:0] rows;
  logic [P_W-1:0] ends, sum;
  for (genvar i = 0; i < DIGITS; i++) begin : gen_digit
    logic one, two, negative;
    logic [A_W:0] multiple;
    assign negative = b_i[2*i+2];
    assign one = b_i[2*i+1] ^ b_i[2*i];
    assign two = (negative ^ b_i[2*i+1]) && !one;
    assign multiple = {(A_W+1){negative}} ^
                      (({a_i[A_W-1], a_i} & {(A_W+1){one}}) | ({a_i, 1'b0} & {(A_W+1){two}}));
    assign rows[P_W*i +: P_W] = P_W'({!multiple[A_W], multiple[A_W-1:0]}) << (2 * i);
    assign ends[2*i +: 2] = {1'b0, negative};
  end
  assign ends[P_W-1:2*DIGITS] = '0;

  always_comb begin
    sum = SIGNS;
    for (int i = 0; i < DIGITS; i++) sum = sum + rows[P_W*i +: P_W];
    p_o = sum + ends;
  end
endmodule

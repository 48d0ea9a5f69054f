// A product by Booth's digits of radix 4, combinational: half as many rows to add as b has bits.
//
//     p_o = a_i * (b_i[2*DIGITS:1], signed, + b_i[0]) = sum of digit_i * 4^i * a_i, i < DIGITS
//     digit_i = -2 b_i[2i+2] + b_i[2i+1] + b_i[2i]      -2 .. 2
//
// b_i[0] is 0, or the bit below where b_i is the upper part of a longer number. A multiple enters
// as its one's complement where the digit is negative, and one more; its sign enters inverted, less
// the place of the sign. Without used_i the product is undefined.
`include "systole_assert.svh"

module systole_booth #(
  parameter int A_W = 8,
  parameter int DIGITS = 4
) (
  input  logic                           used_i,
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

  // The row of a digit: bits are b_i[2i+2:2i].
  function automatic logic [A_W:0] row(input logic [A_W-1:0] a, input logic [2:0] bits);
    logic one, two;
    logic [A_W:0] multiple;
    one = bits[1] ^ bits[0];
    two = (bits[2] ^ bits[1]) && !one;
    multiple = {(A_W+1){bits[2]}} ^
               (({a[A_W-1], a} & {(A_W+1){one}}) | ({a, 1'b0} & {(A_W+1){two}}));
    row = {!multiple[A_W], multiple[A_W-1:0]};
  endfunction

  function automatic logic [P_W-1:0] product(input logic used, input logic [A_W-1:0] a,
                                             input logic [2*DIGITS:0] b);
    logic [P_W-1:0] ends;
    product = 'x;
    if (used) begin
      product = SIGNS;
      ends = '0;
      for (int i = 0; i < DIGITS; i++) begin
        product = product + (P_W'(row(a, b[2*i +: 3])) << (2 * i));
        ends[2*i] = b[2*i+2];
      end
      product = product + ends;
    end
  endfunction
  assign p_o = product(`SYSTOLE_ANY(used_i), a_i, b_i);

`ifdef FORMAL
  logic [P_W*DIGITS-1:0] rows;  // for formal/booth_proof.sv
  for (genvar i = 0; i < DIGITS; i++) begin : gen_row
    assign rows[P_W*i +: P_W] = P_W'(row(a_i, b_i[2*i +: 3])) << (2 * i);
  end
`endif
endmodule

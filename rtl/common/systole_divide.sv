// Division by a constant, combinational: a product with its reciprocal. No power of two is needed.
//
//   quotient = floor(n / DIVISOR) = floor(n * RECIPROCAL / 2^SHIFT)
//   SHIFT = WIDTH + ceil(log2 DIVISOR),  RECIPROCAL = ceil(2^SHIFT / DIVISOR)
//   remainder = n - quotient * DIVISOR
//
// Exact for every n: RECIPROCAL * DIVISOR exceeds 2^SHIFT by less than DIVISOR, and n < 2^WIDTH, so
// the product is less than 2^SHIFT / DIVISOR too large.
module systole_divide #(
  parameter int WIDTH = 16,   // WIDTH + ceil(log2 DIVISOR) is at most 30
  parameter int DIVISOR = 3
) (
  input  logic [WIDTH-1:0] n_i,
  output logic [WIDTH-1:0] quotient_o,
  output logic [WIDTH-1:0] remainder_o
);
  localparam int SHIFT = WIDTH + $clog2(DIVISOR);
  localparam int RECIPROCAL = ((1 << SHIFT) + DIVISOR - 1) / DIVISOR;
  localparam int PRODUCT_W = WIDTH + SHIFT;

  logic [PRODUCT_W-1:0] product;

  assign product = PRODUCT_W'(n_i) * PRODUCT_W'(RECIPROCAL);
  assign quotient_o = WIDTH'(product >> SHIFT);
  assign remainder_o = n_i - quotient_o * WIDTH'(DIVISOR);
endmodule

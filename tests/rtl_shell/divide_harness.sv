// Test harness: both dividers by a constant, for every divisor from 1 to DIVISORS at once.
module divide_harness #(
  parameter int DIVISORS = 256
) (
  input  logic [23:0]            n_i,
  output logic [24*DIVISORS-1:0] quotient_o,  // of n_i, divisor d at [24*(d-1) +: 24]
  output logic [24*DIVISORS-1:0] remainder_o,
  output logic [DIVISORS-1:0]    exact_o,
  output logic [24*DIVISORS-1:0] exact_quotient_o
);
  for (genvar d = 1; d <= DIVISORS; d++) begin : gen_divisor
    // A product of at most 30 bits holds the reciprocal.
    localparam int W = (30 - $clog2(d) < 24) ? 30 - $clog2(d) : 24;
    logic [W-1:0] quotient, remainder;
    systole_divide #(.WIDTH(W), .DIVISOR(d)) u_divide (
      .n_i(n_i[W-1:0]), .quotient_o(quotient), .remainder_o(remainder)
    );
    assign quotient_o[24*(d-1) +: 24] = 24'(quotient);
    assign remainder_o[24*(d-1) +: 24] = 24'(remainder);
    systole_exact_divide #(.WIDTH(24), .DIVISOR(d)) u_exact (
      .n_i(n_i), .exact_o(exact_o[d-1]), .quotient_o(exact_quotient_o[24*(d-1) +: 24])
    );
  end
endmodule

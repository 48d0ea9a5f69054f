// Is n a multiple of a constant, and of which number? Combinational, without a division.
//
//   DIVISOR = ODD * 2^LOW. Modulo a power of two, ODD has an inverse: m = n / 2^LOW is q * ODD
//   if and only if  m * INVERSE = q  is one of the quotients there are, q <= (2^M_W - 1) / ODD.
module systole_exact_divide #(
  parameter int WIDTH = 24,    // at most 31
  parameter int DIVISOR = 24   // 1 or more
) (
  input  logic [WIDTH-1:0] n_i,
  output logic             exact_o,    // n = quotient_o * DIVISOR
  output logic [WIDTH-1:0] quotient_o  // of an exact division; else anything
);
  function automatic int twos(input int d);  // how often 2 divides d
    twos = 0;
    for (int i = 30; i >= 0; i--) if (((d >> i) & 1) != 0) twos = i;
  endfunction
  function automatic int inverse(input int odd);  // modulo 2^32, by Newton's iteration
    inverse = odd;
    for (int i = 0; i < 5; i++) inverse = inverse * (2 - odd * inverse);
  endfunction

  localparam int LOW = twos(DIVISOR);
  localparam int ODD = DIVISOR >> LOW;
  localparam int M_W = WIDTH - LOW;
  localparam int INVERSE = inverse(ODD);
  localparam int LARGEST = ((1 << M_W) - 1) / ODD;

  logic [M_W-1:0] m, q;
  logic there;

  assign m = M_W'(n_i >> LOW);
  assign q = m * M_W'(INVERSE);
  assign exact_o = (WIDTH'(m) << LOW) == n_i && there;
  assign quotient_o = WIDTH'(q);
  if (ODD == 1) begin : gen_all
    assign there = 1'b1;
  end else begin : gen_some
    assign there = q <= M_W'(LARGEST);
  end
endmodule

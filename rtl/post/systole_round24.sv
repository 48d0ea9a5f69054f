// IEEE single precision's rounding of an integer: 24 significant bits, nearest, ties to even;
// |x_i| <= 2^62, a cycle later. (systole_requantize has it for 32 bits.)
//
//     y_o <= RNE24(x_i) if en_i
//
// below = 2^excess - 1, excess the bit length of (|x| >> 24), read from the one's complement: that
// differs from |x| only where |x| is a power of two, which is exact at either excess.
module systole_round24 (
  input  logic               clk_i,
  input  logic               en_i,
  input  logic signed [63:0] x_i,
  output logic signed [63:0] y_o
);
  function automatic logic signed [63:0] round24(input logic signed [63:0] v);
    logic [38:0] below;
    logic [39:0] unit;
    logic signed [63:0] low;
    below = v[63] ? ~v[62:24] : v[62:24];
    below = below | (below >> 1);
    below = below | (below >> 2);
    below = below | (below >> 4);
    below = below | (below >> 8);
    below = below | (below >> 16);
    below = below | (below >> 32);
    unit = {below, 1'b0} & ~{1'b0, below};
    // Half a unit, less one where the kept part is even: a tie then stays below the carry.
    low = $signed(64'(below));
    round24 = (v + (low >> 1) + $signed({63'd0, (v[39:0] & unit) != 40'd0})) & ~low;
  endfunction

  always_ff @(posedge clk_i) if (en_i) y_o <= round24(x_i);
endmodule

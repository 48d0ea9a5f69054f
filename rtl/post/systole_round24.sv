// IEEE single precision's rounding of an integer: 24 significant bits, nearest, ties to even;
// |x_i| <= 2^62, a cycle later. (systole_requantize has the same as a function.)
//
//     y_o <= RNE24(x_i) if en_i
//
// The excess over 24 bits is the bit length of (|x| >> 24), read from the one's complement: that
// differs from |x| only where |x| is a power of two, which is exact at either excess.
module systole_round24 (
  input  logic               clk_i,
  input  logic               en_i,
  input  logic signed [63:0] x_i,
  output logic signed [63:0] y_o
);
  function automatic logic signed [63:0] round24(input logic signed [63:0] v);
    logic [38:0] rest;
    logic [5:0] excess;
    logic [63:0] below, unit;
    logic odd;
    rest = v[63] ? ~v[62:24] : v[62:24];
    excess = 6'd0;
    if (rest[38:32] != '0) begin
      excess = 6'd32;
      rest = rest >> 32;
    end
    if (rest[31:16] != 16'd0) begin
      excess = excess | 6'd16;
      rest = rest >> 16;
    end
    if (rest[15:8] != 8'd0) begin
      excess = excess | 6'd8;
      rest = rest >> 8;
    end
    if (rest[7:4] != 4'd0) begin
      excess = excess | 6'd4;
      rest = rest >> 4;
    end
    if (rest[3:2] != 2'd0) begin
      excess = excess | 6'd2;
      rest = rest >> 2;
    end
    excess = excess + {4'd0, rest[1:0] == 2'b00 ? 2'd0 : rest[1] ? 2'd2 : 2'd1};
    unit = 64'd1 << excess;
    below = unit - 64'd1;
    // Half a unit, less one where the kept part is even: a tie then stays below the carry.
    odd = excess != 6'd0 && (v & $signed(unit)) != 0;
    round24 = (v + $signed(below >> 1) + $signed({63'd0, odd})) & $signed(~below);
  endfunction

  always_ff @(posedge clk_i) if (en_i) y_o <= round24(x_i);
endmodule

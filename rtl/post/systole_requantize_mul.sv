// The multiplier of one requantize lane: signed 33 bit times unsigned 31 bit, exact in 64 bits.
//
//     p_o = x_i * m_i = (x_i * high) * 2^16 + x_i * low
//     low = m_i[15:0] as a signed number, high = m_i[30:16] + m_i[15]
//
// With sum_valid_i beside en_i the result is sum_a_i + sum_b_i instead: a number that is a product
// already.
// Latency: 2 cycles. x_i and m_i are sampled with en_i; en_i one cycle later samples the partial
// products (en1_i). No reset: what the registers hold without an enable is never used.
module systole_requantize_mul (
  input  logic               clk_i,
  input  logic               en_i,   // operands valid
  input  logic               en1_i,  // en_i, one cycle later
  input  logic signed [32:0] x_i,
  input  logic [30:0]        m_i,
  input  logic               sum_valid_i,
  input  logic signed [63:0] sum_a_i,
  input  logic signed [63:0] sum_b_i,
  output logic signed [63:0] p_o
);
  logic signed [48:0] low, high;
  logic signed [63:0] low_q, high_q;

  systole_booth #(.A_W(33), .DIGITS(8)) u_low (
    .used_i(en_i), .a_i(x_i), .b_i({m_i[15:0], 1'b0}), .p_o(low)
  );
  systole_booth #(.A_W(33), .DIGITS(8)) u_high (
    .used_i(en_i), .a_i(x_i), .b_i({1'b0, m_i[30:15]}), .p_o(high)
  );

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      low_q <= sum_valid_i ? sum_a_i : 64'(low);
      high_q <= sum_valid_i ? sum_b_i : 64'(high) <<< 16;
    end
    if (en1_i) p_o <= high_q + low_q;
  end
endmodule

// The multiplier of one requantize lane: signed 33 bit times unsigned 31 bit, exact in 64 bits.
//
//     p_o = x_i * m_i = (x_i * m_i[30:16]) * 2^16 + x_i * m_i[15:0]
//
// With sum_valid_i beside en_i the result is sum_i instead: a number that is a product already.
// Latency: 2 cycles. x_i and m_i are sampled with en_i; en_i one cycle later samples the partial
// products (en1_i). No reset: what the registers hold without an enable is never used.
module systole_requantize_mul (
  input  logic               clk_i,
  input  logic               en_i,   // operands valid
  input  logic               en1_i,  // en_i, one cycle later
  input  logic signed [32:0] x_i,
  input  logic [30:0]        m_i,
  input  logic               sum_valid_i,
  input  logic signed [63:0] sum_i,
  output logic signed [63:0] p_o
);
  logic signed [63:0] low_q, high_q;

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      low_q <= 64'(x_i) * $signed({48'b0, m_i[15:0]});
      high_q <= 64'(x_i) * $signed({49'b0, m_i[30:16]});
      if (sum_valid_i) begin
        low_q <= sum_i;
        high_q <= '0;
      end
    end
    if (en1_i) p_o <= (high_q <<< 16) + low_q;
  end
endmodule

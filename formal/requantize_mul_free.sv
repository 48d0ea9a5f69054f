// Stands for systole_requantize_mul in the proof: any product at all, whatever the operands.
// (requantize_proof.sv sees operands and product; that the real multiplier multiplies is proved in
// requantize_mul_proof.sv.)
module systole_requantize_mul (
  input  logic               clk_i,
  input  logic               en_i,
  input  logic               en1_i,
  input  logic signed [32:0] x_i,
  input  logic [30:0]        m_i,
  input  logic               sum_valid_i,
  input  logic signed [63:0] sum_a_i,
  input  logic signed [63:0] sum_b_i,
  output logic signed [63:0] p_o
);
  (* anyseq *) wire signed [63:0] any;
  assign p_o = any;
endmodule

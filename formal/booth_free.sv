// Stands for systole_booth in the multiplier's proof: any product at all, whatever the operands.
// (requantize_mul_proof.sv sees operands and product; that the real one is right is proved in
// booth_proof.sv.)
module systole_booth #(
  parameter int A_W = 8,
  parameter int DIGITS = 4
) (
  input  logic                           used_i,
  input  logic signed [A_W-1:0]          a_i,
  input  logic [2*DIGITS:0]              b_i,
  output logic signed [A_W+2*DIGITS-1:0] p_o
);
  (* anyseq *) wire signed [A_W+2*DIGITS-1:0] any;
  assign p_o = any;
endmodule

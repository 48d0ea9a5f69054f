// Proof that systole_requantize_mul gives, two cycles later and for every operand, whatever goes on
// around,
//
//     p = x * (m / 2^16) * 2^16 + x * (m mod 2^16)
//
// exactly. That this is x * m is the distributive law (no solver multiplies 33 by 31 bits in
// another way in any useful time); the product itself is compared in simulation, on sixty
// million vectors (tests/rtl_post).
module requantize_mul_proof (
  input  logic clk_i
);
  (* anyconst *) wire signed [32:0] x;
  (* anyconst *) wire [30:0] m;
  (* anyseq *) wire signed [32:0] other_x;
  (* anyseq *) wire [30:0] other_m;
  (* anyseq *) wire other_en, other_en1;

  reg [1:0] step = 2'd0;
  always @(posedge clk_i) step <= step + 2'd1;

  wire signed [63:0] p;
  systole_requantize_mul u_dut (
    .clk_i, .en_i(step == 2'd0 || other_en), .en1_i(step == 2'd1 || other_en1),
    .x_i(step == 2'd0 ? x : other_x), .m_i(step == 2'd0 ? m : other_m), .sum_valid_i(1'b0),
    .sum_i(64'd0), .p_o(p)
  );

  wire signed [63:0] wide_x = {{31{x[32]}}, x};
  wire signed [63:0] upper = {49'd0, m[30:16]};
  wire signed [63:0] lower = {48'd0, m[15:0]};
  always @* if (step == 2'd2) assert (p == ((wide_x * upper) <<< 16) + wide_x * lower);
endmodule

// Proof that systole_requantize_mul gives, two cycles later and for every operand, whatever goes on
// around,
//
//     p = (x * high) * 2^16 + x * low,    low = m mod 2^16 as a signed number,
//                                         high = m / 2^16 + bit 15 of m
//
// exactly, whatever the two products are; systole_booth's are right (booth_proof.sv). That this is
// x * m is the distributive law; the product itself is compared in simulation, on sixty million
// vectors (tests/rtl_post).
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
    .sum_a_i(64'd0), .sum_b_i(64'd0), .p_o(p)
  );

  // What goes into the two products and what comes out, wired by prove.sh; any products here.
  (* keep *) wire signed [32:0] dut_low_a, dut_high_a;
  (* keep *) wire [16:0] dut_low_b, dut_high_b;
  (* keep *) wire signed [48:0] dut_low, dut_high;
  reg signed [48:0] low_q, high_q;
  always @(posedge clk_i) if (step == 2'd0) {low_q, high_q} <= {dut_low, dut_high};

  wire signed [63:0] upper = {{15{high_q[48]}}, high_q};
  wire signed [63:0] lower = {{15{low_q[48]}}, low_q};
  always @* begin
    if (step == 2'd0) begin
      assert (dut_low_a == x && dut_low_b == {m[15:0], 1'b0});
      assert (dut_high_a == x && dut_high_b == {1'b0, m[30:15]});
    end
    if (step == 2'd2) assert (p == (upper <<< 16) + lower);
  end
endmodule

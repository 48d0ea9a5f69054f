// Proof that systole_requantize does what requantize_spec says, for every input of one mode.
//
// In step 0 arbitrary constants enter the unit; its registers hold anything, and anything may enter
// before and after, so six steps from an unknown state are a full proof of a five-cycle pipeline,
// not a bounded one.
//   step 1: the operands at the multiplier are the specified ones, and it is enabled
//   step 3: the product is assumed to be any number that |x| <= 2^31 and m < 2^31 can give
//   step 5: the result is valid and right, and the multiplier was enabled in step 2 too; float32:
//           right for the number that is the product to 24 bits
// dut_* are ports and registers inside the unit, wired by prove.sh.
module requantize_proof #(
  parameter int MODE = 0,
  parameter int EIGHT = 8,  // only shifts from 8 * EIGHT to 8 * EIGHT + 7; 8: all
  parameter int STEP = 5,  // which of the steps below is proved: 1, 5
  parameter int ROUNDINGS = 63
) (
  input  logic clk_i
);
  (* anyconst *) wire signed [31:0] acc;
  (* anyconst *) wire [30:0] m;
  (* anyconst *) wire [5:0] s;
  (* anyconst *) wire signed [7:0] zy, lo, hi;
  (* anyseq *) wire other_valid;
  (* anyseq *) wire [31:0] other_acc;
  (* anyseq *) wire [63:0] other;
  wire [2:0] mode = MODE[2:0];

  reg [2:0] step = 3'd0;
  always @(posedge clk_i) step <= step + 3'd1;
  wire enters = step == 3'd0;

  wire valid;
  wire [7:0] y;
  systole_requantize #(.ROUNDINGS(ROUNDINGS)) u_dut (
    .clk_i, .rst_ni(1'b1), .clear_i(1'b0), .any_i(1'b1), .valid_i(enters || other_valid),
    .acc_i(enters ? acc : other_acc), .m_i(enters ? m : other[30:0]),
    .s_i(enters ? s : other[36:31]), .mode_i(enters ? mode : other[39:37]),
    .mode3_i(step == 3'd3 ? mode : other[39:37]), .mode4_i(step == 3'd4 ? mode : other[39:37]),
    .zy4_i(step == 3'd4 ? zy : other[47:40]), .lo4_i(step == 3'd4 ? lo : other[55:48]),
    .hi4_i(step == 3'd4 ? hi : other[63:56]), .sum_valid_i(1'b0), .sum_a_i(64'd0), .sum_b_i(64'd0),
    .valid_o(valid), .y_o(y)
  );

  (* keep *) wire signed [32:0] dut_x;
  (* keep *) wire [30:0] dut_m;
  (* keep *) wire dut_en, dut_en1;
  (* keep *) wire signed [63:0] dut_p;
  (* anyconst *) wire signed [63:0] first;

  reg signed [63:0] p_q;
  reg en1_q;
  always @(posedge clk_i) begin
    if (step == 3'd2) en1_q <= dut_en1;
    if (step == 3'd3) p_q <= dut_p;
  end

  wire x_ok, first_ok, y_ok;
  requantize_spec u_spec (
      .mode_i(mode),
      .s_i(s),
      .acc_i(acc),
      .x_i(dut_x),
      .x_ok_o(x_ok),
      .p_i(p_q),
      .first_i(first),
      .first_ok_o(first_ok),
      .zy_i(zy),
      .lo_i(lo),
      .hi_i(hi),
      .y_i(y),
      .y_ok_o(y_ok)
  );

  localparam signed [63:0] MOST = 64'sd2147483648 * 64'sd2147483647;
  always @* begin
    assume (s <= 6'd62);
    assume (lo <= hi);
    if (EIGHT < 8) assume (s[5:3] == EIGHT[2:0]);
    if (step == 3'd3) assume (dut_p >= -MOST && dut_p <= MOST);
    if (STEP == 1 && step == 3'd1) assert (dut_en && x_ok && dut_m == m);
    if (mode == systole_pkg::ROUND_FLOAT32 && step == 3'd5) assume (first_ok);
    if (STEP == 5 && step == 3'd5) assert (en1_q && valid && y_ok);
  end
endmodule

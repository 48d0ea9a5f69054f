// Processing element of the row-stationary array: three scratch pads (spads), one
// multiply-accumulate a cycle, no control. Its row (systole_rs_sequencer) says what to do, the same
// for all columns.
//
//   input    ifmap[word] <= byte `lane` of the vector, if its number is `phase`:
//            place_i + s_i = phase VECTOR + lane, the input row q Hs + s of this element
//   stage A  x_q <= ifmap[x_addr_i] (x_re_i; held while M0 weights meet it); weights[w_addr_i] read
//   stage B  product <= x_q * weight
//   stage C  sum = (init_i ? 0 : psum[m_i]) + product;  psum[m_i] <= sum, or with emit_i
//            chain_o <= chain_i + sum; without a sum that leaves, chain_o <= chain_i
//
// A byte or weight written in a cycle is read from the next one on. PSUM_W bits hold the sum of
// 2^(PSUM_W - 15) - 1 products. Registers without reset: the control beside them says what counts.
module systole_rs_pe #(
  parameter int VECTOR = 16,      // bytes of a vector, a power of two
  parameter int IFMAP_SPAD = 32,  // words, a power of two
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16,
  parameter int PSUM_W = 24,
  parameter int CHAIN_W = 28,
  parameter int PLACE_W = 9,
  parameter int INDEX_W = 8,
  localparam int LB = $clog2(VECTOR),
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int WA = $clog2(WGT_SPAD),
  localparam int MA = (PSUM_SPAD > 1) ? $clog2(PSUM_SPAD) : 1
) (
  input  logic clk_i,

  // Column and row constants
  input  logic [PLACE_W-1:0] place_i,
  input  logic [PLACE_W-1:0] s_i,

  // Vector, numbered from the first one that is this row's
  input  logic                vec_valid_i,
  input  logic [INDEX_W-1:0]  vec_index_i,
  input  logic [XA-1:0]       vec_word_i,
  input  logic [8*VECTOR-1:0] vec_i,

  // Weight
  input  logic          wgt_we_i,
  input  logic [WA-1:0] wgt_addr_i,
  input  logic [7:0]    wgt_i,

  // systole_rs_sequencer
  input  logic          x_re_i,
  input  logic [XA-1:0] x_addr_i,
  input  logic          w_re_i,
  input  logic [WA-1:0] w_addr_i,
  input  logic          mul_i,
  input  logic          add_i,
  input  logic          init_i,
  input  logic          emit_i,
  input  logic [MA-1:0] m_i,

  // Element above, element below
  input  logic [CHAIN_W-1:0] chain_i,
  output logic [CHAIN_W-1:0] chain_o
);
  function automatic logic signed [15:0] times(input logic signed [7:0] x,
                                               input logic signed [7:0] y);
    times = x * y;
  endfunction

  // ---- Inputs: the byte of this element's diagonal.
  logic [7:0] ifmap_q[0:IFMAP_SPAD-1];
  logic [PLACE_W-1:0] place;
  logic [INDEX_W-1:0] phase;
  assign place = place_i + s_i;
  assign phase = INDEX_W'(place >> LB);
  always_ff @(posedge clk_i) begin
    if (vec_valid_i) begin
      if (vec_index_i == phase) ifmap_q[vec_word_i] <= vec_i[8*place[LB-1:0] +: 8];
    end
  end

  // ---- Stage A, B.
  logic [7:0] x_q, weight;
  logic [15:0] product_q;
  systole_sram #(.WIDTH(8), .DEPTH(WGT_SPAD)) u_weights (
    .clk_i(clk_i), .any_i(w_re_i || wgt_we_i), .we_i(wgt_we_i), .waddr_i(wgt_addr_i),
    .wdata_i(wgt_i), .re_i(w_re_i), .raddr_i(w_addr_i), .rdata_o(weight)
  );
  always_ff @(posedge clk_i) begin
    if (x_re_i) x_q <= ifmap_q[x_addr_i];
    if (mul_i) product_q <= times(x_q, weight);
  end

  // ---- Stage C.
  logic [PSUM_W-1:0] psum_q[0:PSUM_SPAD-1];
  logic [PSUM_W-1:0] sum;
  assign sum = (init_i ? '0 : psum_q[m_i]) + PSUM_W'($signed(product_q));
  always_ff @(posedge clk_i) begin
    if (add_i && !emit_i) psum_q[m_i] <= sum;
    chain_o <= (add_i && emit_i) ? chain_i + CHAIN_W'($signed(sum)) : chain_i;
  end
endmodule

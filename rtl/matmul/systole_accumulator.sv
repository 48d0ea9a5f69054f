// One column of accumulators: two halves of ACC_DEPTH entries of 32 bits, 1R1W memories,
// read-modify-write in three cycles.
//
//   t    psum_i is here (take_i); unless it is the first of its sum its entry is read (re_i[half])
//   t+1  sum = psum + (first ? 0 : entry)  (add_i)
//   t+2  sum is written (we_i[half]), to be read from t+3 on
//
// POST reads in a cycle of its own choice, data in the next; where MATMUL reads the same half,
// MATMUL wins.
`include "systole_assert.svh"

module systole_accumulator #(
  parameter int ACC_DEPTH = 128,
  localparam int AW = $clog2(ACC_DEPTH)
) (
  input  logic clk_i,

  // systole_accumulators: control of the vectors in their cycles t, t+1, t+2
  input  logic [1:0]    any_i,  // of a half: there is one, or POST reads it; 1 will do
  input  logic          take_i,
  input  logic [1:0]    re_i,
  input  logic [AW-1:0] re_entry_i,
  input  logic          add_i,
  input  logic          first1_i,
  input  logic          half1_i,
  input  logic [1:0]    we_i,
  input  logic [AW-1:0] we_entry_i,

  // systole_array
  input  logic [31:0] psum_i,

  // systole_post
  input  logic          post_re_i,
  input  logic          post_half_i,
  input  logic [AW-1:0] post_entry_i,
  output logic [31:0]   post_data_o
);
  logic post_half_q;
  logic [31:0] psum_q, sum_q, rdata0, rdata1;

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i != 2'd0)) begin
      if (take_i) psum_q <= psum_i;
      if (add_i) sum_q <= psum_q + (first1_i ? 32'd0 : half1_i ? rdata1 : rdata0);
      if (post_re_i) post_half_q <= post_half_i;
    end
  end
  assign post_data_o = post_half_q ? rdata1 : rdata0;

  logic any0, any1, re0, re1;
  logic [AW-1:0] raddr0, raddr1;
  assign {any1, any0} = any_i;
  assign {re1, re0} = re_i;
  always_comb begin
    if (`SYSTOLE_ANY(any0)) raddr0 = re0 ? re_entry_i : post_entry_i;
    else raddr0 = 'x;
  end
  always_comb begin
    if (`SYSTOLE_ANY(any1)) raddr1 = re1 ? re_entry_i : post_entry_i;
    else raddr1 = 'x;
  end

  systole_sram #(.WIDTH(32), .DEPTH(ACC_DEPTH)) u_half0 (
    .clk_i(clk_i), .any_i(any0), .we_i(we_i[0]), .waddr_i(we_entry_i), .wdata_i(sum_q),
    .re_i(re0 || (post_re_i && !post_half_i)), .raddr_i(raddr0), .rdata_o(rdata0)
  );
  systole_sram #(.WIDTH(32), .DEPTH(ACC_DEPTH)) u_half1 (
    .clk_i(clk_i), .any_i(any1), .we_i(we_i[1]), .waddr_i(we_entry_i), .wdata_i(sum_q),
    .re_i(re1 || (post_re_i && post_half_i)), .raddr_i(raddr1), .rdata_o(rdata1)
  );
endmodule

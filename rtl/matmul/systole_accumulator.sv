// One column of accumulators: two halves of ACC_DEPTH entries of 32 bits, 1R1W memories,
// read-modify-write in three cycles.
//
//   t    psum_i and its control are here; unless first_i the entry is read
//   t+1  sum = psum + (first ? 0 : entry); the control is on its way to the next column (*_o), as
//        is the psum
//   t+2  sum is written, to be read from t+3 on
//
// POST reads in a cycle of its own choice, data in the next. Both reading one half in a cycle:
// conflict_o (MATMUL wins).
module systole_accumulator #(
  parameter int ACC_DEPTH = 128,
  localparam int AW = $clog2(ACC_DEPTH)
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // the column to the left (column 0: systole_matmul)
  input  logic          valid_i,
  input  logic          first_i,
  input  logic          half_i,
  input  logic [AW-1:0] entry_i,
  // the column to the right, one cycle later
  output logic          valid_o,
  output logic          first_o,
  output logic          half_o,
  output logic [AW-1:0] entry_o,

  // systole_array
  input  logic [31:0] psum_i,

  // systole_post
  input  logic          post_re_i,
  input  logic          post_half_i,
  input  logic [AW-1:0] post_entry_i,
  output logic [31:0]   post_data_o,

  output logic conflict_o
);
  logic mm_re, valid_q, half_q, post_half_q;
  logic [AW-1:0] entry_q;
  logic [31:0] psum_q, sum_q, rdata0, rdata1;
  assign mm_re = valid_i && !first_i;
  assign conflict_o = mm_re && post_re_i && half_i == post_half_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      valid_q <= 1'b0;
    end else if (clear_i) begin
      valid_o <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      valid_o <= valid_i;
      valid_q <= valid_o;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      first_o <= first_i;
      half_o <= half_i;
      entry_o <= entry_i;
      psum_q <= psum_i;
    end
    if (valid_o) begin
      half_q <= half_o;
      entry_q <= entry_o;
      sum_q <= psum_q + (first_o ? 32'd0 : half_o ? rdata1 : rdata0);
    end
    if (post_re_i) post_half_q <= post_half_i;
  end
  assign post_data_o = post_half_q ? rdata1 : rdata0;

  logic mm_re0, mm_re1;
  assign mm_re0 = mm_re && !half_i;
  assign mm_re1 = mm_re && half_i;
  systole_sram #(.WIDTH(32), .DEPTH(ACC_DEPTH)) u_half0 (
    .clk_i(clk_i), .we_i(valid_q && !half_q), .waddr_i(entry_q), .wdata_i(sum_q),
    .re_i(mm_re0 || (post_re_i && !post_half_i)), .raddr_i(mm_re0 ? entry_i : post_entry_i),
    .rdata_o(rdata0)
  );
  systole_sram #(.WIDTH(32), .DEPTH(ACC_DEPTH)) u_half1 (
    .clk_i(clk_i), .we_i(valid_q && half_q), .waddr_i(entry_q), .wdata_i(sum_q),
    .re_i(mm_re1 || (post_re_i && post_half_i)), .raddr_i(mm_re1 ? entry_i : post_entry_i),
    .rdata_o(rdata1)
  );
endmodule

// The accumulators of all columns: systole_accumulator side by side, the control of a vector
// passing from column to column one cycle behind the other, as the array's sums do. Column COLS is
// the row sum (0 without ROW_SUM).
`include "systole_assert.svh"

module systole_accumulators #(
  parameter int COLS = 16,
  parameter int ACC_DEPTH = 128,
  parameter int ROW_SUM = 1,
  localparam int AW = $clog2(ACC_DEPTH)
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_matmul: of the psum that is at column 0
  input  logic          valid_i,
  input  logic          first_i,
  input  logic          half_i,
  input  logic [AW-1:0] entry_i,

  // systole_array
  input  logic [32*COLS-1:0] psum_i,
  input  logic [15:0]        rowsum_i,

  // systole_post: all columns of an entry, data in the next cycle
  input  logic                            post_re_i,
  input  logic                            post_half_i,
  input  logic [systole_pkg::ENTRY_W-1:0] post_entry_i,
  output logic [32*(COLS+1)-1:0]          post_data_o,

  output logic conflict_o
);
  localparam int LAST = ROW_SUM != 0 ? COLS : COLS - 1;  // column

  // Bit (or entry) k: of the vector that was at column 0 k cycles ago; it is at column k.
  logic [LAST+2:0] valid, half;
  logic [LAST+1:0] first;
  logic [AW*(LAST+3)-1:0] entry;
  logic [LAST+2:1] valid_q, half_q;
  logic [LAST+1:1] first_q;
  logic [AW*(LAST+2)-1:0] entry_q;
  assign valid = {valid_q, valid_i};
  assign first = {first_q, first_i};
  assign half = {half_q, half_i};
  assign entry = {entry_q, entry_i};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (clear_i) valid_q <= '0;
    else valid_q <= valid[LAST+1:0];
  end
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(valid != '0)) begin
      first_q <= first[LAST:0];
      half_q <= half[LAST+1:0];
      entry_q <= entry[AW*(LAST+2)-1:0];
    end
  end

  logic [1:0] any;  // a vector of the half is in these cycles, or POST reads it
  logic [LAST:0] re0, re1, we0, we1;
  assign any[0] = `SYSTOLE_ANY((valid & ~half) != '0 || (post_re_i && !post_half_i));
  assign any[1] = `SYSTOLE_ANY((valid & half) != '0 || (post_re_i && post_half_i));
  assign re0 = valid[LAST:0] & ~first[LAST:0] & ~half[LAST:0];
  assign re1 = valid[LAST:0] & ~first[LAST:0] & half[LAST:0];
  assign we0 = valid[LAST+2:2] & ~half[LAST+2:2];
  assign we1 = valid[LAST+2:2] & half[LAST+2:2];

  assign conflict_o = post_re_i && (post_half_i ? re1 : re0) != '0;

  for (genvar c = 0; c <= COLS; c++) begin : gen_col
    if (c < COLS || ROW_SUM != 0) begin : gen_acc
      logic [31:0] psum;
      if (c < COLS) begin : gen_psum
        assign psum = psum_i[32*c +: 32];
      end else begin : gen_rowsum
        assign psum = 32'($signed(rowsum_i));
      end
      systole_accumulator #(.ACC_DEPTH(ACC_DEPTH)) u_acc (
        .clk_i(clk_i), .any_i(any), .take_i(valid[c]), .re_i({re1[c], re0[c]}),
        .re_entry_i(entry[AW*c +: AW]), .add_i(valid[c+1]), .first1_i(first[c+1]),
        .half1_i(half[c+1]), .we_i({we1[c], we0[c]}), .we_entry_i(entry[AW*(c+2) +: AW]),
        .psum_i(psum), .post_re_i(post_re_i), .post_half_i(post_half_i),
        .post_entry_i(post_entry_i[AW-1:0]), .post_data_o(post_data_o[32*c +: 32])
      );
    end else begin : gen_none
      assign post_data_o[32*c +: 32] = '0;
    end
  end
endmodule

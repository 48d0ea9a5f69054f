// The accumulators of all columns: systole_accumulator side by side, the control of a vector
// passing from column to column one cycle behind the other, as the array's sums do. Column COLS is
// the row sum (0 without ROW_SUM).
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
  logic [COLS:0] conflicts;
  assign conflict_o = conflicts != '0;

  for (genvar c = 0; c <= COLS; c++) begin : gen_col
    if (c < COLS || ROW_SUM != 0) begin : gen_acc
      logic valid, first, half, valid_next, first_next, half_next;
      logic [AW-1:0] entry, entry_next;
      logic [31:0] psum;
      if (c == 0) begin : gen_first
        assign valid = valid_i;
        assign first = first_i;
        assign half = half_i;
        assign entry = entry_i;
      end else begin : gen_next
        assign valid = gen_col[c-1].gen_acc.valid_next;
        assign first = gen_col[c-1].gen_acc.first_next;
        assign half = gen_col[c-1].gen_acc.half_next;
        assign entry = gen_col[c-1].gen_acc.entry_next;
      end
      if (c < COLS) begin : gen_psum
        assign psum = psum_i[32*c +: 32];
      end else begin : gen_rowsum
        assign psum = 32'($signed(rowsum_i));
      end
      systole_accumulator #(.ACC_DEPTH(ACC_DEPTH)) u_acc (
        .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(valid), .first_i(first),
        .half_i(half), .entry_i(entry), .valid_o(valid_next), .first_o(first_next),
        .half_o(half_next), .entry_o(entry_next), .psum_i(psum), .post_re_i(post_re_i),
        .post_half_i(post_half_i), .post_entry_i(post_entry_i[AW-1:0]),
        .post_data_o(post_data_o[32*c +: 32]), .conflict_o(conflicts[c])
      );
    end else begin : gen_none
      assign post_data_o[32*c +: 32] = '0;
      assign conflicts[c] = 1'b0;
    end
  end
endmodule

// The accumulators of all columns: systole_accumulator side by side, the control of a vector
// passing from column to column one cycle behind the other, as the array's sums do. Column COLS is
// the row sum (0 without ROW_SUM).
//
// Input stationary (DIAGONAL = 1; input_i of a vector) a column is a pixel and a vector a filter:
// column c's sum goes to entry entry_i - c, c <= pixels_i. All of a vector's meet their
// accumulators in one cycle, that of column COLS - 1, in a bank each, so that POST still finds an
// entry's filters side by side:
//
//   sum of filter f, entry e        is in bank (e + f) mod COLS, at address e;  no row sum
//   turn_i = (entry_i + f) mod COLS:  bank b takes column c = (turn_i - b) mod COLS
//   POST: column j of entry e       is bank (e + j) mod COLS where diagonal_i of the half says so
`include "systole_assert.svh"

module systole_accumulators #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int ACC_DEPTH = 128,
  parameter int ROW_SUM = 1,
  parameter int DIAGONAL = 0,
  localparam int AW = $clog2(ACC_DEPTH),
  localparam int CW = $clog2(COLS)
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_matmul: of the psum that is at column 0
  input  logic          valid_i,
  input  logic          first_i,
  input  logic          half_i,
  input  logic [AW-1:0] entry_i,
  input  logic          input_i,
  input  logic [CW-1:0] turn_i,
  input  logic [CW-1:0] pixels_i,

  // systole_array
  input  logic [32*COLS-1:0] psum_i,
  input  logic [15:0]        rowsum_i,

  // systole_matmul: of a half
  input  logic [1:0] diagonal_i,

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
  logic [LAST+2:0] straight;  // a vector that passes from column to column
  assign re0 = straight[LAST:0] & ~first[LAST:0] & ~half[LAST:0];
  assign re1 = straight[LAST:0] & ~first[LAST:0] & half[LAST:0];
  assign we0 = straight[LAST+2:2] & ~half[LAST+2:2];
  assign we1 = straight[LAST+2:2] & half[LAST+2:2];

  // ---- Input stationary: all columns at once, in the cycle of column L and the two after it.
  localparam int L = COLS - 1;
  localparam int SUM_W = 16 + $clog2(ROWS);  // of ROWS products
  logic here, here1, here2;
  logic [COLS-1:0] mine, mine2;     // banks that take a column, that write one
  logic [AW*COLS-1:0] at, at2;      // their addresses
  logic [SUM_W*COLS-1:0] banked;
  logic [32*COLS-1:0] banks;        // what POST reads
  if (DIAGONAL != 0) begin : gen_diagonal
    function automatic logic [CW-1:0] column(input logic [CW-1:0] turn, input int bank);
      column = (turn >= CW'(bank)) ? turn - CW'(bank) : turn + CW'((COLS - bank) % (1 << CW));
    endfunction
    logic [LAST+2:0] diagonal;
    logic [LAST+2:1] diagonal_q;
    logic [CW-1:0] turn, pixels, turn2, pixels2;
    logic [SUM_W*COLS-1:0] sums, level;  // of column COLS - 1 - r at r
    assign diagonal = {diagonal_q, input_i};
    assign straight = valid & ~diagonal;
    assign here = valid[L] && diagonal[L];
    assign here1 = valid[L+1] && diagonal[L+1];
    assign here2 = valid[L+2] && diagonal[L+2];
    always_ff @(posedge clk_i) diagonal_q <= diagonal[LAST+1:0];
    systole_delay #(.W(2 * CW), .D(L)) u_turn (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({turn_i, pixels_i}),
      .data_o({turn, pixels})
    );
    systole_delay #(.W(2 * CW), .D(2)) u_turn2 (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({turn, pixels}),
      .data_o({turn2, pixels2})
    );
    for (genvar r = 0; r < COLS; r++) begin : gen_sum
      assign sums[SUM_W*r +: SUM_W] = psum_i[32*(COLS-1-r) +: SUM_W];
    end
    systole_skew #(.N(COLS), .W(SUM_W)) u_level (
      .clk_i(clk_i), .valid_i((valid & diagonal) != '0), .data_i(sums), .data_o(level)
    );
    systole_rotate #(.BB(CW), .W(SUM_W), .N(COLS)) u_to_banks (
      .used_i(here), .amount_i(CW'(COLS - 1) - turn), .data_i(level), .data_o(banked)
    );
    for (genvar b = 0; b < COLS; b++) begin : gen_bank
      logic [CW-1:0] taken, written;
      assign taken = column(turn, b);
      assign written = column(turn2, b);
      assign mine[b] = here && taken <= pixels;
      assign mine2[b] = here2 && written <= pixels2;
      assign at[AW*b +: AW] = entry[AW*L +: AW] - AW'(taken);
      assign at2[AW*b +: AW] = entry[AW*(L+2) +: AW] - AW'(written);
    end

    // ---- POST
    logic post_q;
    logic [CW-1:0] back_q;
    always_ff @(posedge clk_i) begin
      post_q <= post_re_i;
      if (post_re_i) begin
        back_q <= diagonal_i[post_half_i] ?
                  CW'(post_entry_i % (systole_pkg::ENTRY_W)'(COLS)) : CW'(0);
      end
    end
    systole_rotate #(.BB(CW), .W(32), .N(COLS)) u_to_columns (
      .used_i(post_q), .amount_i(back_q), .data_i(banks), .data_o(post_data_o[32*COLS-1:0])
    );
  end else begin : gen_straight
    assign straight = valid;
    assign here = 1'b0;
    assign here1 = 1'b0;
    assign here2 = 1'b0;
    assign mine = '0;
    assign mine2 = '0;
    assign at = '0;
    assign at2 = '0;
    assign banked = '0;
    assign post_data_o[32*COLS-1:0] = banks;
  end
  assign conflict_o = post_re_i && ((post_half_i ? re1 : re0) != '0 ||
                                    (mine != '0 && !first[L] && half[L] == post_half_i));

  for (genvar c = 0; c <= COLS; c++) begin : gen_col
    if (c < COLS || ROW_SUM != 0) begin : gen_acc
      logic [31:0] psum, data;
      logic take, add, first1, half1;
      logic [1:0] re, we;
      logic [AW-1:0] re_entry, we_entry;
      if (c < COLS) begin : gen_psum
        assign psum = here ? 32'($signed(banked[SUM_W*c +: SUM_W])) : psum_i[32*c +: 32];
        assign take = straight[c] || mine[c];
        assign re = {re1[c] || (mine[c] && !first[L] && half[L]),
                     re0[c] || (mine[c] && !first[L] && !half[L])};
        assign re_entry = here ? at[AW*c +: AW] : entry[AW*c +: AW];
        assign add = straight[c+1] || here1;
        assign first1 = here1 ? first[L+1] : first[c+1];
        assign half1 = here1 ? half[L+1] : half[c+1];
        assign we = {we1[c] || (mine2[c] && half[L+2]), we0[c] || (mine2[c] && !half[L+2])};
        assign we_entry = here2 ? at2[AW*c +: AW] : entry[AW*(c+2) +: AW];
        assign banks[32*c +: 32] = data;
      end else begin : gen_rowsum
        assign psum = 32'($signed(rowsum_i));
        assign take = straight[c];
        assign re = {re1[c], re0[c]};
        assign re_entry = entry[AW*c +: AW];
        assign add = straight[c+1];
        assign first1 = first[c+1];
        assign half1 = half[c+1];
        assign we = {we1[c], we0[c]};
        assign we_entry = entry[AW*(c+2) +: AW];
        assign post_data_o[32*c +: 32] = data;
      end
      systole_accumulator #(.ACC_DEPTH(ACC_DEPTH)) u_acc (
        .clk_i(clk_i), .any_i(any), .take_i(take), .re_i(re), .re_entry_i(re_entry), .add_i(add),
        .first1_i(first1), .half1_i(half1), .we_i(we), .we_entry_i(we_entry), .psum_i(psum),
        .post_re_i(post_re_i), .post_half_i(post_half_i), .post_entry_i(post_entry_i[AW-1:0]),
        .post_data_o(data)
      );
    end else begin : gen_none
      assign post_data_o[32*c +: 32] = '0;
    end
  end
endmodule

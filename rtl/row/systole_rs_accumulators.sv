// The accumulators of the row-stationary array: COLS systole_accumulator, filled along diagonals,
// so that POST reads a pixel's channels side by side as it does behind the other array.
//
//   entry e of POST is pixel (block, x), e = block COLS + x; its column j holds channel j
//   channel j of pixel x lies in bank (x + j) mod COLS, at address block COLS + j
//
// A cycle of the array gives channel j of all columns x: one address, COLS different banks.
//   t    chain_i is here, channel_i = j: rotated by j to its banks, entry read unless first_i
//   t+1  added        t+2  written
// Columns from columns_i on are not written. POST: rotated back by x, data in the next cycle; the
// other side of a bank's address is (bank - x) mod COLS. Column COLS, the row sum, reads as 0.
`include "systole_assert.svh"

module systole_rs_accumulators #(
  parameter int RS_COLS = 14,
  parameter int COLS = 16,  // a power of two
  parameter int ACC_DEPTH = 128,
  parameter int CHAIN_W = 28,
  localparam int CB = $clog2(COLS),
  localparam int AW = $clog2(ACC_DEPTH),
  localparam int BLOCK_W = (AW > CB) ? AW - CB : 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_rs_control: of the sums that leave the array
  input  logic                          valid_i,
  input  logic                          first_i,
  input  logic                          half_i,
  input  logic [BLOCK_W-1:0]            block_i,
  input  logic [CB-1:0]                 channel_i,
  input  logic [systole_pkg::COL_W-1:0] columns_i,  // that count

  // systole_rs_array
  input  logic [CHAIN_W*RS_COLS-1:0] chain_i,

  // systole_post
  input  logic                            post_re_i,
  input  logic                            post_half_i,
  input  logic [systole_pkg::ENTRY_W-1:0] post_entry_i,
  output logic [32*(COLS+1)-1:0]          post_data_o,

  output logic conflict_o
);
  // ---- t: from columns to banks.
  logic [32*COLS-1:0] sums, banked;
  logic [2*COLS-1:0] mask;
  logic [COLS-1:0] here;  // banks
  always_comb begin
    sums = '0;
    if (`SYSTOLE_ANY(valid_i)) begin
      for (int x = 0; x < RS_COLS; x++) begin
        sums[32*x +: 32] = 32'($signed(chain_i[CHAIN_W*x +: CHAIN_W]));
      end
    end
  end
  systole_rotate #(.BB(CB), .W(32)) u_to_banks (
    .used_i(valid_i), .amount_i(-channel_i), .data_i(sums), .data_o(banked)
  );
  assign mask = {2{~({COLS{1'b1}} << columns_i)}} << channel_i;
  assign here = valid_i ? mask[2*COLS-1:COLS] : '0;

  logic [AW-1:0] entry, entry1_q, entry2_q;
  logic [COLS-1:0] here1_q, here2_q;
  logic first1_q, half1_q, half2_q;
  assign entry = AW'({block_i, channel_i});
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      here1_q <= '0;
      here2_q <= '0;
    end else if (clear_i) begin
      here1_q <= '0;
      here2_q <= '0;
    end else begin
      here1_q <= here;
      here2_q <= here1_q;
    end
  end
  always_ff @(posedge clk_i) begin
    first1_q <= first_i;
    half1_q <= half_i;
    half2_q <= half1_q;
    entry1_q <= entry;
    entry2_q <= entry1_q;
  end
  assign conflict_o = post_re_i && valid_i && !first_i && post_half_i == half_i;

  // ---- POST: each bank's channel of the pixel; back to channels in the next cycle.
  logic [CB-1:0] pixel, pixel_q;
  logic post_q, any;
  logic [32*COLS-1:0] banks;
  assign pixel = post_entry_i[CB-1:0];
  always_ff @(posedge clk_i) begin
    post_q <= post_re_i;
    if (post_re_i) pixel_q <= pixel;
  end
  systole_rotate #(.BB(CB), .W(32)) u_to_channels (
    .used_i(post_q), .amount_i(pixel_q), .data_i(banks), .data_o(post_data_o[32*COLS-1:0])
  );
  assign post_data_o[32*COLS +: 32] = '0;

  assign any = `SYSTOLE_ANY(here != '0 || here1_q != '0 || here2_q != '0 || post_re_i);
  for (genvar b = 0; b < COLS; b++) begin : gen_bank
    logic [CB-1:0] channel;
    logic [AW-1:0] post_entry;
    logic [31:0] data;
    assign channel = CB'(b) - pixel;
    assign post_entry = (AW'(post_entry_i >> CB) << CB) | AW'(channel);
    systole_accumulator #(.ACC_DEPTH(ACC_DEPTH)) u_acc (
      .clk_i(clk_i), .any_i({any, any}), .take_i(here[b]),
      .re_i({here[b] && !first_i && half_i, here[b] && !first_i && !half_i}), .re_entry_i(entry),
      .add_i(here1_q[b]), .first1_i(first1_q), .half1_i(half1_q),
      .we_i({here2_q[b] && half2_q, here2_q[b] && !half2_q}), .we_entry_i(entry2_q),
      .psum_i(banked[32*b +: 32]), .post_re_i(post_re_i), .post_half_i(post_half_i),
      .post_entry_i(post_entry), .post_data_o(data)
    );
    assign banks[32*b +: 32] = data;
  end
endmodule

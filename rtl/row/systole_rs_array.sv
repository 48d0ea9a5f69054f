// RS_ROWS x RS_COLS row-stationary array: rows of elements that hear everything from above, one
// cycle later row by row, and add their sums into chains that go down the columns.
//
//   place_x = (x mod Q1) Hs: the input row of column x = q + Q1 m3 in the elements of s = 0
//
// The four inputs belong together (systole_rs_control): what comes in cycle t is at row y in t + y.
//   mapping  in t: rows use it for vectors from t + 1 on; the columns' places are changed here, for
//            all rows at once: no vector may be on its way
//   vector   number i of those that bring input word n
//   weight   a byte for each row (skewed here), to the columns in the mask
//   start    a step: channel j of every column leaves the last row in
//              t + RS_ROWS + 3 + (RC - 1) M0 + j        j = m2 M0 + m'
`include "systole_assert.svh"

module systole_rs_array #(
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14,
  parameter int VECTOR = 16,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16,
  parameter int PSUM_W = 24,
  parameter int INDEX_W = 8,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int CHAIN_W = PSUM_W + $clog2(RS_ROWS),
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int WA = $clog2(WGT_SPAD),
  localparam int START_W = XA + 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_rs_control: mapping
  input  logic             map_we_i,
  input  logic             depthwise_i,
  input  logic [COL_W-1:0] phases_i,
  input  logic [COL_W-1:0] m2_i,
  input  logic [COL_W-1:0] c2_i,
  input  logic [COL_W-1:0] s1_i,
  input  logic [COL_W-1:0] rc_i,
  input  logic [COL_W-1:0] m0_i,
  input  logic [COL_W-1:0] q1_i,
  input  logic [COL_W-1:0] hs_i,

  // systole_rs_control: step
  input  logic               start_i,
  input  logic [START_W-1:0] start_data_i,  // {half of the weights, sums begin, leave, first word}

  // systole_gather
  input  logic                vec_valid_i,
  input  logic [INDEX_W-1:0]  vec_index_i,
  input  logic [XA-1:0]       vec_word_i,
  input  logic [8*VECTOR-1:0] vec_i,

  // systole_weight_buffer
  input  logic [RS_COLS-1:0]   wgt_mask_i,
  input  logic [WA-1:0]        wgt_addr_i,
  input  logic [8*RS_ROWS-1:0] wgt_i,

  // systole_rs_accumulators
  output logic [CHAIN_W*RS_COLS-1:0] chain_o
);
  localparam int PLACE_W = COL_W + 2;
  localparam int MAP_W = 9 * COL_W + 2 + INDEX_W;

  // ---- Columns.
  logic [PLACE_W*RS_COLS-1:0] places, places_q;
  always_comb begin
    logic [COL_W-1:0] q;
    logic [PLACE_W-1:0] place;
    q = '0;
    place = '0;
    places = '0;
    for (int x = 0; x < RS_COLS; x++) begin
      places[PLACE_W*x +: PLACE_W] = place;
      if (q == q1_i - COL_W'(1)) begin
        q = '0;
        place = '0;
      end else begin
        q = q + COL_W'(1);
        place = place + PLACE_W'(hs_i);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (map_we_i) places_q <= places;
  end

  // ---- Weights: row y's byte y cycles later.
  logic [8*RS_ROWS-1:0] wgt_skewed;
  systole_skew #(.N(RS_ROWS), .W(8)) u_skew (
    .clk_i(clk_i), .valid_i(wgt_mask_i != '0), .data_i(wgt_i), .data_o(wgt_skewed)
  );

  // ---- Rows.
  for (genvar y = 0; y < RS_ROWS; y++) begin : gen_row
    logic map_we_in, map_we, start_in, start, vec_valid_in, vec_valid;
    logic [MAP_W-1:0] map_in, map;
    logic [START_W-1:0] start_data_in, start_data;
    logic [INDEX_W-1:0] vec_index_in, vec_index;
    logic [XA-1:0] vec_word_in, vec_word;
    logic [8*VECTOR-1:0] vec_in, vec;
    logic [RS_COLS-1:0] wgt_mask_in, wgt_mask;
    logic [WA-1:0] wgt_addr_in, wgt_addr;
    logic [CHAIN_W*RS_COLS-1:0] chain_in, chain;
    if (y == 0) begin : gen_top
      assign map_we_in = map_we_i;
      assign map_in = {depthwise_i, phases_i, m2_i, c2_i, s1_i, rc_i, m0_i, 1'b1, INDEX_W'(0),
                       COL_W'(0), COL_W'(0), COL_W'(0)};
      assign start_in = start_i;
      assign start_data_in = start_data_i;
      assign vec_valid_in = vec_valid_i;
      assign vec_index_in = vec_index_i;
      assign vec_word_in = vec_word_i;
      assign vec_in = vec_i;
      assign wgt_mask_in = wgt_mask_i;
      assign wgt_addr_in = wgt_addr_i;
      assign chain_in = '0;
    end else begin : gen_below
      assign map_we_in = gen_row[y-1].map_we;
      assign map_in = gen_row[y-1].map;
      assign start_in = gen_row[y-1].start;
      assign start_data_in = gen_row[y-1].start_data;
      assign vec_valid_in = gen_row[y-1].vec_valid;
      assign vec_index_in = gen_row[y-1].vec_index;
      assign vec_word_in = gen_row[y-1].vec_word;
      assign vec_in = gen_row[y-1].vec;
      assign wgt_mask_in = gen_row[y-1].wgt_mask;
      assign wgt_addr_in = gen_row[y-1].wgt_addr;
      assign chain_in = gen_row[y-1].chain;
    end
    systole_rs_row #(
      .RS_COLS(RS_COLS), .VECTOR(VECTOR), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD),
      .PSUM_SPAD(PSUM_SPAD), .PSUM_W(PSUM_W), .CHAIN_W(CHAIN_W), .PLACE_W(PLACE_W),
      .INDEX_W(INDEX_W)
    ) u_row (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .places_i(places_q), .map_we_i(map_we_in),
      .map_i(map_in), .map_we_o(map_we), .map_o(map), .start_i(start_in),
      .start_data_i(start_data_in), .start_o(start), .start_data_o(start_data),
      .vec_valid_i(vec_valid_in), .vec_index_i(vec_index_in), .vec_word_i(vec_word_in),
      .vec_i(vec_in), .vec_valid_o(vec_valid), .vec_index_o(vec_index), .vec_word_o(vec_word),
      .vec_o(vec), .wgt_mask_i(wgt_mask_in), .wgt_addr_i(wgt_addr_in), .wgt_i(wgt_skewed[8*y +: 8]),
      .wgt_mask_o(wgt_mask), .wgt_addr_o(wgt_addr), .chain_i(chain_in), .chain_o(chain)
    );
  end
  assign chain_o = gen_row[RS_ROWS-1].chain;
endmodule

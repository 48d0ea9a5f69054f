// One row of the row-stationary array: its place in the mapping, a sequencer, RS_COLS elements.
// Everything that comes from the row above goes on to the row below one cycle later: the mapping,
// the start pulse (later where the row lags), the vector, the weights' address; the chain of sums
// once it has passed the elements.
`include "systole_assert.svh"

module systole_rs_row #(
  parameter int RS_COLS = 14,
  parameter int VECTOR = 16,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16,
  parameter int PSUM_W = 24,
  parameter int CHAIN_W = 28,
  parameter int PLACE_W = 9,
  parameter int INDEX_W = 8,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int WA = $clog2(WGT_SPAD),
  localparam int MA = (PSUM_SPAD > 1) ? $clog2(PSUM_SPAD) : 1,
  localparam int START_W = XA + 3,
  localparam int MAP_W = 9 * COL_W + 2 + INDEX_W
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // Columns: input row of row s = 0's element
  input  logic [PLACE_W*RS_COLS-1:0] places_i,

  // Mapping (systole_rs_place)
  input  logic             map_we_i,
  input  logic [MAP_W-1:0] map_i,
  output logic             map_we_o,
  output logic [MAP_W-1:0] map_o,

  // Start pulse (systole_rs_sequencer)
  input  logic               start_i,
  input  logic [START_W-1:0] start_data_i,
  output logic               start_o,
  output logic [START_W-1:0] start_data_o,

  // Vector of input rows
  input  logic                vec_valid_i,
  input  logic [INDEX_W-1:0]  vec_index_i,
  input  logic [XA-1:0]       vec_word_i,
  input  logic [8*VECTOR-1:0] vec_i,
  output logic                vec_valid_o,
  output logic [INDEX_W-1:0]  vec_index_o,
  output logic [XA-1:0]       vec_word_o,
  output logic [8*VECTOR-1:0] vec_o,

  // Weight of the columns in the mask
  input  logic [RS_COLS-1:0] wgt_mask_i,
  input  logic [WA-1:0]      wgt_addr_i,
  input  logic [7:0]         wgt_i,
  output logic [RS_COLS-1:0] wgt_mask_o,
  output logic [WA-1:0]      wgt_addr_o,

  // Sums
  input  logic [CHAIN_W*RS_COLS-1:0] chain_i,
  output logic [CHAIN_W*RS_COLS-1:0] chain_o
);
  // ---- Place.
  logic used, lag;
  logic [MAP_W-1:0] map_q;
  logic [COL_W-1:0] m0, rc, s;
  logic [INDEX_W-1:0] first, vec_index;
  systole_rs_place #(.INDEX_W(INDEX_W)) u_place (
    .map_i(map_q), .below_o(map_o), .m0_o(m0), .rc_o(rc), .s_o(s), .first_o(first), .used_o(used),
    .lag_o(lag)
  );

  // ---- Sequencer.
  logic go, x_re, w_re, mul, add, init, emit;
  logic [START_W-1:0] go_data;
  logic [XA-1:0] x_addr;
  logic [WA-1:0] w_addr;
  logic [MA-1:0] m;
  systole_rs_sequencer #(
    .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
  ) u_sequencer (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .used_i(used), .lag_i(lag), .m0_i(m0),
    .rc_i(rc), .start_i(start_i), .start_data_i(start_data_i), .go_o(go), .go_data_o(go_data),
    .x_re_o(x_re), .x_addr_o(x_addr), .w_re_o(w_re), .w_addr_o(w_addr), .mul_o(mul), .add_o(add),
    .init_o(init), .emit_o(emit), .m_o(m)
  );

  // ---- To the row below.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      map_we_o <= 1'b0;
      start_o <= 1'b0;
      vec_valid_o <= 1'b0;
      wgt_mask_o <= '0;
    end else if (clear_i) begin
      map_we_o <= 1'b0;
      start_o <= 1'b0;
      vec_valid_o <= 1'b0;
      wgt_mask_o <= '0;
    end else begin
      map_we_o <= map_we_i;
      start_o <= go;
      vec_valid_o <= vec_valid_i;
      wgt_mask_o <= wgt_mask_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (map_we_i) map_q <= map_i;
    if (go) start_data_o <= go_data;
    if (vec_valid_i) begin
      vec_index_o <= vec_index_i;
      vec_word_o <= vec_word_i;
      vec_o <= vec_i;
    end
    if (wgt_mask_i != '0) wgt_addr_o <= wgt_addr_i;
  end

  // ---- Elements.
  assign vec_index = vec_index_i - first;
  for (genvar x = 0; x < RS_COLS; x++) begin : gen_pe
    logic [CHAIN_W-1:0] chain;
    systole_rs_pe #(
      .VECTOR(VECTOR), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD),
      .PSUM_W(PSUM_W), .CHAIN_W(CHAIN_W), .PLACE_W(PLACE_W), .INDEX_W(INDEX_W)
    ) u_pe (
      .clk_i(clk_i), .place_i(places_i[PLACE_W*x +: PLACE_W]), .s_i(PLACE_W'(s)),
      .vec_valid_i(vec_valid_i), .vec_index_i(vec_index), .vec_word_i(vec_word_i), .vec_i(vec_i),
      .wgt_we_i(wgt_mask_i[x]), .wgt_addr_i(wgt_addr_i), .wgt_i(wgt_i), .x_re_i(x_re),
      .x_addr_i(x_addr), .w_re_i(w_re), .w_addr_i(w_addr), .mul_i(mul), .add_i(add), .init_i(init),
      .emit_i(emit), .m_i(m), .chain_i(chain_i[CHAIN_W*x +: CHAIN_W]), .chain_o(chain)
    );
    assign chain_o[CHAIN_W*x +: CHAIN_W] = chain;
  end
endmodule

// Loads sets of weights into the elements' spads, a weight buffer row a cycle: M3 W slots a set,
// word w of column group m3 in slot w M3 + m3. Sets fill the halves of the spads in turn.
//
// begin_i: the first slot of a set, with that instruction's fields in instr_i and its first row in
// row_i. load_o: a slot; last_o: the set's last. Of a slot: row_o of the weight buffer, addr_o of
// the spads, mask_o of the columns.
module systole_rs_loader #(
  parameter int RS_COLS = 14,
  parameter int WGT_SPAD = 64,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int BUF_W = systole_pkg::BUF_W,
  localparam int CYCLES_W = systole_pkg::ENTRY_W + 1 + COL_W,
  localparam int WA = $clog2(WGT_SPAD)
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_rs_control
  input  logic                begin_i,
  input  logic [COL_W-1:0]    m3_i,
  input  logic [COL_W-1:0]    q1_i,
  input  logic [CYCLES_W-1:0] cycles_i,    // W
  input  logic [BUF_W-1:0]    row_i,
  output logic                load_o,
  output logic                last_o,
  output logic [BUF_W-1:0]    next_row_o,  // behind the set's slots so far

  // systole_weight_buffer, systole_rs_array
  output logic [BUF_W-1:0]   row_o,
  output logic [WA-1:0]      addr_o,
  output logic [RS_COLS-1:0] mask_o
);
  localparam int HALF = WGT_SPAD / 2;
  logic loading_q, half_q, last_group;
  logic [COL_W-1:0] m3, q1, m3_q, q1_q, group, group_q;
  logic [CYCLES_W-1:0] left, left_q;
  logic [BUF_W-1:0] row_q;
  logic [WA-1:0] addr_q;
  logic [RS_COLS-1:0] first_mask, mask_q;

  assign load_o = begin_i || loading_q;
  assign m3 = begin_i ? m3_i : m3_q;
  assign q1 = begin_i ? q1_i : q1_q;
  assign group = begin_i ? '0 : group_q;
  assign left = begin_i ? cycles_i : left_q;
  assign last_group = group == m3 - COL_W'(1);
  assign last_o = load_o && last_group && left == CYCLES_W'(1);
  assign first_mask = ~({RS_COLS{1'b1}} << q1);
  assign row_o = begin_i ? row_i : row_q;
  assign next_row_o = row_o + BUF_W'(1);
  assign addr_o = !begin_i ? addr_q : half_q ? '0 : WA'(HALF);
  assign mask_o = begin_i ? first_mask : mask_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loading_q <= 1'b0;
      half_q <= 1'b1;
    end else if (clear_i) begin
      loading_q <= 1'b0;
      half_q <= 1'b1;
    end else begin
      loading_q <= load_o && !last_o;
      if (begin_i) half_q <= !half_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (load_o) begin
      m3_q <= m3;
      q1_q <= q1;
      group_q <= last_group ? '0 : group + COL_W'(1);
      left_q <= last_group ? left - CYCLES_W'(1) : left;
      row_q <= next_row_o;
      addr_q <= last_group ? addr_o + WA'(1) : addr_o;
      mask_q <= last_group ? first_mask : mask_o << q1;
    end
  end
endmodule

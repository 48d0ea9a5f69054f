// Proves of systole_rs_loader, for any number of cycles: with a set begun when none is loading,
// word w of the set comes in slot w M3 + m3, sets go to the halves of the spads in turn, and in a
// set of W words for each of M3 groups of columns each word of each group comes once.
module row_loader_proof #(parameter int BITS = 2) (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic begin_i
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int WA = BITS + 1;
  localparam int T = 2 * BITS + 1;
  (* anyconst *) logic [BITS-1:0] m3, words;
  always_comb assume (m3 != 0 && words != 0);
  logic load, last;
  logic [WA-1:0] addr;
  logic [2**BITS-1:0] mask;
  systole_rs_loader #(.RS_COLS(2 ** BITS), .WGT_SPAD(2 ** WA)) dut (.clk_i, .rst_ni, .clear_i,
    .begin_i, .m3_i(COL_W'(m3)), .q1_i(COL_W'(1)),
    .cycles_i((systole_pkg::ENTRY_W + 1 + COL_W)'(words)), .row_i('0), .load_o(load),
    .last_o(last), .addr_o(addr), .mask_o(mask));

  logic started;
  initial started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  logic [T-1:0] slot_q, slot;  // number of the slot in its set
  logic half, running;
  assign slot = begin_i ? '0 : slot_q;
  always_ff @(posedge clk_i) begin
    slot_q <= slot + T'(1);
    if (!rst_ni || clear_i) begin
      running <= 1'b0;
      half <= 1'b1;
    end else begin
      running <= load && !last;
      if (begin_i) half <= !half;
    end
  end
  always_comb assume (!begin_i || !running);
  always_comb if (rst_ni && !clear_i) begin
    assert (load == (begin_i || running));
    if (load) begin
      assert (addr[WA-1] == (begin_i ? !half : half));
      assert (mask == (2**BITS)'(1) << (slot - T'(addr[WA-2:0]) * T'(m3)));
      assert (slot - T'(addr[WA-2:0]) * T'(m3) < T'(m3));
      assert (last == (slot == T'(words) * T'(m3) - T'(1)));
    end
  end
endmodule

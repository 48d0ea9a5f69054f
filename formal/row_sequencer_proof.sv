// Proves of systole_rs_sequencer, for any number of cycles: with pulses at least W = M0 RC cycles
// apart, a row in use passes each one on unchanged, M0 cycles later where it lags (others end it);
// its elements read input word j < RC of the step in cycle go + 1 + j M0 and in no other, and
// weights from the half that the pulse names, one a cycle. LOG2_M0, LOG2_RC: the bits of M0 and RC.
module row_sequencer_proof #(parameter int LOG2_M0 = 2, parameter int LOG2_RC = 2) (
  input logic clk_i, input logic rst_ni, input logic clear_i,
  input logic start_i, input logic [LOG2_RC+3:0] start_data_i
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int T = LOG2_M0 + LOG2_RC + 2;
  localparam int HALF = 2 ** (LOG2_M0 + LOG2_RC);
  localparam int XA = LOG2_RC + 1;
  localparam int WA = LOG2_M0 + LOG2_RC + 1;
  (* anyconst *) logic used, lag;
  (* anyconst *) logic [LOG2_M0-1:0] m0;
  (* anyconst *) logic [LOG2_RC-1:0] rc, j;
  always_comb assume (m0 != 0 && rc != 0 && j < rc);
  logic [T-1:0] steps, place;
  assign steps = T'(m0) * T'(rc);
  assign place = T'(m0) * T'(j);

  logic go, x_re, w_re, mul, add, init, emit;
  logic [XA+2:0] go_data;
  logic [XA-1:0] x_addr;
  logic [WA-1:0] w_addr;
  logic [LOG2_M0-1:0] m;
  systole_rs_sequencer #(.IFMAP_SPAD(2 ** XA), .WGT_SPAD(2 * HALF),
    .PSUM_SPAD(2 ** LOG2_M0)) dut (.clk_i, .rst_ni,
    .clear_i, .used_i(used), .lag_i(lag), .m0_i(COL_W'(m0)), .rc_i(COL_W'(rc)), .start_i,
    .start_data_i, .go_o(go), .go_data_o(go_data), .x_re_o(x_re), .x_addr_o(x_addr), .w_re_o(w_re),
    .w_addr_o(w_addr), .mul_o(mul), .add_o(add), .init_o(init), .emit_o(emit), .m_o(m));

  logic started;
  initial started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // Cycles since a pulse came, and since it went on; all ones: long ago, or never.
  logic [T-1:0] since_start, since_go;
  logic [XA+2:0] came, went;
  logic running;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      since_start <= '1;
      since_go <= '1;
    end else begin
      if (start_i && used) since_start <= T'(1);
      else if (since_start != '1) since_start <= since_start + T'(1);
      if (go) since_go <= T'(1);
      else if (since_go != '1) since_go <= since_go + T'(1);
    end
    if (start_i) came <= start_data_i;
    if (go) went <= go_data;
  end
  always_comb assume (!start_i || since_start >= steps);
  assign running = used && since_go <= steps;

  always_comb if (rst_ni && !clear_i) begin
    assert (go == (lag ? since_start == T'(m0) : start_i && used));
    if (go) assert (go_data == (lag ? came : start_data_i));
    // Word j, for whichever j: in its cycle, and of all reads in that cycle alone.
    if (running && since_go == place + T'(1)) assert (x_re && x_addr == went[XA-1:0] + XA'(j));
    if (!running) assert (!x_re && !w_re);
    if (x_re && x_addr == went[XA-1:0] + XA'(j)) assert (since_go == place + T'(1));
    if (running) assert (w_re && w_addr == {went[XA+2], {(WA-1){1'b0}}} + WA'(since_go) - WA'(1));
  end
endmodule

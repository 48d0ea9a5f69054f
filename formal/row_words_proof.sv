// Proves of systole_rs_walker, for any number of cycles and steps: each step's window lies RC words
// behind the words that are read for the next one, which moves by `move` <= RC words; when the
// vectors of a window are read, it is whole; and word b(i) + RC + k does not come before
// S(i) + k M0, where step i begins in S(i), the cycle after next_i. BITS: of R1, C1, Ws, M0 and of
// each loop's length.
module row_words_proof #(parameter int BITS = 2, parameter int XA = 4) (
  input logic clk_i, input logic rst_ni, input logic clear_i,
  input logic start_i, input logic next_i
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int LONG_W = systole_pkg::ENTRY_W + 1;
  (* anyconst *) logic [BITS-1:0] r1, c1, ws, m0, nx, ny, nb, slices;
  (* anyconst *) logic phases, tags;  // one less
  always_comb begin
    assume (r1 != 0 && c1 != 0 && ws != 0 && m0 != 0);
    assume (nx != 0 && ny != 0 && nb != 0 && slices != 0);
  end
  logic [systole_pkg::INSTR_W-1:0] instr;
  always_comb begin
    instr = '0;
    instr[systole_pkg::RC_R1_LSB +: BITS] = r1;
    instr[systole_pkg::RC_C1_LSB +: BITS] = c1;
    instr[systole_pkg::RC_WS_LSB +: BITS] = ws;
    instr[systole_pkg::RC_M0_LSB +: BITS] = m0;
    instr[systole_pkg::RC_NX_LSB +: BITS] = nx;
    instr[systole_pkg::RC_NY_LSB +: BITS] = ny;
    instr[systole_pkg::RC_NB_LSB +: BITS] = nb;
    instr[systole_pkg::RC_KSLICES_LSB +: BITS] = slices;
  end
  logic [XA-1:0] words, columns, slide;
  assign words = XA'(r1) * XA'(c1);
  assign columns = (ws < r1) ? XA'(ws) : XA'(r1);
  assign slide = columns * XA'(c1);

  logic idle, last, slot;
  logic [XA-1:0] window, word;
  systole_rs_walker #(.ROWS(4), .IFMAP_SPAD(2 ** XA)) dut (.clk_i, .rst_ni, .clear_i, .start_i,
    .instr_i(instr), .next_i, .idle_o(idle), .window_o(window), .last_o(last), .slot_o(slot),
    .words_i(LONG_W'(words)), .phases_i(LONG_W'(phases) + LONG_W'(1)), .lanes_i(COL_W'(1)),
    .tags_i(COL_W'(tags) + COL_W'(1)), .columns_i(COL_W'(columns)), .slide_i(LONG_W'(slide)),
    .word_o(word));

  logic started;
  initial started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // As systole_rs_control does: an instruction at a time, a step when its window is whole.
  logic running, stepped;
  logic [XA+BITS:0] since;  // cycles since next_i; all ones: long ago
  logic [XA-1:0] at_work;   // first word of the step at work
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) running <= 1'b0;
    else running <= start_i || (running && !(next_i && last));
    if (start_i) stepped <= 1'b0;
    else if (next_i) stepped <= 1'b1;
    if (next_i) begin
      since <= (XA+BITS+1)'(1);
      at_work <= window;
    end else if (since != '1) begin
      since <= since + (XA+BITS+1)'(1);
    end
  end
  always_comb begin
    assume (!start_i || !running);
    assume (!next_i || (running && idle));
  end

  logic [XA-1:0] k, move;
  assign k = word - at_work - words;
  assign move = window - at_work;
  always_comb if (rst_ni && !clear_i && running) begin
    if (!stepped) begin
      assert (window == '0 && word < words);
    end else begin
      assert (move <= words && k < move);
      if (slot) assert (since - (XA+BITS+1)'(1) >= (XA+BITS+1)'(k) * (XA+BITS+1)'(m0));
    end
    if (idle) assert (XA'(word + XA'(1)) == XA'(window + words));
  end
endmodule

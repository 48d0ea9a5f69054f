// The ROWS x COLS processing elements of the array: each has a working weight, a shadow weight, one
// multiply-accumulate a cycle.
//
//   psum   <= psum above + factor * work   (down; 0 above row 0)
//   act    <= act on the left              (right; the factor, but in column mode)
//   weight <= weight on the left if shift  (right; the shadow: the next fold's weight arrives while
//                                           this one computes)
//   work   <= weight if swap               (one cycle ahead of the fold's first activation)
//   rowsum <= rowsum above + act of the last column
//
// shift, swap and own are those of row 0, a bit a column; row r has them r cycles later. Left of
// the first column of a group are act_i (the group before it, from the second on) and weight_i.
// In column mode, in rows r < TAP_ROWS where own is: factor = act_i[c], or 0 where a last_i came by
// since the vector of this sum was at row 0.
//
// Output stationary (DATAFLOWS bit 1), by the code (OS_NONE 0, OS_FIRST 1, OS_NEXT 2, OS_IDLE 3)
// that comes down beside the working weight, one cycle ahead of its vector as a swap is:
//
//   work <= work above, where the code above is OS_FIRST or OS_NEXT   (above row 0: weight_i)
//   psum <= factor * work + (code = OS_FIRST ? 0 :
//                            code = OS_NEXT, or OS_IDLE without drain_i[c] ? psum : psum above)
//
// Column c's weight is byte c mod N of its group's weight_i. drain_i is of all rows of a column.
//
// The product of two signed bytes, -16,256 to 16,384, fits 16 bits: synthesis builds no more. No
// reset: control says what counts, and what moved before a reset moves ahead of what comes after.
//
// All registers of a kind are one array, which one process alone sees and changes at once, each
// element after those that read it: a simulator's compiler makes a few vector instructions of each
// loop. Places in the order of the loops; each group's columns have its input behind them:
//
//   row ROWS-1 ( group WPORT-1 ( column N-1 .. 0, input ) .. group 0 ( .. ) ) row ROWS-2 .. row 0
//   left of place e: e + 1, above it: e + STRIDE
`include "systole_assert.svh"

module systole_elements #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3
) (
  input  logic clk_i,
  input  logic busy_i,    // sums or activations of a vector are anywhere; 1 will do
  input  logic moves_i,   // a shift, swap or code is anywhere; 1 will do
  input  logic column_i,  // an own is in any of the TAP_ROWS; 1 will do
  input  logic output_i,  // a code is beside any working weight; 1 will do

  // systole_array: control of row 0
  input  logic [COLS-1:0] shift_i,
  input  logic [COLS-1:0] swap_i,
  input  logic [COLS-1:0] own_i,
  input  logic [COLS-1:0] last_i,
  input  logic [COLS-1:0] code1_i,  // bit 1 and bit 0 of a column's code
  input  logic [COLS-1:0] code0_i,
  input  logic [COLS-1:0] drain_i,

  // systole_skew: row r at [8*r +: 8]; weights of group g at [8*(g*ROWS + r) +: 8]
  input  logic [8*ROWS-1:0]       act_i,
  input  logic [8*ROWS*WPORT-1:0] weight_i,

  // systole_accumulators
  output logic [32*COLS-1:0] psum_o,
  output logic [15:0]        rowsum_o
);
  localparam int N = COLS / WPORT;
  localparam int TAP_ROWS = systole_pkg::tap_rows(ROWS, TAPS);
  localparam bit OUTPUT = DATAFLOWS % 4 > 1;
  localparam int STRIDE = WPORT * (N + 1);
  localparam int PLACES = ROWS * STRIDE;
  localparam int W = $clog2(PLACES + STRIDE);
  // Places of row 0, and of the rows that have a factor of their own: row 0 and those with taps.
  localparam int ROW0 = PLACES - STRIDE;
  localparam int OWN = PLACES - STRIDE * (TAP_ROWS > 1 ? TAP_ROWS : 1);
  localparam logic [W-1:0] ONE = W'(1), DOWN = W'(STRIDE), END = W'(PLACES);

  function automatic int place(input int r, input int c);
    place = STRIDE * (ROWS - 1 - r) + (N + 1) * (WPORT - 1 - c / N) + N - 1 - c % N;
  endfunction
  function automatic int input_place(input int r, input int g);
    input_place = place(r, N * g) + 1;
  endfunction
  function automatic logic signed [15:0] times(input logic signed [7:0] x,
                                               input logic signed [7:0] y);
    times = x * y;
  endfunction
  function automatic logic [7:0] select(input logic first, input logic [7:0] x,
                                        input logic [7:0] y);
    select = first ? x : y;
  endfunction
  // Output stationary: what a product is added to.
  function automatic logic [31:0] addend(input logic code1, input logic code0, input logic drain,
                                         input logic [31:0] above, input logic [31:0] own);
    addend = ((code1 && !(code0 && drain)) ? own : above) & {32{code1 || !code0}};
  endfunction

  // Places, of which a synthesis tool keeps registers, not memories.
  localparam int SIZE = 1 << W;
  (* mem2reg *) logic [7:0] act[0:SIZE-1];
  (* mem2reg *) logic [7:0] weight[0:SIZE-1];
  (* mem2reg *) logic [7:0] work[0:SIZE-1];
  (* mem2reg *) logic [7:0] factor[0:SIZE-1];
  (* mem2reg *) logic [31:0] psum[0:SIZE-1];
  (* mem2reg *) logic [15:0] rowsum[0:ROWS-1];
  // Control of a place's element, and what its column has at row 0.
  (* mem2reg *) logic shift[0:SIZE-1];
  (* mem2reg *) logic swap[0:SIZE-1];
  (* mem2reg *) logic own[0:SIZE-1];
  (* mem2reg *) logic past[0:SIZE-1];
  (* mem2reg *) logic last[0:SIZE-1];
  (* mem2reg *) logic [7:0] lane[0:SIZE-1];
  // Output stationary: the code beside a place's working weight, its column's drain.
  (* mem2reg *) logic code1[0:SIZE-1];
  (* mem2reg *) logic code0[0:SIZE-1];
  (* mem2reg *) logic drain[0:SIZE-1];
  logic [W-1:0] e;
  logic [15:0] rowsum_q;
  assign rowsum_o = ROW_SUM != 0 ? rowsum_q : '0;

  always @(posedge clk_i) begin
    e = '0;
    // ---- Sums down, activations right.
    if (`SYSTOLE_ANY(busy_i)) begin
      for (int r = 0; r < ROWS; r++) begin
        act[input_place(r, 0)] = act_i[8*r +: 8];
        for (int g = 1; g < WPORT; g++) act[input_place(r, g)] = act[input_place(r, g)+1];
      end
      for (e = W'(OWN); e < END - ONE; e = e + ONE) factor[e] = act[e+ONE];
      factor[END-ONE] = '0;
      if (TAP_ROWS != 0 && `SYSTOLE_ANY(column_i)) begin
        for (int c = 0; c < COLS; c++) begin
          lane[place(0, c)] = c < ROWS ? act_i[8*(c%ROWS) +: 8] : 8'd0;
          last[place(0, c)] = last_i[c];
          own[place(0, c)] = own_i[c];
          past[place(0, c)] = 1'b0;
        end
        for (int g = 0; g < WPORT; g++) begin
          lane[input_place(0, g)] = '0;
          last[input_place(0, g)] = 1'b0;
          own[input_place(0, g)] = 1'b0;
          past[input_place(0, g)] = 1'b0;
        end
        for (e = W'(ROW0); e > W'(OWN); e = e - ONE) begin
          lane[e-ONE] = lane[e+DOWN-ONE];
          last[e-ONE] = last[e+DOWN-ONE];
        end
        for (e = W'(OWN); e < END; e = e + ONE) begin
          factor[e] = select(own[e], lane[e] & ~{8{past[e]}}, factor[e]);
        end
        for (e = W'(OWN); e < W'(ROW0); e = e + ONE) begin
          own[e] = own[e+DOWN];
          past[e] = past[e+DOWN] | last[e];
        end
      end
      if (OUTPUT && `SYSTOLE_ANY(output_i)) begin
        for (int r = 0; r < ROWS; r++) begin
          for (int c = 0; c < COLS; c++) drain[place(r, c)] = drain_i[c];
          for (int g = 0; g < WPORT; g++) drain[input_place(r, g)] = 1'b0;
        end
        for (int c = 0; c < COLS; c++) psum[PLACES+place(ROWS-1, c)] = '0;
        for (int g = 0; g < WPORT; g++) psum[PLACES+input_place(ROWS-1, g)] = '0;
        if (OWN != 0) begin
          for (e = '0; e < W'(OWN > 0 ? OWN : 1); e = e + ONE) begin
            psum[e] = addend(code1[e], code0[e], drain[e], psum[e+DOWN], psum[e]) +
                      32'(times(act[e+ONE], work[e]));
          end
        end
        for (e = W'(OWN); e < END; e = e + ONE) begin
          psum[e] = addend(code1[e], code0[e], drain[e], psum[e+DOWN], psum[e]) +
                    32'(times(factor[e], work[e]));
        end
      end else begin
        if (OWN != 0) begin
          for (e = '0; e < W'(OWN > 0 ? OWN : 1); e = e + ONE) begin
            psum[e] = psum[e+DOWN] + 32'(times(act[e+ONE], work[e]));
          end
        end
        for (e = W'(OWN); e < W'(ROW0); e = e + ONE) begin
          psum[e] = psum[e+DOWN] + 32'(times(factor[e], work[e]));
        end
        for (e = W'(ROW0); e < END; e = e + ONE) psum[e] = 32'(times(factor[e], work[e]));
      end
      for (int c = 0; c < COLS; c++) psum_o[32*c +: 32] <= psum[place(ROWS-1, c)];
      if (ROW_SUM != 0) begin
        for (int r = 0; r < ROWS; r++) begin
          rowsum[r] = (r == ROWS - 1 ? 16'd0 : rowsum[(r+1)%ROWS]) + 16'($signed(act[STRIDE*r]));
        end
        rowsum_q <= rowsum[0];
      end
      for (e = '0; e < END - ONE; e = e + ONE) act[e] = act[e+ONE];
    end
    // ---- Weights right.
    if (`SYSTOLE_ANY(moves_i)) begin
      for (int c = 0; c < COLS; c++) begin
        shift[place(0, c)] = shift_i[c];
        swap[place(0, c)] = swap_i[c];
      end
      for (int g = 0; g < WPORT; g++) begin
        shift[input_place(0, g)] = 1'b0;
        swap[input_place(0, g)] = 1'b0;
        for (int r = 0; r < ROWS; r++) begin
          weight[input_place(r, g)] = weight_i[8*(g*ROWS+r) +: 8];
        end
      end
      if (!OUTPUT) begin
        for (e = '0; e < END; e = e + ONE) work[e] = select(swap[e], weight[e], work[e]);
      end else begin
        for (int c = 0; c < COLS; c++) begin
          work[PLACES+place(ROWS-1, c)] =
            c % N < ROWS ? weight_i[8*(c/N*ROWS+c%N%ROWS) +: 8] : 8'd0;
          code1[PLACES+place(ROWS-1, c)] = code1_i[c];
          code0[PLACES+place(ROWS-1, c)] = code0_i[c];
        end
        for (int g = 0; g < WPORT; g++) begin
          work[PLACES+input_place(ROWS-1, g)] = '0;
          code1[PLACES+input_place(ROWS-1, g)] = 1'b0;
          code0[PLACES+input_place(ROWS-1, g)] = 1'b0;
        end
        for (e = '0; e < END; e = e + ONE) begin
          work[e] = select(code1[e+DOWN] ^ code0[e+DOWN], work[e+DOWN],
                           select(swap[e], weight[e], work[e]));
        end
        for (e = '0; e < END; e = e + ONE) begin
          code1[e] = code1[e+DOWN];
          code0[e] = code0[e+DOWN];
        end
      end
      for (e = '0; e < END - ONE; e = e + ONE) begin
        weight[e] = select(shift[e], weight[e+ONE], weight[e]);
      end
      for (e = '0; e < W'(ROW0); e = e + ONE) begin
        shift[e] = shift[e+DOWN];
        swap[e] = swap[e+DOWN];
      end
    end
  end
endmodule

// ROWS x COLS array, weight stationary or, of DATAFLOWS bit 1, output stationary; and its row-sum
// column.
//
//            swap, shift enables (one bit a column, down one row a cycle)
//               |       |       |
//   act[0]  -> PE  ->  PE  ->  PE  -> + 0     row r: r cycles after row 0's (systole_skew)
//   act[1]  -> PE  ->  PE  ->  PE  -> +          psums go down, activations right
//               |       |       |     |
//            psum[0] psum[1] psum[2] rowsum
//
// A vector whose lane 0 is at act_i in cycle t leaves column c at psum_o[c] in cycle t + ROWS + c
// and the row-sum column at rowsum_o in cycle t + ROWS + COLS:  psum[c] = sum_r act[r] *
// work[r][c],  rowsum = sum_r act[r].
//
// Column mode: own_i says it of a vector, last_i marks the last vector of a slice; both come with
// lane 0 and go right one column and down one row a cycle, as sums do. In rows r < TAP_ROWS column
// c then multiplies lane c, not the lane that comes from its left. Lane c is at act_i c cycles
// late, as is column c's row 0; row r, r cycles later, meets the vector r places further on: a
// filter of TAP_ROWS taps along the vectors, which ends where its slice ends (`past`).
//   psum[c](v) = sum_{r < TAP_ROWS, v + r in the slice} act[c](v + r) * work[r][c]
//              + sum_{r >= TAP_ROWS} act[r](v) * work[r][c]
//
// Output stationary: a tile of M vectors, one sum an element, code_i its course (systole_elements):
//   code_i    cycle of vector k's swap, one ahead of lane 0: OS_FIRST for k = 0, OS_NEXT for k > 0,
//             lanes being 0 from k = M on; OS_IDLE in ROWS - 1 further cycles, lanes 0, too
//   weight_i  row k, as if it were loaded in vector k's cycle; column c takes byte c mod N of its
//             group: it has c cycles of skew, as has the column, and goes down with the vector
//   psum[r][c] = sum_k act[r](k) * weight(k)[c]    r + c cycles late, as is the vector
//   drain_i   at column 0, ROWS - 1 cycles after lane 0 of a vector would be: of each OS_IDLE
// All sums of a column go down together, from the cycle after the bottom row's last product on, one
// row a cycle: lane ROWS-1-d leaves column c in cycle t + ROWS + c + d, t that of the last vector's
// lane 0. Row r takes r sums from above; then its OS_IDLE are over and the next tile's first
// product finds it, which is why a tile takes M + ROWS - 1 cycles and no fewer. Row 0 is the first
// whose next OS_IDLE come: no earlier than the drain of this one is over, if M >= ROWS - 1.
//
// Weights: columns form WPORT groups of N = COLS/WPORT; each is a chain of shadow registers fed at
// its left edge. Group 0's load is the window [l, l + wl) of load_i, group g's the same g*N cycles
// later. Column c of a group shifts in [l + c, l + wl):
//   shift_c(t) = load(t - c), .., load(t), all of one load (parity)
// so that the first item ends in the rightmost column used, and all columns end together. A load
// may begin in the very cycle in which the previous weights are swapped in, because column c of
// both is c cycles later. swap_i is one cycle ahead of the fold's first vector; it goes right one
// column and down one row a cycle. Columns not used by a fold may hold anything.
`include "systole_assert.svh"

module systole_array #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_matmul_control (delayed to meet the data)
  input  logic       load_i,
  input  logic       parity_i,
  input  logic       swap_i,
  input  logic       own_i,
  input  logic       last_i,
  input  logic [1:0] code_i,
  input  logic       drain_i,
  input  logic       valid_i,  // lane 0 of a vector or an OS_IDLE is at act_i; 1 will do

  // systole_skew: row r at [8*r +: 8]; weights of group g at [8*(g*ROWS + r) +: 8]
  input  logic [8*ROWS-1:0]       act_i,
  input  logic [8*ROWS*WPORT-1:0] weight_i,

  // systole_accumulators
  output logic [32*COLS-1:0] psum_o,
  output logic [15:0]        rowsum_o
);
  localparam int N = COLS / WPORT;

  // ---- Control of row 0: bit c of the histories is the value c cycles ago.
  logic [COLS-1:0] load_hist, parity_hist, swap_hist, load_hist_q, parity_hist_q, swap_hist_q;
  logic [COLS-1:0] shift_row0;
  assign load_hist = COLS'({load_hist_q, load_i});
  assign parity_hist = COLS'({parity_hist_q, parity_i});
  assign swap_hist = COLS'({swap_hist_q, swap_i});
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_hist_q <= '0;
      parity_hist_q <= '0;
      swap_hist_q <= '0;
    end else if (clear_i) begin
      load_hist_q <= '0;
      parity_hist_q <= '0;
      swap_hist_q <= '0;
    end else begin
      load_hist_q <= load_hist;
      parity_hist_q <= parity_hist;
      swap_hist_q <= swap_hist;
    end
  end
  for (genvar g = 0; g < WPORT; g++) begin : gen_group
    // The lowest ones: with those above a load of the same parity before the last one would count.
    logic [N-1:0] same_load;
    assign same_load = load_hist[g*N +: N] & ~(parity_hist[g*N +: N] ^ {N{parity_hist[g*N]}});
    assign shift_row0[g*N +: N] = same_load & ~(same_load + N'(1));
  end

  logic [COLS-1:0] own_hist, last_hist, own_hist_q, last_hist_q;
  assign own_hist = COLS'({own_hist_q, own_i});
  assign last_hist = COLS'({last_hist_q, last_i});
  always_ff @(posedge clk_i) begin
    own_hist_q <= own_hist;
    last_hist_q <= last_hist;
  end

  logic [COLS-1:0] code1_hist, code0_hist, drain_hist;
  if (DATAFLOWS % 4 > 1) begin : gen_output
    logic [COLS-1:0] code1_hist_q, code0_hist_q, drain_hist_q;
    assign code1_hist = COLS'({code1_hist_q, code_i[1]});
    assign code0_hist = COLS'({code0_hist_q, code_i[0]});
    assign drain_hist = COLS'({drain_hist_q, drain_i});
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        code1_hist_q <= '0;
        code0_hist_q <= '0;
        drain_hist_q <= '0;
      end else if (clear_i) begin
        code1_hist_q <= '0;
        code0_hist_q <= '0;
        drain_hist_q <= '0;
      end else begin
        code1_hist_q <= code1_hist;
        code0_hist_q <= code0_hist;
        drain_hist_q <= drain_hist;
      end
    end
  end else begin : gen_weight_only
    assign code1_hist = '0;
    assign code0_hist = '0;
    assign drain_hist = '0;
  end

  // ---- For simulators: weights or codes move in a row, a row holds sums of a vector (whose lane 0
  // came 0 to COLS cycles earlier at row 0), a vector in rows with taps is in column mode, a code
  // comes into a row (to be used a cycle later). A row is a cycle later than the one above.
  logic [ROWS+COLS:0] valid;
  logic [ROWS+COLS:1] valid_q;
  logic [ROWS-1:0] moves, column;
  logic [ROWS:0] codes;
  logic [ROWS-1:1] moves_q, column_q;
  logic [ROWS:1] codes_q;
  logic busy;
  assign valid = {valid_q, valid_i};
  assign busy = valid != '0;
  assign moves = {moves_q, (shift_row0 | swap_hist) != '0};
  assign column = {column_q, own_hist != '0};
  assign codes = {codes_q, (code1_hist | code0_hist) != '0};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      moves_q <= '0;
      column_q <= '0;
      codes_q <= '0;
    end else begin
      valid_q <= valid[ROWS+COLS-1:0];
      moves_q <= moves[ROWS-2:0];
      if (busy) column_q <= column[ROWS-2:0];
      codes_q <= codes[ROWS-1:0];
    end
  end

  systole_elements #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
  ) u_elements (
    .clk_i(clk_i), .busy_i(`SYSTOLE_ANY(busy)), .moves_i(`SYSTOLE_ANY(moves != '0 || codes != '0)),
    .column_i(`SYSTOLE_ANY(column != '0)), .output_i(`SYSTOLE_ANY(codes_q != '0)),
    .shift_i(shift_row0), .swap_i(swap_hist), .own_i(own_hist), .last_i(last_hist),
    .code1_i(code1_hist), .code0_i(code0_hist), .drain_i(drain_hist), .act_i(act_i),
    .weight_i(weight_i), .psum_o(psum_o), .rowsum_o(rowsum_o)
  );
endmodule

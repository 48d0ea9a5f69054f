// First-in first-out queue.
//
//   pushed in cycle t -> at the output from t+1;  popped in cycle t -> its place is free from t+1
// Protocol: push only while !full_o, pop only while valid_o; data_o (read combinationally) is the
// oldest entry.
`include "systole_assert.svh"

module systole_queue #(
  parameter int WIDTH = 256,
  parameter int DEPTH = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  input  logic             push_i,
  input  logic [WIDTH-1:0] data_i,
  output logic             full_o,

  output logic             valid_o,
  output logic [WIDTH-1:0] data_o,
  input  logic             pop_i
);
  localparam int PTR_W = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam int CNT_W = $clog2(DEPTH + 1);

  logic [WIDTH-1:0] mem [0:DEPTH-1];
  logic [PTR_W-1:0] wr_q, rd_q;
  logic [CNT_W-1:0] count_q;

  assign full_o = (count_q == CNT_W'(DEPTH));
  assign valid_o = (count_q != CNT_W'(0));
  assign data_o = mem[rd_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_q <= PTR_W'(0);
      rd_q <= PTR_W'(0);
      count_q <= CNT_W'(0);
    end else if (clear_i) begin
      wr_q <= PTR_W'(0);
      rd_q <= PTR_W'(0);
      count_q <= CNT_W'(0);
    end else begin
      if (push_i) wr_q <= (wr_q == PTR_W'(DEPTH - 1)) ? PTR_W'(0) : wr_q + PTR_W'(1);
      if (pop_i) rd_q <= (rd_q == PTR_W'(DEPTH - 1)) ? PTR_W'(0) : rd_q + PTR_W'(1);
      if (push_i && !pop_i) count_q <= count_q + CNT_W'(1);
      else if (!push_i && pop_i) count_q <= count_q - CNT_W'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) mem[wr_q] <= data_i;
  end

  `SYSTOLE_ASSERT(NoPushWhenFull, clk_i, rst_ni, !push_i || !full_o)
  `SYSTOLE_ASSERT(NoPopWhenEmpty, clk_i, rst_ni, !pop_i || valid_o)
endmodule

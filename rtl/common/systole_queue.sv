// First-in first-out queue.
//
//   pushed in cycle t -> at the output from t+1;  popped in cycle t -> its place is free from t+1
//
// With MEMORY the entries lie in a systole_sram, the next one is read as the oldest leaves, and an
// entry that is the oldest as it comes goes into a register instead.
// Protocol: push only while !full_o, pop only while valid_o; data_o is the oldest entry.
`include "systole_assert.svh"

module systole_queue #(
  parameter int WIDTH = 256,
  parameter int DEPTH = 8,
  parameter int MEMORY = (WIDTH * DEPTH >= 256) ? 1 : 0
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

  logic [PTR_W-1:0] wr_q, rd_q, next;
  logic [CNT_W-1:0] count_q;

  assign full_o = (count_q == CNT_W'(DEPTH));
  assign valid_o = (count_q != CNT_W'(0));
  assign next = (rd_q == PTR_W'(DEPTH - 1)) ? PTR_W'(0) : rd_q + PTR_W'(1);

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
      if (pop_i) rd_q <= next;
      if (push_i && !pop_i) count_q <= count_q + CNT_W'(1);
      else if (!push_i && pop_i) count_q <= count_q - CNT_W'(1);
    end
  end

  if (MEMORY != 0) begin : gen_memory
    logic first, fresh_q, we, re;  // the pushed entry is the oldest; the oldest came so
    logic [WIDTH-1:0] first_q, read;

    assign first = push_i && count_q == CNT_W'(pop_i);
    assign we = push_i && !first;
    assign re = pop_i && !first;
    always_ff @(posedge clk_i) begin
      if (first) first_q <= data_i;
      if (first || pop_i) fresh_q <= first;
    end
    systole_sram #(.WIDTH(WIDTH), .DEPTH(DEPTH)) u_sram (
      .clk_i(clk_i), .any_i(we || re), .we_i(we), .waddr_i(wr_q), .wdata_i(data_i), .re_i(re),
      .raddr_i(next), .rdata_o(read)
    );
    assign data_o = fresh_q ? first_q : read;
  end else begin : gen_registers
    logic [WIDTH-1:0] mem[0:DEPTH-1];
    always_ff @(posedge clk_i) begin
      if (push_i) mem[wr_q] <= data_i;
    end
    assign data_o = mem[rd_q];
  end

  `SYSTOLE_ASSERT(NoPushWhenFull, clk_i, rst_ni, !push_i || !full_o)
  `SYSTOLE_ASSERT(NoPopWhenEmpty, clk_i, rst_ni, !pop_i || valid_o)
endmodule

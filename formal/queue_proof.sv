// Proves of systole_queue, for any number of cycles: what was pushed comes out in order, nothing is
// lost or invented; full_o and valid_o tell how many entries there are. In registers and with
// MEMORY.
module queue_proof #(
  parameter int WIDTH = 2,
  parameter int DEPTH = 3,
  parameter int MEMORY = 0
) (
  input logic clk_i, input logic rst_ni, input logic clear_i,
  input logic push_i, input logic [WIDTH-1:0] data_i, input logic pop_i
);
  logic full, valid;
  logic [WIDTH-1:0] data;
  systole_queue #(.WIDTH(WIDTH), .DEPTH(DEPTH), .MEMORY(MEMORY)) dut (
    .clk_i, .rst_ni, .clear_i, .push_i, .data_i,
    .full_o(full), .valid_o(valid), .data_o(data), .pop_i);
  logic started;
  initial started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);
  // As its users do.
  always_comb assume (!push_i || !full);
  always_comb assume (!pop_i || valid);
  // The reference: entries move down where the queue turns pointers.
  logic [DEPTH*WIDTH-1:0] q;
  logic [$clog2(DEPTH+1)-1:0] n;
  logic [DEPTH*WIDTH-1:0] after_pop;
  logic [$clog2(DEPTH+1)-1:0] left;
  always_comb begin
    after_pop = pop_i ? q >> WIDTH : q;
    left = pop_i ? n - 1 : n;
  end
  initial n = 0;
  always_ff @(posedge clk_i) begin
    if (clear_i || !rst_ni) n <= 0;
    else begin
      q <= after_pop;
      n <= left;
      if (push_i) begin
        q <= (after_pop & ~({{((DEPTH-1)*WIDTH){1'b0}}, {WIDTH{1'b1}}} << (left * WIDTH))) |
             ({{((DEPTH-1)*WIDTH){1'b0}}, data_i} << (left * WIDTH));
        n <= left + 1;
      end
    end
  end
  always_comb if (rst_ni) begin
    assert (full == (n == DEPTH));
    assert (valid == (n != 0));
    if (n != 0) assert (data == q[WIDTH-1:0]);
  end
endmodule

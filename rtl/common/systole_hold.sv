// Takes a request at once and keeps it until it is served, so that READY comes from a register.
//
//   valid_o, data_o: the kept request, else the one at the input (in the same cycle)
//   served in its own cycle: nothing is kept; else it is kept from the next cycle on, with ready_o
//   low, until take_i
//
// Latency 0, a request a cycle while each is served at once. Protocol: valid/ready; take_i only
// while valid_o.
module systole_hold #(
  parameter int WIDTH = 8
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic             valid_i,
  output logic             ready_o,
  input  logic [WIDTH-1:0] data_i,

  output logic             valid_o,
  output logic [WIDTH-1:0] data_o,
  input  logic             take_i
);
  logic kept_q;
  logic [WIDTH-1:0] data_q;

  assign ready_o = !kept_q;
  assign valid_o = kept_q || valid_i;
  assign data_o = kept_q ? data_q : data_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) kept_q <= 1'b0;
    else kept_q <= valid_o && !take_i;
  end

  always_ff @(posedge clk_i) begin
    if (!kept_q) data_q <= data_i;
  end
endmodule

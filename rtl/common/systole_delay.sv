// Delay line: data_o(t) = data_i(t - D), D >= 1. With rst_ni and clear_i all stages are 0.
module systole_delay #(
  parameter int W = 1,
  parameter int D = 1
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,
  input  logic [W-1:0] data_i,
  output logic [W-1:0] data_o
);
  logic [W*D-1:0] line_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) line_q <= '0;
    else if (clear_i) line_q <= '0;
    else line_q <= (W * D)'({line_q, data_i});
  end
  assign data_o = line_q[W*(D-1) +: W];
endmodule

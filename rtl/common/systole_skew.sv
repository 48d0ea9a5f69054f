// Triangular skew: item r of the input comes out r cycles later.  data_o[r](t) = data_i[r](t - r)
// Registers without reset; what they hold counts only where a control bit that travels beside them
// says so.
module systole_skew #(
  parameter int N = 16,
  parameter int W = 8
) (
  input  logic           clk_i,
  input  logic [N*W-1:0] data_i,
  output logic [N*W-1:0] data_o
);
  assign data_o[W-1:0] = data_i[W-1:0];
  for (genvar r = 1; r < N; r++) begin : gen_item
    logic [r*W-1:0] line_q;
    always_ff @(posedge clk_i) line_q <= (r * W)'({line_q, data_i[r*W +: W]});
    assign data_o[r*W +: W] = line_q[(r-1)*W +: W];
  end
endmodule

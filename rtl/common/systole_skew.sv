// Triangular skew: item r of the input comes out r cycles later.  data_o[r](t) = data_i[r](t - r)
// Registers without reset; what they hold counts only where a control bit that travels beside them
// says so. Stage k holds what is k cycles old of the items that are not out yet, k to N - 1.
module systole_skew #(
  parameter int N = 16,
  parameter int W = 8
) (
  input  logic           clk_i,
  input  logic [N*W-1:0] data_i,
  output logic [N*W-1:0] data_o
);
  for (genvar k = 0; k < N; k++) begin : gen_stage
    logic [(N-k)*W-1:0] items;
    if (k == 0) begin : gen_in
      assign items = data_i;
    end else begin : gen_held
      logic [(N-k)*W-1:0] items_q;
      always_ff @(posedge clk_i) items_q <= gen_stage[k-1].items[(N-k+1)*W-1:W];
      assign items = items_q;
    end
    assign data_o[k*W +: W] = items[W-1:0];
  end
endmodule

// Triangular skew: item r of the input comes out r cycles later.  data_o[r](t) = data_i[r](t - r)
// Registers without reset; what they hold counts only where a control bit that travels beside them
// says so. Stage k holds what is k cycles old of the items that are not out yet, k to N - 1.
`include "systole_assert.svh"

module systole_skew #(
  parameter int N = 16,
  parameter int W = 8
) (
  input  logic           clk_i,
  input  logic           valid_i,  // the data count; 1 will do
  input  logic [N*W-1:0] data_i,
  output logic [N*W-1:0] data_o
);
  logic [N-1:0] valid_q;  // bit k: of what is k + 1 cycles old
  always_ff @(posedge clk_i) valid_q <= N'({valid_q, valid_i});

  for (genvar k = 0; k < N; k++) begin : gen_stage
    logic [(N-k)*W-1:0] items;
    if (k == 0) begin : gen_in
      assign items = data_i;
    end else begin : gen_held
      logic [(N-k)*W-1:0] items_q;
      logic count;
      assign count = k == 1 ? valid_i : valid_q[k > 1 ? k - 2 : 0];
      always_ff @(posedge clk_i) begin
        if (`SYSTOLE_ANY(count)) items_q <= gen_stage[k-1].items[(N-k+1)*W-1:W];
      end
      assign items = items_q;
    end
    assign data_o[k*W +: W] = items[W-1:0];
  end
endmodule

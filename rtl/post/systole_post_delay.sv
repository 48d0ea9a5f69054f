// Delay line that moves only where something valid moves.
//
//     data_o = data_i, DEPTH cycles earlier (2..16), where valid_i[0] was high then;
//     valid_i[i] = valid_i[0], i cycles earlier: the caller has that pipeline already
module systole_post_delay #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 2
) (
  input  logic             clk_i,
  input  logic [DEPTH-1:0] valid_i,
  input  logic [WIDTH-1:0] data_i,
  output logic [WIDTH-1:0] data_o
);
  for (genvar g = 0; g < DEPTH; g++) begin : gen_stage
    logic [WIDTH-1:0] data_q;
    if (g == 0) begin : gen_first
      always_ff @(posedge clk_i) if (valid_i[g]) data_q <= data_i;
    end else begin : gen_next
      always_ff @(posedge clk_i) if (valid_i[g]) data_q <= gen_stage[g-1].data_q;
    end
  end
  assign data_o = gen_stage[DEPTH-1].data_q;
endmodule

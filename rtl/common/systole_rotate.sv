// Rotator of N = 2^BB items of W bits:  item i of the output = item (i + amount_i) mod N of the
// input. Combinational: level s rotates by 2^s items or not.
module systole_rotate #(
  parameter int BB = 4,
  parameter int W = 8,
  localparam int BITS = W << BB
) (
  input  logic [BB-1:0]   amount_i,
  input  logic [BITS-1:0] data_i,
  output logic [BITS-1:0] data_o
);
  for (genvar s = 0; s < BB; s++) begin : gen_level
    localparam int SHIFT = W << s;
    logic [BITS-1:0] in, out;
    if (s == 0) begin : gen_first
      assign in = data_i;
    end else begin : gen_next
      assign in = gen_level[s-1].out;
    end
    assign out = amount_i[s] ? {in[SHIFT-1:0], in[BITS-1:SHIFT]} : in;
  end
  assign data_o = gen_level[BB-1].out;
endmodule

// Rotator of N items of W bits:  item i of the output = item (i + amount_i) mod N of the input,
// amount_i < N. Combinational: level s rotates by 2^s items or not. used_i: whether anybody uses
// the output; 1 will do.
`include "systole_assert.svh"

module systole_rotate #(
  parameter int BB = 4,
  parameter int W = 8,
  parameter int N = 1 << BB,  // more than 2^(BB - 1), at most 2^BB
  localparam int BITS = W * N
) (
  input  logic            used_i,
  input  logic [BB-1:0]   amount_i,
  input  logic [BITS-1:0] data_i,
  output logic [BITS-1:0] data_o
);
  function automatic logic [BITS-1:0] rotate(input logic [BITS-1:0] data,
                                             input logic [BB-1:0] amount);
    rotate = data;
    for (int s = 0; s < BB; s++) begin
      if (amount[s]) rotate = (rotate >> (W << s)) | (rotate << (BITS - (W << s)));
    end
  endfunction

  always_comb begin
    if (`SYSTOLE_ANY(used_i)) data_o = rotate(data_i, amount_i);
    else data_o = 'x;
  end
endmodule

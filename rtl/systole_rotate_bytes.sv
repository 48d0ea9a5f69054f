// Rotator of 2^BB bytes:  data_o[i] = data_i[(i + amount_i) mod 2^BB].  Combinational, BB levels of two-way choices.
module systole_rotate_bytes #(
    parameter int BB = 4,
    localparam int N = 1 << BB
) (
    input  logic [ BB-1:0] amount_i,
    input  logic [8*N-1:0] data_i,
    output logic [8*N-1:0] data_o
);
  logic [16*N-1:0] twice;
  assign twice  = {data_i, data_i} >> {amount_i, 3'b0};
  assign data_o = twice[8*N-1:0];

  logic unused;
  assign unused = &{1'b0, twice};
endmodule

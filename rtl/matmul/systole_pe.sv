// Processing element of the weight-stationary array: a working weight, a shadow weight, one
// multiply-accumulate a cycle.
//
//   psum_o   <= psum_i + factor_i * work   (down)
//   act_o    <= act_i                      (right; factor_i is act_i but in column mode)
//   weight_o <= weight_i  if shift_i       (right; the shadow register: the next fold's weight
//                                           arrives while this one computes)
//   work     <= weight_o  if swap_i        (one cycle ahead of the fold's first activation)
//
// The product of two signed bytes, -16,256 to 16,384, fits 16 bits: synthesis builds no more.
// Registers without reset: the control bits beside the data say what counts.
module systole_pe (
  input  logic clk_i,
  input  logic busy_i,   // any element of the row has a vector's psum_i or act_i; 1 will do
  input  logic moves_i,  // any element of the row has shift_i or swap_i; 1 will do
  input  logic shift_i,
  input  logic swap_i,

  input  logic [7:0] act_i,
  output logic [7:0] act_o,
  input  logic [7:0] factor_i,
  input  logic [7:0] weight_i,
  output logic [7:0] weight_o,

  input  logic [31:0] psum_i,
  output logic [31:0] psum_o
);
  logic [7:0] work_q;

  function automatic logic signed [15:0] times(input logic signed [7:0] x,
                                               input logic signed [7:0] y);
    times = x * y;
  endfunction

  always_ff @(posedge clk_i) begin
    if (busy_i) begin
      act_o <= act_i;
      psum_o <= psum_i + 32'(times(factor_i, work_q));
    end
    if (moves_i) begin
      if (shift_i) weight_o <= weight_i;
      if (swap_i) work_q <= weight_o;
    end
  end
endmodule

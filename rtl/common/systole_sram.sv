// Memory leaf: one read port, one write port, one clock. The only module that infers a memory.
//
//   we_i:  mem[waddr_i] <= wdata_i, readable from the next cycle
//   re_i:  rdata_o = mem[raddr_i] from the next cycle on, held until the next re_i
//   any_i: high where we_i or re_i is, here or in a memory beside this one; 1 will do
//
// Reading an address in the cycle in which it is written gives an undefined value: the tokens of a
// program order its engines so that nobody uses such a value. OVERREAD = 0: it is never read;
// OVERREAD = 1: it may be read (windows reach past what is used), and is inverted in simulation.
// Contents and output have no reset. Nobody else sees the contents, so that they may change at
// once, after the read: a simulator keeps no list of writes.
`include "systole_assert.svh"

module systole_sram #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 16,
  parameter bit OVERREAD = 1'b0,
  localparam int AW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
  input  logic             clk_i,
  input  logic             any_i,
  input  logic             we_i,
  input  logic [AW-1:0]    waddr_i,
  input  logic [WIDTH-1:0] wdata_i,
  input  logic             re_i,
  input  logic [AW-1:0]    raddr_i,
  output logic [WIDTH-1:0] rdata_o
);
  logic [WIDTH-1:0] mem[0:DEPTH-1];

  `SYSTOLE_PROGRAM_CHECKS
  always @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (re_i) begin
        `SYSTOLE_CHECK_PROGRAM(NoReadOfWhatIsWritten, OVERREAD || !we_i || waddr_i != raddr_i)
        rdata_o <= `SYSTOLE_UNDEFINED(OVERREAD && we_i && waddr_i == raddr_i, mem[raddr_i]);
      end
      if (we_i) mem[waddr_i] = wdata_i;
    end
  end
endmodule

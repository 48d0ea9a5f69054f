// Stands for systole_sram in the proof of the activation buffer: one word of it, any, is kept; the
// others read as anything.
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
  (* anyconst *) logic [AW-1:0] kept;
  (* anyseq *) logic [WIDTH-1:0] any;
  logic [WIDTH-1:0] word_q;
  always_ff @(posedge clk_i) begin
    if (we_i && waddr_i == kept) word_q <= wdata_i;
    if (re_i) rdata_o <= raddr_i == kept ? word_q : any;
  end
endmodule

// Stands for systole_rs_loader in the proof of its control: a set takes any number of slots, its
// address is 0 in the first (systole_rs_loader itself: row_loader_proof.sv).
module systole_rs_loader #(
  parameter int RS_COLS = 14, parameter int WGT_SPAD = 64,
  localparam int COL_W = systole_pkg::COL_W, localparam int BUF_W = systole_pkg::BUF_W,
  localparam int CYCLES_W = systole_pkg::ENTRY_W + 1 + COL_W, localparam int WA = $clog2(WGT_SPAD)
) (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic begin_i,
  input logic [COL_W-1:0] m3_i, input logic [COL_W-1:0] q1_i, input logic [CYCLES_W-1:0] cycles_i,
  input logic [BUF_W-1:0] row_i, output logic load_o, output logic last_o,
  output logic [BUF_W-1:0] next_row_o, output logic [BUF_W-1:0] row_o,
  output logic [WA-1:0] addr_o, output logic [RS_COLS-1:0] mask_o
);
  (* anyseq *) logic any_last;
  (* anyseq *) logic [WA-2:0] any_word;
  logic loading_q, half_q;
  assign load_o = begin_i || loading_q;
  assign last_o = load_o && any_last;
  assign addr_o = {begin_i ? !half_q : half_q, begin_i ? '0 : any_word};
  assign next_row_o = '0;
  assign row_o = '0;
  assign mask_o = '0;
  always_ff @(posedge clk_i) begin
    loading_q <= rst_ni && !clear_i && load_o && !last_o;
    if (!rst_ni || clear_i) half_q <= 1'b1;
    else if (begin_i) half_q <= !half_q;
  end
endmodule

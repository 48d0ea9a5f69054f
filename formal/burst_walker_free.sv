// Stands for systole_burst_walker in the proof of STORE: any bursts, one after another, of up to
// four beats, of which what is said stays until the step. (systole_burst_walker itself:
// burst_walker_proof.sv.)
module systole_burst_walker #(
  parameter int AXI_DATA_WIDTH = 64
) (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic start_i,
  input logic single_i, input logic [systole_pkg::INSTR_W-1:0] instr_i, input logic step_i,
  input logic stop_i, input logic [63:0] base_i, input logic [63:0] last_i,
  output logic active_o, output logic [63:0] addr_o, output logic [systole_pkg::BUF_W-1:0] buf_o,
  output logic [5:0] len_o, output logic [4:0] tail_o, output logic first_o, output logic last_o,
  output logic outside_o
);
  (* anyseq *) logic [1:0] any_place, any_len, any_tail;
  (* anyseq *) logic any_last, any_outside;
  logic [1:0] place_q, len_q, tail_q;
  logic last_q, outside_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) active_o <= 1'b0;
    else if (clear_i || stop_i) active_o <= 1'b0;
    else if (start_i) active_o <= 1'b1;
    else if (step_i && last_o) active_o <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (start_i || step_i) begin
      {place_q, len_q, tail_q, last_q, outside_q} <=
        {any_place, any_len, any_tail, any_last, any_outside};
    end
  end
  assign addr_o = 64'(place_q);
  assign buf_o = (systole_pkg::BUF_W)'(place_q);
  assign len_o = 6'(len_q);
  assign tail_o = 5'(tail_q) + 5'd1;
  assign first_o = 1'b0;
  assign last_o = last_q;
  assign outside_o = outside_q;
endmodule

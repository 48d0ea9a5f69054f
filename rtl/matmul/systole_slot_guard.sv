// Tells a slot that would read an accumulator entry while an earlier slot's sum is still on its way
// into it.
//
//   err_o(t+1) = slot t accumulates, and slot t-1 or t-2 went to the same entry of the same half
//
// Within an instruction a fold's P >= 3 rules it out; it takes two instructions whose entries
// overlap and are shifted.
module systole_slot_guard (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_matmul_control
  input  logic                            slot_i,
  input  logic                            first_i,  // stores, does not read
  input  logic                            half_i,
  input  logic [systole_pkg::ENTRY_W-1:0] entry_i,
  output logic                            err_o
);
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  logic slot1_q, slot2_q;
  logic [ENTRY_W:0] where, where1_q, where2_q;
  assign where = {half_i, entry_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      slot1_q <= 1'b0;
      slot2_q <= 1'b0;
      err_o <= 1'b0;
    end else if (clear_i) begin
      slot1_q <= 1'b0;
      slot2_q <= 1'b0;
      err_o <= 1'b0;
    end else begin
      slot1_q <= slot_i;
      slot2_q <= slot1_q;
      err_o <= slot_i && !first_i &&
               ((slot1_q && where == where1_q) || (slot2_q && where == where2_q));
    end
  end
  always_ff @(posedge clk_i) begin
    where1_q <= where;
    where2_q <= where1_q;
  end
endmodule

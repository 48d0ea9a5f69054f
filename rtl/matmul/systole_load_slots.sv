// Load slots of a slice: wl = min(Wcols, COLS / WPORT), at least 1. Combinational.
module systole_load_slots #(
  parameter int COLS = 16,
  parameter int WPORT = 1
) (
  input  logic [systole_pkg::MM_WCOLS_W-1:0] wcols_i,
  output logic [systole_pkg::MM_WCOLS_W-1:0] slots_o
);
  localparam int W = systole_pkg::MM_WCOLS_W;
  localparam int MOST = COLS / WPORT;

  assign slots_o = (wcols_i == '0) ? W'(1) : (wcols_i < W'(MOST)) ? wcols_i : W'(MOST);
endmodule

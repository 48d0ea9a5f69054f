// Does anything move in this cycle? And is the memory done with everything it was asked for?
//
// progress_o: an instruction is dispatched, issued or retired, an address, beat or response passes,
// or an engine that never waits for a bus is at work (MATMUL, POST, a Fill of LOAD).
module systole_progress (
  // Engines: bit e each
  input  logic [systole_pkg::NUM_ENGINES-1:0] push_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0] issue_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0] retire_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0] inflight_i,
  input  logic                                post_works_i,
  input  logic                                filling_i,

  // Memory ports: a channel's VALID and READY; of R and B, whose READY is always high, VALID
  input  logic [1:0] ar_i,
  input  logic [1:0] aw_i,
  input  logic [1:0] w_i,
  input  logic [1:0] fetch_ar_i,
  input  logic       r_i,
  input  logic       b_i,
  input  logic       fetch_r_i,

  // Who uses them: nothing is under way
  input  logic load_idle_i,
  input  logic store_idle_i,
  input  logic fetch_idle_i,

  // systole_control
  output logic progress_o,
  output logic bus_idle_o,

  // systole_counters
  output logic write_beat_o
);
  logic moves, works, passes;

  assign moves = push_i != '0 || issue_i != '0 || retire_i != '0;
  // An instruction that POST has given up stays in flight, but no longer works.
  assign works = inflight_i[systole_pkg::ENGINE_MATMUL] || post_works_i || filling_i;
  assign passes = &ar_i || &aw_i || write_beat_o || &fetch_ar_i || r_i || b_i || fetch_r_i;
  assign progress_o = moves || works || passes;
  assign write_beat_o = &w_i;
  assign bus_idle_o = load_idle_i && store_idle_i && fetch_idle_i;
endmodule

// The oldest unfinished instruction: the smallest index of all that are in flight, queued, or next
// to dispatch. Combinational.
//
// Each engine is in order, so its oldest is in flight if anything is, else at its queue's output;
// and whatever has been dispatched is older than what comes next. Two comparisons, one after
// another.
module systole_oldest (
  // Engine e: queue's output, the oldest in flight
  input  logic [systole_pkg::NUM_ENGINES-1:0]    head_valid_i,
  input  logic [32*systole_pkg::NUM_ENGINES-1:0] head_pc_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0]    inflight_i,
  input  logic [32*systole_pkg::NUM_ENGINES-1:0] oldest_pc_i,

  // systole_fetch
  input  logic [systole_pkg::PC_W-1:0] next_pc_i,

  output logic [2:0]                   engine_o,  // ENGINE_FETCH: next_pc_i
  output logic [systole_pkg::PC_W-1:0] pc_o
);
  localparam int PC_W = systole_pkg::PC_W;
  // Nodes of a tree: 0 to 3 the engines, 4 and 5 their pairs, 6 all of them.
  for (genvar n = 0; n < 7; n++) begin : gen_node
    logic valid;
    logic [1:0] engine;
    logic [PC_W-1:0] pc;
    if (n < 4) begin : gen_engine
      assign valid = inflight_i[n] || head_valid_i[n];
      assign engine = 2'(n);
      assign pc = inflight_i[n] ? oldest_pc_i[PC_W*n +: PC_W] : head_pc_i[PC_W*n +: PC_W];
    end else begin : gen_pair
      localparam int LEFT = 2 * (n - 4);
      logic right;
      assign right = !gen_node[LEFT].valid ||
                     (gen_node[LEFT+1].valid && gen_node[LEFT+1].pc < gen_node[LEFT].pc);
      assign valid = gen_node[LEFT].valid || gen_node[LEFT+1].valid;
      assign engine = right ? gen_node[LEFT+1].engine : gen_node[LEFT].engine;
      assign pc = right ? gen_node[LEFT+1].pc : gen_node[LEFT].pc;
    end
  end

  assign engine_o = gen_node[6].valid ? 3'(gen_node[6].engine) : 3'(systole_pkg::ENGINE_FETCH);
  assign pc_o = gen_node[6].valid ? gen_node[6].pc : next_pc_i;
endmodule

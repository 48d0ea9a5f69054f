// Frame of an engine: what the four do alike, around the work in which they differ.
//
//   queue's output, tokens --> issue --> in flight: pc, tokens to give --> retire
//
//   issue = the head and its tokens are there, nothing is stopped, the engine is ready,
//           and the head's check (made when it was queued) found nothing
//   start = the issue of an instruction that works; a Sync has retired with its issue
//   retire: the oldest instruction in flight leaves and gives its tokens (push_o)
//
// Errors: of one cycle, the one of the oldest instruction is told.
//   late_err_i  of the oldest instruction in flight
//   work_err_i  of the instruction at work, the last one started; with LATE, of the cycle before
//   the head's  when nothing else keeps it from issuing
// With LATE = 0 an error is told in its own cycle and every cycle that has one. With LATE = 1 the
// first error is kept, told from the next cycle on, and nothing issues any more.
`include "systole_assert.svh"

module systole_engine_frame #(
  parameter int ENGINE = 0,
  parameter int IN_FLIGHT = 8,  // the most instructions that are started and not retired
  parameter int LATE = 0
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic stop_i,

  // Queue's output, systole_tokens
  input  logic                                 valid_i,
  input  logic [systole_pkg::INSTR_W-1:0]      instr_i,
  input  logic [systole_pkg::PC_W-1:0]         pc_i,
  input  logic [systole_pkg::CODE_W-1:0]       code_i,  // of its check
  output logic [4*systole_pkg::POP_LOAD_W-1:0] pops_o,  // of LOAD at the low end, then the others
  input  logic                                 tokens_i,
  output logic                                 issue_o,
  output logic                                 sync_o,  // the issue is a Sync's
  output logic [systole_pkg::PUSH_W-1:0]       push_o,  // with retire_i
  output logic                                 busy_o,

  // systole_control
  output logic                           inflight_o,   // started, not retired: there is one
  output logic [systole_pkg::PC_W-1:0]   oldest_pc_o,  // the first of them
  output logic                           err_valid_o,
  output logic [systole_pkg::CODE_W-1:0] err_code_o,
  output logic [systole_pkg::PC_W-1:0]   err_pc_o,

  // The engine
  output logic                           head_o,      // there is an instruction, in this run
  output logic                           start_o,     // instr_i begins
  input  logic                           ready_i,     // it may, in this cycle
  input  logic                           working_i,   // occupied beyond this cycle's issue
  input  logic                           retire_i,
  input  logic [systole_pkg::CODE_W-1:0] late_err_i,  // error codes; ERR_NONE: no error
  input  logic [systole_pkg::CODE_W-1:0] work_err_i
);
  localparam int CODE_W = systole_pkg::CODE_W;
  localparam int PC_W = systole_pkg::PC_W;
  localparam logic [systole_pkg::OPCODE_W-1:0] OP_SYNC =
    (ENGINE == systole_pkg::ENGINE_LOAD) ? systole_pkg::OP_SYNC_LOAD :
    (ENGINE == systole_pkg::ENGINE_MATMUL) ? systole_pkg::OP_SYNC_MATMUL :
    (ENGINE == systole_pkg::ENGINE_POST) ? systole_pkg::OP_SYNC_POST : systole_pkg::OP_SYNC_STORE;

  // ---- Issue. In cycle 0 of a run the queue may still hold what an earlier run left.
  logic blocked, allowed, is_sync;

  assign pops_o = {instr_i[systole_pkg::POP_STORE_LSB +: systole_pkg::POP_STORE_W],
                   instr_i[systole_pkg::POP_POST_LSB +: systole_pkg::POP_POST_W],
                   instr_i[systole_pkg::POP_MATMUL_LSB +: systole_pkg::POP_MATMUL_W],
                   instr_i[systole_pkg::POP_LOAD_LSB +: systole_pkg::POP_LOAD_W]};
  assign head_o = valid_i && !clear_i;
  assign is_sync = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] == OP_SYNC;
  assign allowed = head_o && tokens_i && !stop_i && !blocked && ready_i;
  assign issue_o = allowed && code_i == systole_pkg::ERR_NONE;
  assign sync_o = issue_o && is_sync;
  assign start_o = issue_o && !is_sync;
  assign busy_o = issue_o || working_i;

  // ---- In flight.
  logic full;

  systole_queue #(.WIDTH(systole_pkg::PUSH_W + 32), .DEPTH(IN_FLIGHT)) u_in_flight (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .push_i(start_o),
    .data_i({instr_i[systole_pkg::PUSH_LSB +: systole_pkg::PUSH_W], pc_i}), .full_o(full),
    .valid_o(inflight_o), .data_o({push_o, oldest_pc_o}), .pop_i(retire_i)
  );

  // ---- Errors.
  logic found;
  logic [CODE_W-1:0] found_code;
  logic [PC_W-1:0] found_pc, work_pc, started_q;

  always_ff @(posedge clk_i) begin
    if (start_o) started_q <= pc_i;
  end

  always_comb begin
    found = 1'b1;
    if (late_err_i != systole_pkg::ERR_NONE) begin
      found_code = late_err_i;
      found_pc = oldest_pc_o;
    end else if (work_err_i != systole_pkg::ERR_NONE) begin
      found_code = work_err_i;
      found_pc = work_pc;
    end else begin
      found = allowed && code_i != systole_pkg::ERR_NONE;
      found_code = code_i;
      found_pc = pc_i;
    end
  end

  if (LATE != 0) begin : gen_late
    logic kept_q;
    logic [CODE_W-1:0] code_q;
    logic [PC_W-1:0] pc_q, started1_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) kept_q <= 1'b0;
      else if (clear_i) kept_q <= 1'b0;
      else if (found) kept_q <= 1'b1;
    end
    always_ff @(posedge clk_i) begin
      started1_q <= started_q;
      if (found && !kept_q) begin
        code_q <= found_code;
        pc_q <= found_pc;
      end
    end
    assign work_pc = started1_q;
    assign blocked = kept_q;
    assign err_valid_o = kept_q;
    assign err_code_o = code_q;
    assign err_pc_o = pc_q;
  end else begin : gen_now
    assign work_pc = started_q;
    assign blocked = 1'b0;
    assign err_valid_o = found;
    assign err_code_o = found_code;
    assign err_pc_o = found_pc;
  end

  `SYSTOLE_ASSERT(InFlightHasRoom, clk_i, rst_ni, !full)
  `SYSTOLE_ASSERT(OneIsInFlight, clk_i, rst_ni, !working_i || clear_i || inflight_o)
endmodule

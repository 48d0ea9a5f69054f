// Run control: start, end, errors, draining, soft reset, watchdog, token deadlock.
//
//   IDLE --start--> WAIT (bus still drains) --> RUN --all retired--> IDLE, DONE
//                                RUN --error--> DRAIN --bus idle--> IDLE, DONE and ERROR
//   any --soft reset--> RESET --bus idle--> IDLE
//
// Cycle 0 of a run is the first in RUN, with clear_o high. Last retire in cycle R -> DONE in R+2
// (docs/timing.md, End). The first error wins; in one cycle LOAD, MATMUL, POST, STORE, fetch, token
// overflow, deadlock, watchdog, in this order. Deadlock: nothing in flight, nothing to dispatch (or
// its queue full), and every engine's head waits for tokens. Watchdog: watchdog_i cycles in a row
// without progress_i; it ends RUN (naming the oldest unfinished instruction: issued, queued, or
// next to dispatch), and the waiting in WAIT, DRAIN and RESET; DRAINING then stays until the bus is
// idle.
module systole_control (
  input  logic clk_i,
  input  logic rst_ni,

  // systole_csr
  input  logic                         start_i,
  input  logic                         soft_reset_i,
  input  logic [31:0]                  watchdog_i,
  input  logic [31:0]                  prog_len_i,
  output logic [3:0]                   status_o,   // DRAINING, ERROR, DONE, BUSY
  output logic                         locked_o,
  output logic [15:0]                  error_o,    // engine, code
  output logic [systole_pkg::PC_W-1:0] error_pc_o,
  output logic [1:0]                   irq_set_o,  // ERROR, DONE

  // Everything that runs
  output logic clear_o,
  output logic stop_o,
  output logic run_o,    // in RUN
  output logic count_o,  // counters count
  input  logic bus_idle_i,
  input  logic progress_i,

  // Engine e: queue output, instructions in flight (oldest first), errors
  input  logic [3:0]                                              head_valid_i,
  input  logic [3:0]                                              tokens_i,
  input  logic [systole_pkg::PC_W*systole_pkg::NUM_ENGINES-1:0]   head_pc_i,
  input  logic [3:0]                                              inflight_i,
  input  logic [systole_pkg::PC_W*systole_pkg::NUM_ENGINES-1:0]   oldest_pc_i,
  input  logic [3:0]                                              retire_i,
  input  logic [3:0]                                              sync_i,  // a Sync retires
  input  logic [3:0]                                              err_valid_i,
  input  logic [systole_pkg::CODE_W*systole_pkg::NUM_ENGINES-1:0] err_code_i,
  input  logic [systole_pkg::PC_W*systole_pkg::NUM_ENGINES-1:0]   err_pc_i,
  input  logic [3:0]                                              overflow_i,

  // systole_fetch
  input  logic                           fetch_err_valid_i,
  input  logic [systole_pkg::CODE_W-1:0] fetch_err_code_i,
  input  logic [systole_pkg::PC_W-1:0]   fetch_err_pc_i,
  input  logic [systole_pkg::PC_W-1:0]   next_pc_i,
  input  logic                           blocked_i
);
  localparam int CODE_W = systole_pkg::CODE_W;
  localparam int PC_W = systole_pkg::PC_W;
  localparam logic [2:0] IDLE = 3'd0, WAITING = 3'd1, RUN = 3'd2, DRAIN = 3'd3, RESET = 3'd4;

  logic [2:0] state_q, state_d;
  logic clear_q, done_q, error_q;
  logic [31:0] retired_q, idle_q;
  logic [3:0] retiring, retiring_q;  // instructions, in this cycle and the one before
  logic finished, expired, deadlock, draining;

  assign run_o = state_q == RUN;
  assign stop_o = state_q != RUN;
  assign count_o = state_q == RUN || state_q == DRAIN;
  assign clear_o = clear_q;
  assign locked_o = state_q != IDLE || !bus_idle_i;
  assign draining = (state_q == IDLE) ? !bus_idle_i : state_q != RUN;
  assign status_o = {draining, error_q, done_q, state_q != IDLE};

  // ---- The end of a run
  assign retiring = 4'(retire_i[0]) + 4'(retire_i[1]) + 4'(retire_i[2]) + 4'(retire_i[3]) +
                    4'(sync_i[0]) + 4'(sync_i[1]) + 4'(sync_i[2]) + 4'(sync_i[3]);
  assign finished = run_o && !clear_q && retired_q + 32'(retiring_q) == prog_len_i;

  // ---- No progress
  assign expired = watchdog_i != 32'd0 && idle_q >= watchdog_i;
  assign deadlock = run_o && !clear_q && blocked_i && inflight_i == 4'd0 && head_valid_i != 4'd0 &&
                    (head_valid_i & tokens_i) == 4'd0;

  logic [PC_W-1:0] oldest_pc;
  logic [2:0] oldest_engine;

  systole_oldest u_oldest (
    .head_valid_i(head_valid_i), .head_pc_i(head_pc_i), .inflight_i(inflight_i),
    .oldest_pc_i(oldest_pc_i), .next_pc_i(next_pc_i), .engine_o(oldest_engine), .pc_o(oldest_pc)
  );

  // ---- The first error
  logic hit;
  logic [CODE_W-1:0] hit_code;
  logic [2:0] hit_engine;
  logic [PC_W-1:0] hit_pc;
  always_comb begin
    hit = 1'b0;
    hit_code = systole_pkg::ERR_NONE;
    hit_engine = 3'(systole_pkg::ENGINE_FETCH);
    hit_pc = 32'd0;
    if (expired && (run_o || state_q == WAITING)) begin
      hit = 1'b1;
      hit_code = systole_pkg::ERR_WATCHDOG;
      hit_engine = run_o ? oldest_engine : 3'(systole_pkg::ENGINE_FETCH);
      hit_pc = run_o ? oldest_pc : 32'd0;
    end
    if (run_o && !clear_q) begin
      if (deadlock) begin
        hit = 1'b1;
        hit_code = systole_pkg::ERR_TOKEN;
        hit_engine = oldest_engine;
        hit_pc = oldest_pc;
      end
      for (int e = 3; e >= 0; e--) begin
        if (overflow_i[e]) begin
          hit = 1'b1;
          hit_code = systole_pkg::ERR_TOKEN;
          hit_engine = 3'(e);
          hit_pc = oldest_pc_i[PC_W*e +: PC_W];
        end
      end
      if (fetch_err_valid_i) begin
        hit = 1'b1;
        hit_code = fetch_err_code_i;
        hit_engine = 3'(systole_pkg::ENGINE_FETCH);
        hit_pc = fetch_err_pc_i;
      end
      for (int e = 3; e >= 0; e--) begin
        if (err_valid_i[e]) begin
          hit = 1'b1;
          hit_code = err_code_i[CODE_W*e +: CODE_W];
          hit_engine = 3'(e);
          hit_pc = err_pc_i[PC_W*e +: PC_W];
        end
      end
    end
  end

  // ---- State
  logic ends_done, ends_error;
  always_comb begin
    state_d = state_q;
    ends_done = 1'b0;
    ends_error = 1'b0;
    case (state_q)
      IDLE: if (start_i) state_d = bus_idle_i ? RUN : WAITING;
      WAITING: begin
        if (bus_idle_i) state_d = RUN;
        else if (hit) begin
          state_d = IDLE;
          ends_error = 1'b1;
        end
      end
      RUN: begin
        if (hit) begin
          state_d = (hit_code == systole_pkg::ERR_WATCHDOG) ? IDLE : DRAIN;
          ends_error = hit_code == systole_pkg::ERR_WATCHDOG;
        end else if (finished) begin
          state_d = IDLE;
          ends_done = 1'b1;
        end
      end
      DRAIN: begin
        if (bus_idle_i || expired) begin
          state_d = IDLE;
          ends_error = 1'b1;
        end
      end
      RESET: if (bus_idle_i || expired) state_d = IDLE;
      default: state_d = IDLE;
    endcase
    if (soft_reset_i) begin
      state_d = RESET;
      ends_done = 1'b0;
      ends_error = 1'b0;
    end
  end
  assign irq_set_o = {ends_error, ends_done || ends_error};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= IDLE;
      clear_q <= 1'b0;
      done_q <= 1'b0;
      error_q <= 1'b0;
      error_o <= 16'd0;
      error_pc_o <= 32'd0;
      retired_q <= 32'd0;
      retiring_q <= 4'd0;
      idle_q <= 32'd0;
    end else begin
      state_q <= state_d;
      clear_q <= (state_d == RUN && state_q != RUN) ||
                 (state_q == RESET && state_d == IDLE && bus_idle_i);
      idle_q <= (state_d != state_q || state_q == IDLE || progress_i) ? 32'd0 : idle_q + 32'd1;
      retiring_q <= clear_q ? 4'd0 : retiring;
      if (clear_q) retired_q <= 32'd0;
      else if (run_o) retired_q <= retired_q + 32'(retiring_q);
      if (soft_reset_i || (start_i && state_q == IDLE)) begin
        done_q <= 1'b0;
        error_q <= 1'b0;
        error_o <= 16'd0;
        error_pc_o <= 32'd0;
      end else begin
        if (ends_done || ends_error) done_q <= 1'b1;
        if (ends_error) error_q <= 1'b1;
        if (hit && (state_q == RUN || state_d != RUN)) begin
          error_o <= {5'd0, hit_engine, hit_code};
          error_pc_o <= hit_pc;
        end
      end
    end
  end
endmodule

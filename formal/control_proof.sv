// Proves of systole_control, for every host, engines and bus and any number of cycles. PART 0:
// everything is cleared only where it was stopped and the bus idle in the cycle before; a run that
// ends without an error saw none; an engine's error ends it, and the first one told is kept, engine
// and code, until the next start or soft reset; ERROR is never set without DONE. PART 1: a run that
// ends without an error saw just as many retire as the program has. dut_* are registers.
module control_proof #(parameter int PART = 0) (
  input logic clk_i, input logic rst_ni, input logic start, input logic soft_reset,
  input logic bus_idle, input logic progress, input logic [3:0] head_valid,
  input logic [3:0] tokens, input logic [3:0] inflight, input logic [3:0] retire,
  input logic [3:0] sync, input logic [3:0] err_valid, input logic [3:0] overflow,
  input logic fetch_err_valid, input logic blocked
);
  (* keep *) logic [31:0] dut_retired_q;
  (* keep *) logic [3:0] dut_retiring_q;
  (* anyconst *) logic [31:0] length, watchdog;
  (* anyseq *) logic [127:0] head_pc, oldest_pc, err_pc;
  (* anyseq *) logic [4*systole_pkg::CODE_W-1:0] err_code;
  logic [3:0] status;
  logic [15:0] error;
  logic [31:0] error_pc;
  logic [1:0] irq;
  logic clear, stop, run, locked;
  systole_control dut (
    .clk_i, .rst_ni, .start_i(start), .soft_reset_i(soft_reset), .watchdog_i(watchdog),
    .prog_len_i(length), .status_o(status), .locked_o(locked), .error_o(error),
    .error_pc_o(error_pc), .irq_set_o(irq), .clear_o(clear), .stop_o(stop), .run_o(run),
    .bus_idle_i(bus_idle), .progress_i(progress), .head_valid_i(head_valid), .tokens_i(tokens),
    .head_pc_i(head_pc), .inflight_i(inflight), .oldest_pc_i(oldest_pc), .retire_i(retire),
    .sync_i(sync), .err_valid_i(err_valid), .err_code_i(err_code), .err_pc_i(err_pc),
    .overflow_i(overflow), .fetch_err_valid_i(fetch_err_valid), .fetch_err_code_i(8'd1),
    .fetch_err_pc_i('0), .next_pc_i('0), .blocked_i(blocked));

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);
  localparam int CODE_W = systole_pkg::CODE_W;
  for (genvar e = 0; e < 4; e++) begin : gen_engine  // an error has a code
    always_comb assume (!err_valid[e] || err_code[CODE_W*e +: CODE_W] != 0);
  end

  logic rested, failed, ended;  // failed: an engine or the fetch unit has told an error
  logic [31:0] retired;
  logic [15:0] error_q, first;
  always_comb begin
    first = {5'd0, 3'(systole_pkg::ENGINE_FETCH), 8'd1};
    for (int e = 3; e >= 0; e--) begin
      if (err_valid[e]) first = {5'd0, 3'(e), err_code[CODE_W*e +: CODE_W]};
    end
  end
  logic [3:0] retiring;
  assign retiring = 4'(retire[0]) + 4'(retire[1]) + 4'(retire[2]) + 4'(retire[3]) + 4'(sync[0]) +
                    4'(sync[1]) + 4'(sync[2]) + 4'(sync[3]);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {rested, failed, ended, retired} <= '0;
    end else begin
      rested <= stop && bus_idle;
      if (clear) retired <= '0;
      else if (run) retired <= retired + 32'(retiring);
      if (soft_reset || (start && !status[0])) failed <= 1'b0;
      else if (run && !clear && (err_valid != 0 || fetch_err_valid) && !failed) begin
        failed <= 1'b1;
        error_q <= first;
      end
    end
  end
  always_comb if (rst_ni) begin
    if (PART == 0) begin
      assert (!clear || rested);
      assert (!(run && stop) && (!run || status[0]));
      if (irq[0] && !irq[1]) assert (run && !failed);
      assert (!irq[1] || irq[0]);
      if (failed) assert (!run && error == error_q);
      assert (!status[2] || status[1]);
    end else begin
      if (run && !clear) assert (retired == dut_retired_q + 32'(dut_retiring_q));
      if (irq[0] && !irq[1]) assert (retired == length);
    end
  end
endmodule

// Performance counters of the last run, 64 bits each, at the places systole_pkg::CNT_*_INDEX;
// engine e, cause c at CNT_ENGINE_INDEX + NUM_CAUSES e + c:
//   BUSY = within an instruction's occupancy, else EMPTY = nothing at the queue's output,
//   else WAIT_TOKEN = the head's tokens are not all there, else WAIT_DATA
// In every cycle with run_i each engine has exactly one cause: the four add up to the total.
// clear_i (high in cycle 0 of a run) starts them at that cycle's values.
`include "systole_assert.svh"

module systole_counters (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic run_i,

  // Engines and queue outputs, engine e
  input  logic [systole_pkg::NUM_ENGINES-1:0] busy_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0] valid_i,
  input  logic [systole_pkg::NUM_ENGINES-1:0] tokens_i,

  // What is counted, in the cycle in which it happens
  // spec: begin counter_ports
  input  logic        macs_valid_i,
  input  logic [12:0] macs_i,  // multiply-adds: lanes x columns, summed over vectors
  input  logic        read_beats_i,  // beats of the data port read (fetch is not counted)
  input  logic        write_beats_i,  // beats of the data port written
  // spec: end

  // systole_csr
  input  logic                                    read_i,
  input  logic [systole_pkg::COUNTER_INDEX_W-1:0] index_i,
  output logic [63:0]                             value_o
);
  logic [64*systole_pkg::NUM_COUNTERS-1:0] all;  // every counter at its place
  logic [63:0] total_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) total_q <= 64'd0;
    else if (clear_i) total_q <= 64'(run_i);
    else if (run_i) total_q <= total_q + 64'd1;
  end
  assign all[64*systole_pkg::CNT_TOTAL_INDEX +: 64] = total_q;

  // spec: begin counter_registers
  logic [63:0] macs_q, read_beats_q, write_beats_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      macs_q <= 64'd0;
      read_beats_q <= 64'd0;
      write_beats_q <= 64'd0;
    end else if (clear_i) begin
      macs_q <= 64'd0;
      read_beats_q <= 64'd0;
      write_beats_q <= 64'd0;
    end else if (run_i) begin
      if (macs_valid_i) macs_q <= macs_q + 64'(macs_i);
      if (read_beats_i) read_beats_q <= read_beats_q + 64'd1;
      if (write_beats_i) write_beats_q <= write_beats_q + 64'd1;
    end
  end
  assign all[64*systole_pkg::CNT_MACS_INDEX +: 64] = macs_q;
  assign all[64*systole_pkg::CNT_READ_BEATS_INDEX +: 64] = read_beats_q;
  assign all[64*systole_pkg::CNT_WRITE_BEATS_INDEX +: 64] = write_beats_q;
  // spec: end

  for (genvar e = 0; e < systole_pkg::NUM_ENGINES; e++) begin : gen_engine
    localparam int FIRST = systole_pkg::CNT_ENGINE_INDEX + systole_pkg::NUM_CAUSES * e;
    logic [63:0] busy_q, token_q, data_q, empty_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        busy_q <= 64'd0;
        token_q <= 64'd0;
        data_q <= 64'd0;
        empty_q <= 64'd0;
      end else if (clear_i) begin
        busy_q <= 64'd0;
        token_q <= 64'd0;
        data_q <= 64'd0;
        empty_q <= 64'(run_i);
      end else if (run_i) begin
        if (busy_i[e]) busy_q <= busy_q + 64'd1;
        else if (!valid_i[e]) empty_q <= empty_q + 64'd1;
        else if (!tokens_i[e]) token_q <= token_q + 64'd1;
        else data_q <= data_q + 64'd1;
      end
    end
    assign all[64*(FIRST + systole_pkg::CAUSE_BUSY) +: 64] = busy_q;
    assign all[64*(FIRST + systole_pkg::CAUSE_WAIT_TOKEN) +: 64] = token_q;
    assign all[64*(FIRST + systole_pkg::CAUSE_WAIT_DATA) +: 64] = data_q;
    assign all[64*(FIRST + systole_pkg::CAUSE_EMPTY) +: 64] = empty_q;
  end

  always_comb begin
    value_o = 64'd0;
    if (`SYSTOLE_ANY(read_i) && 32'(index_i) < systole_pkg::NUM_COUNTERS) begin
      value_o = all[64*32'(index_i) +: 64];
    end
  end
endmodule

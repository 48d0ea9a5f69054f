// Performance counters of the last run, 64 bits each.
//
//   index 0 total cycles, 1 MACs, 2 read beats, 3 write beats, 4 + 4 e + c: cycles of engine e with cause c
//   cause: BUSY 0 = within an instruction's occupancy, else EMPTY 3 = nothing at the queue's output,
//          else WAIT_TOKEN 1 = the head's tokens are not all there, else WAIT_DATA 2
// In every cycle with run_i each engine has exactly one cause: the four add up to the total.
// clear_i (high in cycle 0 of a run) starts them at that cycle's values.
module systole_counters (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,
  input  logic        run_i,

  // Engines and queue outputs, engine e
  input  logic [3:0]  busy_i,
  input  logic [3:0]  valid_i,
  input  logic [3:0]  tokens_i,
  input  logic        macs_valid_i,
  input  logic [12:0] macs_i,
  input  logic        read_beat_i,
  input  logic        write_beat_i,

  // systole_csr
  input  logic [4:0]  index_i,
  output logic [63:0] value_o
);
  logic [63:0] total_q, macs_q, reads_q, writes_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      total_q <= 64'd0;
      macs_q <= 64'd0;
      reads_q <= 64'd0;
      writes_q <= 64'd0;
    end else if (clear_i) begin
      total_q <= 64'(run_i);
      macs_q <= 64'd0;
      reads_q <= 64'd0;
      writes_q <= 64'd0;
    end else if (run_i) begin
      total_q <= total_q + 64'd1;
      if (macs_valid_i) macs_q <= macs_q + 64'(macs_i);
      if (read_beat_i) reads_q <= reads_q + 64'd1;
      if (write_beat_i) writes_q <= writes_q + 64'd1;
    end
  end

  for (genvar e = 0; e < 4; e++) begin : gen_engine
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
  end

  always_comb begin
    case (index_i)
      5'd0: value_o = total_q;
      5'd1: value_o = macs_q;
      5'd2: value_o = reads_q;
      5'd3: value_o = writes_q;
      5'd4: value_o = gen_engine[0].busy_q;
      5'd5: value_o = gen_engine[0].token_q;
      5'd6: value_o = gen_engine[0].data_q;
      5'd7: value_o = gen_engine[0].empty_q;
      5'd8: value_o = gen_engine[1].busy_q;
      5'd9: value_o = gen_engine[1].token_q;
      5'd10: value_o = gen_engine[1].data_q;
      5'd11: value_o = gen_engine[1].empty_q;
      5'd12: value_o = gen_engine[2].busy_q;
      5'd13: value_o = gen_engine[2].token_q;
      5'd14: value_o = gen_engine[2].data_q;
      5'd15: value_o = gen_engine[2].empty_q;
      5'd16: value_o = gen_engine[3].busy_q;
      5'd17: value_o = gen_engine[3].token_q;
      5'd18: value_o = gen_engine[3].data_q;
      5'd19: value_o = gen_engine[3].empty_q;
      default: value_o = 64'd0;
    endcase
  end
endmodule

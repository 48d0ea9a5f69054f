// Token counters: one of 8 bits per ordered pair (source s, destination d != s).
//
//   count[s][d] += push_s[d] at the retire of s
//   count[s][d] -= Pop_s of the head of d at the issue of d
//   tokens_o[d] = for all s != d: count[s][d] >= Pop_s(head of d)           (combinational)
// A token given in cycle t can be taken in t+1. A push that finds its counter at 255 is an error of
// the pushing engine; tokens taken in the same cycle do not help. The head's Pop of its own engine
// is not waited for: the engine refuses it.
`include "systole_assert.svh"

module systole_tokens (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // Queue outputs: the four Pop fields of each head, engine e at [12 e +: 12]
  input  logic [47:0] head_pop_i,
  output logic [3:0]  tokens_o,
  input  logic [3:0]  issue_i,

  // Engines: one token to each engine in push_i[4 e +: 4] at a retire
  input  logic [3:0]  retire_i,
  input  logic [15:0] push_i,
  output logic [3:0]  overflow_o  // engine e pushed to a full counter in this cycle
);
  logic [15:0] short, full;  // [4 s + d]

  for (genvar s = 0; s < 4; s++) begin : gen_source
    for (genvar d = 0; d < 4; d++) begin : gen_destination
      if (s != d) begin : gen_pair
        logic [7:0] count_q;
        logic [2:0] pop;
        logic give;

        assign pop = head_pop_i[12*d+3*s +: 3];
        assign give = retire_i[s] && push_i[4*s+d];
        assign short[4*s+d] = count_q < 8'(pop);
        assign full[4*s+d] = give && count_q == 8'hFF;

        always_ff @(posedge clk_i or negedge rst_ni) begin
          if (!rst_ni) count_q <= 8'd0;
          else if (clear_i) count_q <= 8'd0;
          else if (issue_i[d] || give) begin
            count_q <= count_q + 8'(give && !full[4*s+d]) - (issue_i[d] ? 8'(pop) : 8'd0);
          end
        end

        `SYSTOLE_ASSERT(TokensThereAtIssue, clk_i, rst_ni, !issue_i[d] || !short[4*s+d])
      end else begin : gen_own
        assign short[4*s+d] = 1'b0;
        assign full[4*s+d] = 1'b0;
      end
    end
  end

  for (genvar e = 0; e < 4; e++) begin : gen_engine
    assign tokens_o[e] = !(short[e] || short[4+e] || short[8+e] || short[12+e]);
    assign overflow_o[e] = |full[4*e +: 4];
  end
endmodule

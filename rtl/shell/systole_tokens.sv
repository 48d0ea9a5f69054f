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
  logic [15:0] short, give, full;  // pair p = 4 s + d
  logic [8*16-1:0] counts_q;
  logic moves;  // a token may be given or taken
  assign moves = issue_i != '0 || retire_i != '0;

  always_comb begin
    short = '0;
    for (int p = 0; p < 16; p++) begin
      if (p / 4 != p % 4) begin
        short[p] = counts_q[8*p +: 8] < 8'(head_pop_i[12*(p%4)+3*(p/4) +: 3]);
      end
    end
  end
  always_comb begin
    give = '0;
    full = '0;
    if (`SYSTOLE_ANY(moves)) begin
      for (int p = 0; p < 16; p++) begin
        if (p / 4 != p % 4) begin
          give[p] = retire_i[p/4] && push_i[p];
          full[p] = retire_i[p/4] && push_i[p] && counts_q[8*p +: 8] == 8'hFF;
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) counts_q <= '0;
    else if (clear_i) counts_q <= '0;
    else if (`SYSTOLE_ANY(moves)) begin
      for (int p = 0; p < 16; p++) begin
        if (p / 4 != p % 4 && (issue_i[p%4] || give[p])) begin
          counts_q[8*p +: 8] <= counts_q[8*p +: 8] + 8'(give[p] && !full[p]) -
                                (issue_i[p%4] ? 8'(head_pop_i[12*(p%4)+3*(p/4) +: 3]) : 8'd0);
        end
      end
    end
  end

  for (genvar e = 0; e < 4; e++) begin : gen_engine
    assign tokens_o[e] = !(short[e] || short[4+e] || short[8+e] || short[12+e]);
    assign overflow_o[e] = |full[4*e +: 4];
  end

  `SYSTOLE_ASSERT(TokensThereAtIssue, clk_i, rst_ni, (issue_i & ~tokens_o) == '0)
endmodule

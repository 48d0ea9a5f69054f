// Proves of systole_tokens, for any number of cycles and any instructions at the queues' outputs:
// each counter is the tokens given less the tokens taken since the run began; none falls below 0;
// an engine is told its tokens are there when every counter towards it has what its head takes; a
// token too many is an error of its giver, and is not counted.
module tokens_proof (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic [47:0] head_pop,
  input logic [3:0] issue, input logic [3:0] retire, input logic [15:0] push
);
  logic [3:0] tokens, overflow;
  systole_tokens dut (
    .clk_i, .rst_ni, .clear_i, .head_pop_i(head_pop), .tokens_o(tokens), .issue_i(issue),
    .retire_i(retire), .push_i(push), .overflow_o(overflow));

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);
  // As systole_engine_frame issues (frame_proof.sv).
  always_comb assume ((issue & ~tokens) == 0);

  // The reference: from engine s to engine d, counted as integers of 11 bits.
  logic [3:0] there [0:3];
  logic [3:0] over [0:3];
  for (genvar s = 0; s < 4; s++) begin : gen_from
    for (genvar d = 0; d < 4; d++) begin : gen_to
      if (s != d) begin : gen_pair
        logic signed [10:0] count;
        logic [2:0] wanted;
        logic given;
        assign wanted = head_pop[12*d + 3*s +: 3];
        assign given = retire[s] && push[4*s + d];
        assign over[s][d] = given && count == 255;
        assign there[d][s] = count >= $signed({8'd0, wanted});
        initial count = 0;
        always_ff @(posedge clk_i) begin
          if (!rst_ni || clear_i) count <= 0;
          else count <= count + (given && !over[s][d] ? 11'sd1 : 11'sd0) -
                        (issue[d] ? $signed({8'd0, wanted}) : 11'sd0);
        end
        always_comb if (started && rst_ni) assert (count >= 0 && count <= 255);
      end else begin : gen_own
        assign over[s][d] = 1'b0;
        assign there[d][s] = 1'b1;
      end
    end
    always_comb if (started && rst_ni) begin
      assert (tokens[s] == (there[s] == 4'b1111));
      assert (overflow[s] == (over[s] != 4'b0000));
    end
  end
endmodule

// What an AXI4 read master has to keep, for every slave: used by the proofs of LOAD and FETCH. The
// slave answers when there is something to answer, in any cycle; it may end a burst where it likes.
//
//   an address stays, unchanged, until it is taken;  INCR, whole beats, one ID, data always taken
//   a burst lies in 256 aligned bytes, wholly in the window, and begins on a beat
//   no more than OUTSTANDING bursts are open;  idle_i = none is, and no address waits
//   with stop_i no new address
//
// Run control clears what was stopped and idle in the cycle before (control_proof.sv): rests_o.
// waits_o: an address was offered and not taken; open_o: bursts taken and not ended.
module read_rules #(
  parameter int AXI_DATA_WIDTH = 64,
  parameter int OUTSTANDING = 8,
  localparam int BEAT = AXI_DATA_WIDTH / 8,
  localparam int N = $clog2(OUTSTANDING + 1)
) (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic stop_i,
  input logic [63:0] base_i, input logic [63:0] last_i, input logic idle_i,
  input logic [3:0] arid_i, input logic [63:0] araddr_i, input logic [7:0] arlen_i,
  input logic [2:0] arsize_i, input logic [1:0] arburst_i, input logic arvalid_i,
  input logic arready_i, input logic rlast_i, input logic rvalid_i, input logic rready_i,
  output logic rests_o, output logic waits_o, output logic [N-1:0] open_o
);
  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  logic [63:0] addr_q;
  logic [7:0] len_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rests_o <= 1'b0;
      waits_o <= 1'b0;
      open_o <= '0;
    end else begin
      rests_o <= stop_i && open_o == 0 && !waits_o;
      waits_o <= arvalid_i && !arready_i;
      open_o <= open_o + N'(arvalid_i && arready_i) - N'(rvalid_i && rlast_i);
    end
  end
  always_ff @(posedge clk_i) begin
    addr_q <= araddr_i;
    len_q <= arlen_i;
  end
  logic [64:0] behind;  // the byte after the burst
  assign behind = araddr_i + (arlen_i + 1) * BEAT;
  always_comb if (rst_ni) begin
    assume (!rvalid_i || open_o != 0);
    assume (!clear_i || rests_o);
    if (rests_o) assert (open_o == 0 && !waits_o);
    if (waits_o) assert (arvalid_i && araddr_i == addr_q && arlen_i == len_q);
    if (arvalid_i) begin
      assert (araddr_i % BEAT == 0 && araddr_i / 256 == (behind - 1) / 256);
      assert (araddr_i >= base_i && behind - 1 <= last_i);
      assert (open_o < OUTSTANDING || waits_o);
      assert (arid_i == 0 && arsize_i == $clog2(BEAT) && arburst_i == 2'b01);
      assert (!(stop_i && !waits_o));
    end
    assert (open_o <= OUTSTANDING && rready_i);
    assert (idle_i == (open_o == 0 && !waits_o));
  end
endmodule

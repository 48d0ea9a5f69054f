// Proves of systole_store, for every slave, any bursts of its walker and any number of cycles: an
// address and a beat stay, unchanged, until they are taken; the bursts inside the window, and no
// others, go out in order, address and data alike, each with its beats, WLAST at the last one,
// strobes of all bytes but there of as many as are left, and 0 in the others; no more than
// OUTSTANDING are open; idle means that none is; with stop_i none is begun, and what was begun is
// finished; an instruction retires with the answer to its last burst, unless one was an error.
// Each burst's slots are counted, any one address is followed from its slot to the bus, and any one
// beat, any bit of its data.
module store_proof #(parameter int OUTSTANDING = 8, parameter int PART = 0) (
  input logic clk_i, input logic rst_ni, input logic clear, input logic stop, input logic start,
  input logic awready, input logic wready, input logic bvalid, input logic [1:0] bresp,
  input logic data, input logic choose
);
  localparam int N = $clog2(OUTSTANDING + 1);
  logic ready, idle, retire, reads, awvalid, wvalid, wlast, bready;
  logic [1:0] awaddr, awburst;
  logic [3:0] awid, wstrb;
  logic [2:0] awsize;
  logic [7:0] awlen, n;
  logic [31:0] wdata;
  logic [systole_pkg::BUF_W-1:0] place;
  logic [systole_pkg::CODE_W-1:0] late_err, work_err;
  systole_store #(.AXI_DATA_WIDTH(32), .AXI_ADDR_WIDTH(2), .OUTSTANDING(OUTSTANDING)) dut (
    .clk_i, .rst_ni, .clear_i(clear), .stop_i(stop), .instr_i('0), .start_i(start),
    .ready_o(ready), .retire_o(retire), .late_err_o(late_err), .work_err_o(work_err),
    .wr_base_i('0), .wr_last_i('0), .bus_idle_o(idle), .st_re_o(reads), .st_addr_o(place),
    .st_n_o(n), .st_data_i({32{data}}), .awid_o(awid), .awaddr_o(awaddr), .awlen_o(awlen),
    .awsize_o(awsize), .awburst_o(awburst), .awvalid_o(awvalid), .awready_i(awready),
    .wdata_o(wdata), .wstrb_o(wstrb), .wlast_o(wlast), .wvalid_o(wvalid), .wready_i(wready),
    .bresp_i(bresp), .bvalid_i(bvalid), .bready_o(bready));
  (* keep *) wire dut_walking, dut_outside, dut_slot, dut_begins, dut_last;
  (* keep *) wire [63:0] dut_addr;
  (* keep *) wire [5:0] dut_len;
  (* keep *) wire [4:0] dut_u_walker_tail_o;

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // ---- Bursts: begun, and of these not yet addressed, written, answered.
  logic begins, addressed, written;
  logic [N-1:0] to_address, to_write, to_answer;
  logic aw_waits, w_waits, rests, ends_q;
  logic [1:0] awaddr_q;
  logic [7:0] awlen_q;
  logic [36:0] w_q;
  assign begins = dut_slot && dut_begins;
  assign addressed = awvalid && awready;
  assign written = wvalid && wready && wlast;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {to_address, to_write, to_answer, aw_waits, w_waits, rests} <= '0;
    end else begin
      to_address <= to_address + N'(begins) - N'(addressed);
      to_write <= to_write + N'(begins) - N'(written);
      to_answer <= to_answer + N'(begins) - N'(bvalid);
      aw_waits <= awvalid && !awready;
      w_waits <= wvalid && !wready;
      rests <= stop && to_answer == 0;
    end
  end
  always_ff @(posedge clk_i) {awaddr_q, awlen_q, w_q} <= {awaddr, awlen, wdata, wstrb, wlast};
  always_comb begin
    assume (!bvalid || (to_address < to_answer && to_write < to_answer));
    assume (!start || (ready && !stop && !clear));
    assume (!clear || rests);
  end

  // ---- Slots of a burst. An address and a beat that are followed, and how many are ahead of them.
  logic [5:0] nth;
  logic [2:0] beats, ahead_address, ahead_beat;  // beats: between slot and bus
  logic follows_address, follows_beat, its_address, its_beat, fresh;
  logic [1:0] its_place;
  logic [5:0] its_len;
  logic its_last, its_bit;
  logic [3:0] its_strobes;
  (* anyconst *) logic [4:0] one;  // bit
  assign its_address = follows_address && ahead_address == 0 && awvalid;
  assign its_beat = follows_beat && ahead_beat == 0 && wvalid;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {nth, beats, follows_address, follows_beat, fresh} <= '0;
    end else begin
      if (clear) nth <= '0;
      else if (dut_slot) nth <= dut_begins ? 6'(dut_len != 0) : nth == dut_len ? '0 : nth + 6'd1;
      beats <= beats + 3'(dut_slot) - 3'(wvalid && wready);
      fresh <= 1'b0;
      if (choose && begins && !follows_address) begin
        follows_address <= 1'b1;
        ahead_address <= 3'(to_address) - 3'(addressed);
        {its_place, its_len} <= {dut_addr[1:0], dut_len};
      end else if (addressed) begin
        if (its_address) follows_address <= 1'b0;
        ahead_address <= ahead_address - 3'd1;
      end
      if (choose && dut_slot && !follows_beat) begin
        follows_beat <= 1'b1;
        fresh <= 1'b1;
        ahead_beat <= beats - 3'(wvalid && wready);
        its_last <= nth == dut_len;
        its_strobes <= nth == dut_len ? 4'((5'd1 << dut_u_walker_tail_o) - 5'd1) : 4'b1111;
      end else if (wvalid && wready) begin
        if (its_beat) follows_beat <= 1'b0;
        ahead_beat <= ahead_beat - 3'd1;
      end
      if (fresh) its_bit <= data;
    end
  end

  logic spoilt;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) spoilt <= 1'b0;
    else if (clear) spoilt <= 1'b0;
    else if (bvalid && bresp[1]) spoilt <= 1'b1;
  end
  always_comb if (rst_ni) begin
    if (PART == 0) begin
      if (aw_waits) assert (awvalid);
      if (w_waits) assert (wvalid);
      if (begins) assert (dut_walking && !dut_outside && !stop);
      if (awvalid) assert (to_address != 0);
      if (wvalid) assert (to_write != 0);
      assert (to_answer <= OUTSTANDING && idle == (to_answer == 0) && bready);
      assert (awid == 0 && awsize == 3'd2 && awburst == 2'b01);
      assert ((late_err != 0) == spoilt);
      if (retire) assert (bvalid && !bresp[1] && !spoilt);
    end
    if (PART == 1) begin
      if (aw_waits) assert (awaddr == awaddr_q && awlen == awlen_q);
      if (its_address) assert (awaddr == its_place && awlen == 8'(its_len));
    end
    if (PART == 2 && dut_slot) begin
      assert (reads && (nth == 0) == dut_begins && nth <= dut_len);
      assert (place == 24'(dut_addr) + 24'(nth) * 24'd4);
      assert (n == (nth == dut_len ? 8'(dut_u_walker_tail_o) : 8'd4));
    end
    if (PART == 3) begin
      if (w_waits) assert ({wstrb, wlast} == w_q[4:0]);
      if (its_beat) assert (wlast == its_last && wstrb == its_strobes);
    end
    if (PART == 4) begin
      if (w_waits) assert (wdata == w_q[36:5]);
      for (int i = 0; i < 4; i++) if (wvalid && !wstrb[i]) assert (wdata[8*i +: 8] == 8'd0);
      if (its_beat && wstrb[one[4:3]]) assert (wdata[one] == its_bit);
    end
  end
endmodule

// STORE engine: activation buffer -> AXI4 write bursts.
//
//   u(k) = max(issue+1, u(k-1)+beats(k-1), b(k-OUTSTANDING)+1)    slot of burst k's first read,
//                                                                 b(k) its response
//   address and first data beat on the bus in u+3, then a beat a cycle
//   free = u(last)+beats(last), retire = b(last)
//
//   t    slot: activation buffer is read
//   t+1  its data are there          (st_data_i)
//   t+2  data register -> queues of 4
//   t+3  AW, W
//
// A slot is taken only when there is room for its beat (and address) behind it, so nothing in the
// pipe ever waits. Errors: a burst outside the write window is not started; an error response names
// the instruction that waits for it. With stop_i no burst is started; a started one is finished.
`include "systole_assert.svh"

module systole_store #(
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int AXI_ID_WIDTH = 4,
  parameter int OUTSTANDING = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_engine_frame
  input  logic                            stop_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            start_i,
  output logic                            ready_o,
  output logic                            working_o,
  output logic                            retire_o,
  output logic [systole_pkg::CODE_W-1:0]  late_err_o,
  output logic [systole_pkg::CODE_W-1:0]  work_err_o,

  // systole_csr: write window; systole_control
  input  logic [63:0] wr_base_i,
  input  logic [63:0] wr_last_i,
  output logic        bus_idle_o,  // no burst is started and not answered

  // Activation buffer: st_n_o contiguous bytes, data in the next cycle
  output logic                          st_re_o,
  output logic [systole_pkg::BUF_W-1:0] st_addr_o,
  output logic [7:0]                    st_n_o,
  input  logic [AXI_DATA_WIDTH-1:0]     st_data_i,

  // AXI4 write
  output logic [AXI_ID_WIDTH-1:0]     awid_o,
  output logic [AXI_ADDR_WIDTH-1:0]   awaddr_o,
  output logic [7:0]                  awlen_o,
  output logic [2:0]                  awsize_o,
  output logic [1:0]                  awburst_o,
  output logic                        awlock_o,
  output logic [3:0]                  awcache_o,
  output logic [2:0]                  awprot_o,
  output logic [3:0]                  awqos_o,
  output logic                        awvalid_o,
  input  logic                        awready_i,
  output logic [AXI_DATA_WIDTH-1:0]   wdata_o,
  output logic [AXI_DATA_WIDTH/8-1:0] wstrb_o,
  output logic                        wlast_o,
  output logic                        wvalid_o,
  input  logic                        wready_i,
  input  logic [1:0]                  bresp_i,
  input  logic                        bvalid_i,
  output logic                        bready_o
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int BEAT_BITS = $clog2(BEAT);
  // Beats (and addresses) between slot and bus: its stages, and one to go on without a gap.
  localparam int ROOM = systole_pkg::PIPE_READ_TO_BUS + 1;

  // ---- Slots: beat_q counts the beats of the current burst.
  logic walking, first_unused, last, outside, slot, begins, ends, refused;
  logic [63:0] addr;
  logic [BUF_W-1:0] buffer;
  logic [5:0] len, beat_q;
  logic [4:0] tail;
  logic notes_full, open;
  logic [2:0] beats_q, addresses_q;  // between slot and bus

  systole_burst_walker #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH)) u_walker (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .start_i(start_i), .single_i(1'b0),
    .instr_i(instr_i), .step_i(slot && ends), .stop_i(stop_i && (begins || (slot && ends))),
    .base_i(wr_base_i), .last_i(wr_last_i), .active_o(walking), .addr_o(addr), .buf_o(buffer),
    .len_o(len), .tail_o(tail), .first_o(first_unused), .last_o(last), .outside_o(outside)
  );

  assign ready_o = !walking;
  assign working_o = walking;
  assign begins = beat_q == 6'd0;
  assign ends = beat_q == len;
  assign slot = walking && beats_q < 3'(ROOM) &&
                (!begins || (!stop_i && !outside && !notes_full && addresses_q < 3'(ROOM)));
  assign refused = walking && begins && !stop_i && outside;
  assign st_re_o = slot;
  assign st_addr_o = buffer + (BUF_W'(beat_q) << BEAT_BITS);
  assign st_n_o = ends ? 8'(tail) : 8'(BEAT);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q <= 6'd0;
      beats_q <= 3'd0;
      addresses_q <= 3'd0;
    end else if (clear_i) begin
      beat_q <= 6'd0;
      beats_q <= 3'd0;
      addresses_q <= 3'd0;
    end else begin
      if (slot) beat_q <= ends ? 6'd0 : beat_q + 6'd1;
      beats_q <= beats_q + 3'(slot) - 3'(wvalid_o && wready_i);
      addresses_q <= addresses_q + 3'(slot && begins) - 3'(awvalid_o && awready_i);
    end
  end

  // ---- Two stages to the queues: 1 while the memory is read, 2 with its data.
  logic valid1_q, valid2_q, begins1_q, begins2_q, ends1_q, ends2_q;
  logic [4:0] bytes1_q, bytes2_q;
  logic [AXI_ADDR_WIDTH-1:0] addr1_q, addr2_q;
  logic [5:0] len1_q, len2_q;
  logic [AXI_DATA_WIDTH-1:0] data2_q, wdata2;
  logic [BEAT-1:0] strobes2;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else if (clear_i) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else begin
      valid1_q <= slot;
      valid2_q <= valid1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (slot) begin
      begins1_q <= begins;
      ends1_q <= ends;
      bytes1_q <= ends ? tail : 5'(BEAT);
      if (begins) begin
        addr1_q <= addr[AXI_ADDR_WIDTH-1:0];
        len1_q <= len;
      end
    end
    if (valid1_q) begin
      begins2_q <= begins1_q;
      ends2_q <= ends1_q;
      bytes2_q <= bytes1_q;
      data2_q <= st_data_i;
      if (begins1_q) begin
        addr2_q <= addr1_q;
        len2_q <= len1_q;
      end
    end
  end
  always_comb begin
    strobes2 = ~({BEAT{1'b1}} << bytes2_q);
    wdata2 = data2_q;
    if (`SYSTOLE_ANY(valid2_q && strobes2 != '1)) begin
      for (int i = 0; i < BEAT; i++) begin
        if (!strobes2[i]) wdata2[8*i +: 8] = 8'd0;  // what is not written is 0
      end
    end
  end

  logic [5:0] awlen;
  logic aw_full, w_full;
  systole_queue #(.WIDTH(AXI_ADDR_WIDTH + 6), .DEPTH(ROOM)) u_aw (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .push_i(valid2_q && begins2_q),
    .data_i({addr2_q, len2_q}), .full_o(aw_full), .valid_o(awvalid_o), .data_o({awaddr_o, awlen}),
    .pop_i(awvalid_o && awready_i)
  );
  systole_queue #(.WIDTH(AXI_DATA_WIDTH + BEAT + 1), .DEPTH(ROOM)) u_w (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .push_i(valid2_q),
    .data_i({wdata2, strobes2, ends2_q}), .full_o(w_full), .valid_o(wvalid_o),
    .data_o({wdata_o, wstrb_o, wlast_o}), .pop_i(wvalid_o && wready_i)
  );

  assign awid_o = AXI_ID_WIDTH'(0);
  assign awlen_o = 8'(awlen);
  assign awsize_o = 3'(BEAT_BITS);
  assign awburst_o = 2'b01;
  assign awlock_o = 1'b0;
  assign awcache_o = 4'b0011;
  assign awprot_o = 3'b000;
  assign awqos_o = 4'b0000;
  assign bready_o = 1'b1;

  // ---- Bursts waiting for their response: is it the last of its instruction?
  logic note_last, spoilt_q;

  systole_queue #(.WIDTH(1), .DEPTH(OUTSTANDING)) u_open (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .push_i(slot && begins), .data_i(last),
    .full_o(notes_full), .valid_o(open), .data_o(note_last), .pop_i(bvalid_i)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) spoilt_q <= 1'b0;
    else if (clear_i) spoilt_q <= 1'b0;
    else if (bvalid_i && bresp_i[1]) spoilt_q <= 1'b1;
  end

  assign retire_o = bvalid_i && !bresp_i[1] && !spoilt_q && note_last;
  assign bus_idle_o = !open;

  // ---- Errors: a response is told in the cycle after it; what waited for it is still the oldest
  // store.
  assign late_err_o = spoilt_q ? systole_pkg::ERR_WRITE_RESPONSE : systole_pkg::ERR_NONE;
  assign work_err_o = refused ? systole_pkg::ERR_WRITE_WINDOW : systole_pkg::ERR_NONE;

  `SYSTOLE_ASSERT(ResponseBelongsToABurst, clk_i, rst_ni, !bvalid_i || open)
  logic [BEAT-1:0] unstrobed;  // lanes that are not 0
  always_comb begin
    unstrobed = '0;
    if (wvalid_o && wstrb_o != '1) begin
      for (int i = 0; i < BEAT; i++) unstrobed[i] = !wstrb_o[i] && wdata_o[8*i +: 8] != 8'd0;
    end
  end
  `SYSTOLE_ASSERT(UnstrobedLanesAreZero, clk_i, rst_ni, unstrobed == BEAT'(0))
  `SYSTOLE_ASSERT(QueuesHaveRoom, clk_i, rst_ni, !valid2_q || (!w_full && (!begins2_q || !aw_full)))
endmodule

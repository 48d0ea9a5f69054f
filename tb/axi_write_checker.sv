// Watches one AXI4 write port (AW, W, B) and stops the simulation at the first broken rule, of
// either side (in parentheses: the section of the AXI4 specification):
//   valid, once high, stays until ready, with the same payload (A3.2.1)
//   full-width INCR bursts on a beat, ended at a 256-byte aligned address, so 4 KiB is never
//     crossed (A3.4.1)
//   WLAST is the last beat of its burst alone, and no beat is without a strobe
//   a response comes after its last data beat, with the oldest burst's ID
//   at most OUTSTANDING bursts are under way
module axi_write_checker #(
  parameter int ADDR_WIDTH = 32,
  parameter int DATA_WIDTH = 64,
  parameter int ID_WIDTH = 4,
  parameter int OUTSTANDING = 8
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic [ID_WIDTH-1:0]     awid_i,
  input  logic [ADDR_WIDTH-1:0]   awaddr_i,
  input  logic [7:0]              awlen_i,
  input  logic [2:0]              awsize_i,
  input  logic [1:0]              awburst_i,
  input  logic                    awvalid_i,
  input  logic                    awready_i,
  input  logic [DATA_WIDTH-1:0]   wdata_i,
  input  logic [DATA_WIDTH/8-1:0] wstrb_i,
  input  logic                    wlast_i,
  input  logic                    wvalid_i,
  input  logic                    wready_i,
  input  logic [ID_WIDTH-1:0]     bid_i,
  input  logic                    bvalid_i,
  input  logic                    bready_i
);
  localparam int Slots = 64;
  localparam int BeatBytes = DATA_WIDTH / 8;

  logic awvalid_q, awready_q, wvalid_q, wready_q, wlast_q, bvalid_q, bready_q;
  logic [ADDR_WIDTH-1:0] awaddr_q;
  logic [7:0] awlen_q;
  logic [DATA_WIDTH-1:0] wdata_q;
  logic [DATA_WIDTH/8-1:0] wstrb_q;
  logic [7:0] len_q[Slots];
  logic [ID_WIDTH-1:0] id_q[Slots];
  logic [5:0] address_tail_q;  // bursts whose address was accepted
  logic [5:0] data_head_q;     // burst that the next data beat belongs to
  logic [5:0] response_head_q;  // burst that the next response belongs to
  logic [6:0] open_q;           // addresses accepted, response not
  logic signed [7:0] ahead_q;   // addresses accepted minus last beats accepted
  logic [7:0] beat_q;
  logic [6:0] complete_q;       // last beats accepted, response not
  logic [31:0] span;

  assign span = 32'(awaddr_i[7:0]) + (32'(awlen_i) + 32'd1) * 32'(BeatBytes);

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      awvalid_q <= 1'b0;
      awready_q <= 1'b0;
      wvalid_q <= 1'b0;
      wready_q <= 1'b0;
      bvalid_q <= 1'b0;
      bready_q <= 1'b0;
      address_tail_q <= '0;
      data_head_q <= '0;
      response_head_q <= '0;
      open_q <= '0;
      ahead_q <= '0;
      beat_q <= '0;
      complete_q <= '0;
    end else begin
      awvalid_q <= awvalid_i;
      awready_q <= awready_i;
      wvalid_q <= wvalid_i;
      wready_q <= wready_i;
      bvalid_q <= bvalid_i;
      bready_q <= bready_i;
      if (awvalid_i) begin
        awaddr_q <= awaddr_i;
        awlen_q <= awlen_i;
        if (awvalid_q && !awready_q && (awaddr_q != awaddr_i || awlen_q != awlen_i)) begin
          $fatal(1, "systole: AXI: %m: AW payload changed while waiting for AWREADY");
        end
        if (awburst_i != 2'b01) $fatal(1, "systole: AXI: %m: burst type is not INCR");
        if (32'd1 << awsize_i != 32'(BeatBytes)) begin
          $fatal(1, "systole: AXI: %m: AWSIZE is not the full width");
        end
        if (32'(awaddr_i[7:0]) % 32'(BeatBytes) != 32'd0) begin
          $fatal(1, "systole: AXI: %m: address not on a beat");
        end
        if (span > 32'd256) $fatal(1, "systole: AXI: %m: burst passes a 256-byte aligned address");
      end
      if (awvalid_q && !awready_q && !awvalid_i) begin
        $fatal(1, "systole: AXI: %m: AWVALID fell before AWREADY");
      end
      if (awvalid_i && awready_i) begin
        len_q[address_tail_q] <= awlen_i;
        id_q[address_tail_q] <= awid_i;
        address_tail_q <= address_tail_q + 6'd1;
      end
      if (wvalid_i) begin
        wdata_q <= wdata_i;
        wstrb_q <= wstrb_i;
        wlast_q <= wlast_i;
        if (wstrb_i == '0) $fatal(1, "systole: AXI: %m: a beat without a strobe");
        if (wvalid_q && !wready_q &&
            (wdata_q != wdata_i || wstrb_q != wstrb_i || wlast_q != wlast_i)) begin
          $fatal(1, "systole: AXI: %m: W payload changed while waiting for WREADY");
        end
        // Where the address came first (or comes now), its length says which beat is the last.
        if (ahead_q > 8'sd0 && wlast_i != (beat_q == len_q[data_head_q])) begin
          $fatal(1, "systole: AXI: %m: WLAST in the wrong beat");
        end
        if (ahead_q == 8'sd0 && awvalid_i && wlast_i != (beat_q == awlen_i)) begin
          $fatal(1, "systole: AXI: %m: WLAST in the wrong beat");
        end
      end
      if (wvalid_q && !wready_q && !wvalid_i) begin
        $fatal(1, "systole: AXI: %m: WVALID fell before WREADY");
      end
      if (wvalid_i && wready_i) begin
        beat_q <= wlast_i ? 8'd0 : beat_q + 8'd1;
        if (wlast_i) data_head_q <= data_head_q + 6'd1;
      end
      if (bvalid_i) begin
        if (complete_q == 7'd0 || open_q == 7'd0) begin
          $fatal(1, "systole: AXI: %m: response without a finished burst");
        end
        if (bid_i != id_q[response_head_q]) begin
          $fatal(1, "systole: AXI: %m: BID is not the oldest burst's");
        end
      end
      if (bvalid_q && !bready_q && !bvalid_i) begin
        $fatal(1, "systole: AXI: %m: BVALID fell before BREADY");
      end
      if (bvalid_i && bready_i) response_head_q <= response_head_q + 6'd1;
      open_q <= open_q + 7'(awvalid_i && awready_i) - 7'(bvalid_i && bready_i);
      complete_q <= complete_q + 7'(wvalid_i && wready_i && wlast_i) - 7'(bvalid_i && bready_i);
      ahead_q <= ahead_q + 8'(awvalid_i && awready_i) - 8'(wvalid_i && wready_i && wlast_i);
      if (32'(open_q) > OUTSTANDING) begin
        $fatal(1, "systole: AXI: %m: more bursts under way than OUTSTANDING");
      end
    end
  end
endmodule

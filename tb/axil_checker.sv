// Watches the AXI4-Lite register port and stops the simulation at the first broken rule:
//   valid, once high, stays until ready, with the same payload;
//   a response comes only for an accepted request.
module axil_checker #(
  parameter int ADDR_WIDTH = 12
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [ADDR_WIDTH-1:0] awaddr_i,
  input  logic                  awvalid_i,
  input  logic                  awready_i,
  input  logic [31:0]           wdata_i,
  input  logic                  wvalid_i,
  input  logic                  wready_i,
  input  logic                  bvalid_i,
  input  logic                  bready_i,
  input  logic [ADDR_WIDTH-1:0] araddr_i,
  input  logic                  arvalid_i,
  input  logic                  arready_i,
  input  logic [31:0]           rdata_i,
  input  logic                  rvalid_i,
  input  logic                  rready_i
);
  logic aw_wait_q, w_wait_q, b_wait_q, ar_wait_q, r_wait_q;
  logic [ADDR_WIDTH-1:0] awaddr_q, araddr_q;
  logic [31:0] wdata_q, rdata_q;
  logic [7:0] addresses_q, data_q, reads_q;  // accepted and not answered

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_wait_q <= 1'b0;
      w_wait_q <= 1'b0;
      b_wait_q <= 1'b0;
      ar_wait_q <= 1'b0;
      r_wait_q <= 1'b0;
      addresses_q <= '0;
      data_q <= '0;
      reads_q <= '0;
    end else begin
      aw_wait_q <= awvalid_i && !awready_i;
      w_wait_q <= wvalid_i && !wready_i;
      b_wait_q <= bvalid_i && !bready_i;
      ar_wait_q <= arvalid_i && !arready_i;
      r_wait_q <= rvalid_i && !rready_i;
      awaddr_q <= awaddr_i;
      wdata_q <= wdata_i;
      araddr_q <= araddr_i;
      rdata_q <= rdata_i;
      if (aw_wait_q && (!awvalid_i || awaddr_q != awaddr_i)) begin
        $fatal(1, "systole: AXI-Lite: %m: AW changed while waiting");
      end
      if (w_wait_q && (!wvalid_i || wdata_q != wdata_i)) begin
        $fatal(1, "systole: AXI-Lite: %m: W changed while waiting");
      end
      if (b_wait_q && !bvalid_i) $fatal(1, "systole: AXI-Lite: %m: BVALID fell before BREADY");
      if (ar_wait_q && (!arvalid_i || araddr_q != araddr_i)) begin
        $fatal(1, "systole: AXI-Lite: %m: AR changed while waiting");
      end
      if (r_wait_q && (!rvalid_i || rdata_q != rdata_i)) begin
        $fatal(1, "systole: AXI-Lite: %m: R changed while waiting");
      end
      if (bvalid_i && (addresses_q == 8'd0 || data_q == 8'd0)) begin
        $fatal(1, "systole: AXI-Lite: %m: response without a write");
      end
      if (rvalid_i && reads_q == 8'd0) $fatal(1, "systole: AXI-Lite: %m: read data without a read");
      addresses_q <= addresses_q + 8'(awvalid_i && awready_i) - 8'(bvalid_i && bready_i);
      data_q <= data_q + 8'(wvalid_i && wready_i) - 8'(bvalid_i && bready_i);
      reads_q <= reads_q + 8'(arvalid_i && arready_i) - 8'(rvalid_i && rready_i);
    end
  end
endmodule

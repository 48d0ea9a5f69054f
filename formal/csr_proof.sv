// Proves of the register port, for every host that keeps AXI4-Lite and any number of cycles: an
// answer stays until it is taken, unchanged; it comes for a write whose address and data were taken
// or a read, no later than two cycles after; start and soft reset never come together.
module csr_proof (
  input logic clk_i, input logic rst_ni,
  input logic [11:0] awaddr, input logic awvalid, input logic [31:0] wdata, input logic [3:0] wstrb,
  input logic wvalid, input logic bready, input logic [11:0] araddr, input logic arvalid,
  input logic rready, input logic [3:0] status, input logic locked, input logic [15:0] error,
  input logic [31:0] error_pc, input logic [1:0] irq_set, input logic [63:0] value
);
  logic awready, wready, bvalid, arready, rvalid, irq, start, soft;
  logic [1:0] bresp, rresp;
  logic [31:0] rdata;
  systole_csr dut (
    .clk_i, .rst_ni, .awaddr_i(awaddr), .awvalid_i(awvalid), .awready_o(awready),
    .wdata_i(wdata), .wstrb_i(wstrb), .wvalid_i(wvalid), .wready_o(wready), .bresp_o(bresp),
    .bvalid_o(bvalid), .bready_i(bready), .araddr_i(araddr), .arvalid_i(arvalid),
    .arready_o(arready), .rdata_o(rdata), .rresp_o(rresp), .rvalid_o(rvalid), .rready_i(rready),
    .irq_o(irq), .start_o(start), .soft_reset_o(soft), .watchdog_o(), .status_i(status),
    .locked_i(locked), .error_i(error), .error_pc_i(error_pc), .irq_set_i(irq_set), .prog_o(),
    .prog_len_o(), .rd_base_o(), .rd_last_o(), .wr_base_o(), .wr_last_o(), .read_o(), .index_o(),
    .value_i(value));

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // The host keeps what it offers until it is taken.
  logic aw_wait, w_wait, ar_wait, b_wait, r_wait;
  logic [31:0] rdata_q;
  logic [1:0] bresp_q, rresp_q;
  always_ff @(posedge clk_i) begin
    aw_wait <= rst_ni && awvalid && !awready;
    w_wait <= rst_ni && wvalid && !wready;
    ar_wait <= rst_ni && arvalid && !arready;
    b_wait <= rst_ni && bvalid && !bready;
    r_wait <= rst_ni && rvalid && !rready;
    rdata_q <= rdata;
    bresp_q <= bresp;
    rresp_q <= rresp;
  end
  always_comb if (started && rst_ni) begin
    if (aw_wait) assume (awvalid);
    if (w_wait) assume (wvalid);
    if (ar_wait) assume (arvalid);
  end

  // Requests accepted and not answered: of addresses, data and reads.
  logic [2:0] addresses, data, reads;
  logic [2:0] idle_w, idle_r;  // cycles in which an answer was due and none came
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      addresses <= 0;
      data <= 0;
      reads <= 0;
      idle_w <= 0;
      idle_r <= 0;
    end else begin
      addresses <= addresses + (awvalid && awready) - (bvalid && bready);
      data <= data + (wvalid && wready) - (bvalid && bready);
      reads <= reads + (arvalid && arready) - (rvalid && rready);
      idle_w <= (addresses != 0 && data != 0 && !bvalid) ? idle_w + 1 : 0;
      idle_r <= (reads != 0 && !rvalid) ? idle_r + 1 : 0;
    end
  end
  always_comb if (started && rst_ni) begin
    if (b_wait) assert (bvalid && bresp == bresp_q);
    if (r_wait) assert (rvalid && rresp == rresp_q && rdata == rdata_q);
    if (bvalid) assert (addresses != 0 && data != 0);
    if (rvalid) assert (reads != 0);
    assert (addresses <= 2 && data <= 2 && reads <= 2);
    assert (idle_w <= 1 && idle_r <= 1);
    assert (!(start && soft));
    assert (bresp[0] == 1'b0 && rresp[0] == 1'b0);
  end
endmodule

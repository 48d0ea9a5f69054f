// The accelerator as the C++ test bench (rtl_device.cc) sees it: addresses 64 bits and IDs 16 bits
// wide whatever the parameters, bus rule checkers on every port, and passive observation of the
// top's named points. No state but the checkers' and the shell's own: nothing here adds a cycle.
//
// mon_o gathers in one word what the bench must look at in this cycle (zero: nothing):
//   [0] data AR   [1] data R ready   [2] fetch AR   [3] fetch R ready
//   [4] AW   [5] W   [6] B ready   [7] interrupt
//   [11:8] issue by engine   [15:12] retire by engine
//   [16] LOAD writes, [17] POST writes the activation buffer
//   [18] a run is on
module systole_tb #(
  // spec: begin parameters
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int ACT_GROUPS = 4,
  parameter int WGT_KIB = 128,
  parameter int PAR_KIB = 8,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int AXI_ID_WIDTH = 4,
  parameter int OUTSTANDING = 8,
  parameter int QUEUE_DEPTH = 8,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1,
  parameter int ENGINE = 0,
  parameter int RS_ROWS = 0,
  parameter int RS_COLS = 0,
  parameter int IFMAP_SPAD = 0,
  parameter int WGT_SPAD = 0,
  parameter int PSUM_SPAD = 0,
  // spec: end
  parameter bit CHECK = 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic settled_i,    // to the simulator: no input has changed since its last evaluation
  input  logic bus_reset_i,  // the bus's slaves forget what is under way: so do the checkers

  // Registers
  input  logic [11:0] axil_awaddr_i,
  input  logic        axil_awvalid_i,
  output logic        axil_awready_o,
  input  logic [31:0] axil_wdata_i,
  input  logic        axil_wvalid_i,
  output logic        axil_wready_o,
  output logic [1:0]  axil_bresp_o,
  output logic        axil_bvalid_o,
  input  logic        axil_bready_i,
  input  logic [11:0] axil_araddr_i,
  input  logic        axil_arvalid_i,
  output logic        axil_arready_o,
  output logic [31:0] axil_rdata_o,
  output logic [1:0]  axil_rresp_o,
  output logic        axil_rvalid_o,
  input  logic        axil_rready_i,

  // Memory: data read, program read, data write
  output logic [63:0]               ar_addr_o,
  output logic [7:0]                ar_len_o,
  output logic [15:0]               ar_id_o,
  input  logic                      ar_ready_i,
  input  logic                      r_valid_i,
  input  logic                      r_last_i,
  input  logic [1:0]                r_resp_i,
  input  logic [15:0]               r_id_i,
  input  logic [AXI_DATA_WIDTH-1:0] r_data_i,

  output logic [63:0]               far_addr_o,
  output logic [7:0]                far_len_o,
  output logic [15:0]               far_id_o,
  input  logic                      far_ready_i,
  input  logic                      fr_valid_i,
  input  logic                      fr_last_i,
  input  logic [1:0]                fr_resp_i,
  input  logic [15:0]               fr_id_i,
  input  logic [AXI_DATA_WIDTH-1:0] fr_data_i,

  output logic [63:0]               aw_addr_o,
  output logic [7:0]                aw_len_o,
  output logic [15:0]               aw_id_o,
  input  logic                      aw_ready_i,
  output logic [AXI_DATA_WIDTH-1:0] w_data_o,
  output logic [15:0]               w_strb_o,
  output logic                      w_last_o,
  input  logic                      w_ready_i,
  input  logic                      b_valid_i,
  input  logic [1:0]                b_resp_i,
  input  logic [15:0]               b_id_i,

  // Observation
  output logic [31:0]               mon_o,
  output logic [23:0]               ld_addr_o,
  output logic [7:0]                ld_n_o,
  output logic [AXI_DATA_WIDTH-1:0] ld_data_o,
  output logic [23:0]               po_addr_o,
  output logic [7:0]                po_n_o,
  output logic [8*LANES-1:0]        po_data_o
);
  logic irq;
  logic arvalid, rready, farvalid, frready, awvalid, wvalid, bready;
  logic [AXI_ID_WIDTH-1:0] arid, farid, awid;
  logic [AXI_ADDR_WIDTH-1:0] araddr, faraddr, awaddr;
  logic [7:0] arlen, farlen, awlen;
  logic [2:0] arsize, farsize, awsize;
  logic [1:0] arburst, farburst, awburst;
  logic [AXI_DATA_WIDTH/8-1:0] wstrb;
  logic [AXI_DATA_WIDTH-1:0] wdata;
  logic wlast;
  // Constant attributes, of interest to an interconnect only.
  logic arlock, farlock, awlock;
  logic [3:0] arcache, farcache, awcache, arqos, farqos, awqos;
  logic [2:0] arprot, farprot, awprot;

  systole_top #(
    // spec: begin pass
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_KIB(ACT_KIB),
    .ACT_GROUPS(ACT_GROUPS), .WGT_KIB(WGT_KIB), .PAR_KIB(PAR_KIB), .KTAB_KIB(KTAB_KIB),
    .ACC_DEPTH(ACC_DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH),
    .AXI_ID_WIDTH(AXI_ID_WIDTH), .OUTSTANDING(OUTSTANDING), .QUEUE_DEPTH(QUEUE_DEPTH),
    .ROUNDINGS(ROUNDINGS), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS),
    .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT), .ENGINE(ENGINE), .RS_ROWS(RS_ROWS),
    .RS_COLS(RS_COLS), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
    // spec: end
  ) u_top (
    .clk_i(clk_i), .rst_ni(rst_ni), .irq_o(irq), .s_axil_awaddr(axil_awaddr_i),
    .s_axil_awprot(3'b000), .s_axil_awvalid(axil_awvalid_i), .s_axil_awready(axil_awready_o),
    .s_axil_wdata(axil_wdata_i), .s_axil_wstrb(4'b1111), .s_axil_wvalid(axil_wvalid_i),
    .s_axil_wready(axil_wready_o), .s_axil_bresp(axil_bresp_o), .s_axil_bvalid(axil_bvalid_o),
    .s_axil_bready(axil_bready_i), .s_axil_araddr(axil_araddr_i), .s_axil_arprot(3'b000),
    .s_axil_arvalid(axil_arvalid_i), .s_axil_arready(axil_arready_o), .s_axil_rdata(axil_rdata_o),
    .s_axil_rresp(axil_rresp_o), .s_axil_rvalid(axil_rvalid_o), .s_axil_rready(axil_rready_i),
    .m_axi_arid(arid), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(arsize),
    .m_axi_arburst(arburst), .m_axi_arlock(arlock), .m_axi_arcache(arcache), .m_axi_arprot(arprot),
    .m_axi_arqos(arqos), .m_axi_arvalid(arvalid), .m_axi_arready(ar_ready_i),
    .m_axi_rid(r_id_i[AXI_ID_WIDTH-1:0]), .m_axi_rdata(r_data_i), .m_axi_rresp(r_resp_i),
    .m_axi_rlast(r_last_i), .m_axi_rvalid(r_valid_i), .m_axi_rready(rready),
    .m_axi_fetch_arid(farid), .m_axi_fetch_araddr(faraddr), .m_axi_fetch_arlen(farlen),
    .m_axi_fetch_arsize(farsize), .m_axi_fetch_arburst(farburst), .m_axi_fetch_arlock(farlock),
    .m_axi_fetch_arcache(farcache), .m_axi_fetch_arprot(farprot), .m_axi_fetch_arqos(farqos),
    .m_axi_fetch_arvalid(farvalid), .m_axi_fetch_arready(far_ready_i),
    .m_axi_fetch_rid(fr_id_i[AXI_ID_WIDTH-1:0]), .m_axi_fetch_rdata(fr_data_i),
    .m_axi_fetch_rresp(fr_resp_i), .m_axi_fetch_rlast(fr_last_i), .m_axi_fetch_rvalid(fr_valid_i),
    .m_axi_fetch_rready(frready), .m_axi_awid(awid), .m_axi_awaddr(awaddr), .m_axi_awlen(awlen),
    .m_axi_awsize(awsize), .m_axi_awburst(awburst), .m_axi_awlock(awlock), .m_axi_awcache(awcache),
    .m_axi_awprot(awprot), .m_axi_awqos(awqos), .m_axi_awvalid(awvalid), .m_axi_awready(aw_ready_i),
    .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast), .m_axi_wvalid(wvalid),
    .m_axi_wready(w_ready_i), .m_axi_bid(b_id_i[AXI_ID_WIDTH-1:0]), .m_axi_bresp(b_resp_i),
    .m_axi_bvalid(b_valid_i), .m_axi_bready(bready)
  );

  assign ar_addr_o = 64'(araddr);
  assign ar_len_o = arlen;
  assign ar_id_o = 16'(arid);
  assign far_addr_o = 64'(faraddr);
  assign far_len_o = farlen;
  assign far_id_o = 16'(farid);
  assign aw_addr_o = 64'(awaddr);
  assign aw_len_o = awlen;
  assign aw_id_o = 16'(awid);
  assign w_data_o = wdata;
  assign w_strb_o = 16'(wstrb);
  assign w_last_o = wlast;

  assign mon_o = {
    13'd0, u_top.run, u_top.po_we, u_top.ld_act_we, u_top.retire, u_top.issue,
    irq, bready, wvalid, awvalid, frready, farvalid, rready, arvalid
  };
  assign ld_addr_o = u_top.ld_act_addr;
  assign ld_n_o = u_top.ld_act_n;
  assign ld_data_o = u_top.ld_act_data;
  assign po_addr_o = u_top.po_addr;
  assign po_n_o = u_top.po_n;
  assign po_data_o = u_top.po_data;

  if (CHECK) begin : gen_check
    logic checker_rst_n;
    assign checker_rst_n = rst_ni && !bus_reset_i;
    axi_read_checker #(
      .ADDR_WIDTH(AXI_ADDR_WIDTH), .DATA_WIDTH(AXI_DATA_WIDTH), .ID_WIDTH(AXI_ID_WIDTH),
      .OUTSTANDING(OUTSTANDING)
    ) u_data_read (
      .clk_i, .rst_ni(checker_rst_n), .arid_i(arid), .araddr_i(araddr), .arlen_i(arlen),
      .arsize_i(arsize), .arburst_i(arburst), .arvalid_i(arvalid), .arready_i(ar_ready_i),
      .rid_i(r_id_i[AXI_ID_WIDTH-1:0]), .rlast_i(r_last_i), .rvalid_i(r_valid_i), .rready_i(rready)
    );
    axi_read_checker #(
      .ADDR_WIDTH(AXI_ADDR_WIDTH), .DATA_WIDTH(AXI_DATA_WIDTH), .ID_WIDTH(AXI_ID_WIDTH),
      .OUTSTANDING(2)
    ) u_fetch (
      .clk_i, .rst_ni(checker_rst_n), .arid_i(farid), .araddr_i(faraddr), .arlen_i(farlen),
      .arsize_i(farsize), .arburst_i(farburst), .arvalid_i(farvalid), .arready_i(far_ready_i),
      .rid_i(fr_id_i[AXI_ID_WIDTH-1:0]), .rlast_i(fr_last_i), .rvalid_i(fr_valid_i),
      .rready_i(frready)
    );
    axi_write_checker #(
      .ADDR_WIDTH(AXI_ADDR_WIDTH), .DATA_WIDTH(AXI_DATA_WIDTH), .ID_WIDTH(AXI_ID_WIDTH),
      .OUTSTANDING(OUTSTANDING)
    ) u_data_write (
      .clk_i, .rst_ni(checker_rst_n), .awid_i(awid), .awaddr_i(awaddr), .awlen_i(awlen),
      .awsize_i(awsize), .awburst_i(awburst), .awvalid_i(awvalid), .awready_i(aw_ready_i),
      .wdata_i(wdata), .wstrb_i(wstrb), .wlast_i(wlast), .wvalid_i(wvalid), .wready_i(w_ready_i),
      .bid_i(b_id_i[AXI_ID_WIDTH-1:0]), .bvalid_i(b_valid_i), .bready_i(bready)
    );
    axil_checker u_registers (
      .clk_i, .rst_ni(checker_rst_n), .awaddr_i(axil_awaddr_i), .awvalid_i(axil_awvalid_i),
      .awready_i(axil_awready_o), .wdata_i(axil_wdata_i), .wvalid_i(axil_wvalid_i),
      .wready_i(axil_wready_o), .bvalid_i(axil_bvalid_o), .bready_i(axil_bready_i),
      .araddr_i(axil_araddr_i), .arvalid_i(axil_arvalid_i), .arready_i(axil_arready_o),
      .rdata_i(axil_rdata_o), .rvalid_i(axil_rvalid_o), .rready_i(axil_rready_i)
    );
  end
endmodule

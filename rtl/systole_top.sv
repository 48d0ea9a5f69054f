// The accelerator: control registers, fetch, four engines, their queues and tokens, the buffers between them. Wiring only.
//
//   s_axil_* -> systole_csr -> systole_control -> systole_fetch (m_axi_fetch_*) -> 4 x systole_queue -> engines
//   m_axi_ar/r -> systole_load -> buffers -> systole_matmul -> accumulators -> systole_post -> buffers -> systole_store -> m_axi_aw/w/b
//
// Timing: docs/timing.md. Protocol: AXI4-Lite register port (docs/registers.md), AXI4 INCR full-width bursts with AxID 0.
`include "systole_assert.svh"

module systole_top #(
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
  parameter int DATAFLOWS = 1
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  output logic                        irq_o,

  // Host: registers (AXI4-Lite)
  input  logic [11:0]                 s_axil_awaddr,
  input  logic [2:0]                  s_axil_awprot,
  input  logic                        s_axil_awvalid,
  output logic                        s_axil_awready,
  input  logic [31:0]                 s_axil_wdata,
  input  logic [3:0]                  s_axil_wstrb,
  input  logic                        s_axil_wvalid,
  output logic                        s_axil_wready,
  output logic [1:0]                  s_axil_bresp,
  output logic                        s_axil_bvalid,
  input  logic                        s_axil_bready,
  input  logic [11:0]                 s_axil_araddr,
  input  logic [2:0]                  s_axil_arprot,
  input  logic                        s_axil_arvalid,
  output logic                        s_axil_arready,
  output logic [31:0]                 s_axil_rdata,
  output logic [1:0]                  s_axil_rresp,
  output logic                        s_axil_rvalid,
  input  logic                        s_axil_rready,

  // Memory: data (AXI4). LOAD reads, STORE writes.
  output logic [AXI_ID_WIDTH-1:0]     m_axi_awid,
  output logic [AXI_ADDR_WIDTH-1:0]   m_axi_awaddr,
  output logic [7:0]                  m_axi_awlen,
  output logic [2:0]                  m_axi_awsize,
  output logic [1:0]                  m_axi_awburst,
  output logic                        m_axi_awlock,
  output logic [3:0]                  m_axi_awcache,
  output logic [2:0]                  m_axi_awprot,
  output logic [3:0]                  m_axi_awqos,
  output logic                        m_axi_awvalid,
  input  logic                        m_axi_awready,
  output logic [AXI_DATA_WIDTH-1:0]   m_axi_wdata,
  output logic [AXI_DATA_WIDTH/8-1:0] m_axi_wstrb,
  output logic                        m_axi_wlast,
  output logic                        m_axi_wvalid,
  input  logic                        m_axi_wready,
  input  logic [AXI_ID_WIDTH-1:0]     m_axi_bid,
  input  logic [1:0]                  m_axi_bresp,
  input  logic                        m_axi_bvalid,
  output logic                        m_axi_bready,
  output logic [AXI_ID_WIDTH-1:0]     m_axi_arid,
  output logic [AXI_ADDR_WIDTH-1:0]   m_axi_araddr,
  output logic [7:0]                  m_axi_arlen,
  output logic [2:0]                  m_axi_arsize,
  output logic [1:0]                  m_axi_arburst,
  output logic                        m_axi_arlock,
  output logic [3:0]                  m_axi_arcache,
  output logic [2:0]                  m_axi_arprot,
  output logic [3:0]                  m_axi_arqos,
  output logic                        m_axi_arvalid,
  input  logic                        m_axi_arready,
  input  logic [AXI_ID_WIDTH-1:0]     m_axi_rid,
  input  logic [AXI_DATA_WIDTH-1:0]   m_axi_rdata,
  input  logic [1:0]                  m_axi_rresp,
  input  logic                        m_axi_rlast,
  input  logic                        m_axi_rvalid,
  output logic                        m_axi_rready,

  // Memory: program (AXI4, read only)
  output logic [AXI_ID_WIDTH-1:0]     m_axi_fetch_arid,
  output logic [AXI_ADDR_WIDTH-1:0]   m_axi_fetch_araddr,
  output logic [7:0]                  m_axi_fetch_arlen,
  output logic [2:0]                  m_axi_fetch_arsize,
  output logic [1:0]                  m_axi_fetch_arburst,
  output logic                        m_axi_fetch_arlock,
  output logic [3:0]                  m_axi_fetch_arcache,
  output logic [2:0]                  m_axi_fetch_arprot,
  output logic [3:0]                  m_axi_fetch_arqos,
  output logic                        m_axi_fetch_arvalid,
  input  logic                        m_axi_fetch_arready,
  input  logic [AXI_ID_WIDTH-1:0]     m_axi_fetch_rid,
  input  logic [AXI_DATA_WIDTH-1:0]   m_axi_fetch_rdata,
  input  logic [1:0]                  m_axi_fetch_rresp,
  input  logic                        m_axi_fetch_rlast,
  input  logic                        m_axi_fetch_rvalid,
  output logic                        m_axi_fetch_rready
);
  // Observation points for a test bench (read hierarchically, never driven), engine e = LOAD 0, MATMUL 1, POST 2, STORE 3:
  //   run            high in every cycle of a run, cycle 0 included
  //   issue[e] with head_pc[e]; sync[e]: that instruction is a Sync (it retires with its issue)
  //   retire[e] with oldest_pc[e]
  //   ld_act_we, ld_act_addr, ld_act_n, ld_act_data   and   po_we, po_addr, po_n, po_data: activation buffer writes
endmodule

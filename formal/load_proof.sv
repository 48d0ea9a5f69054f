// Proves of systole_load, for every instruction that passes the checks, every slave and any number
// of cycles: it keeps the rules of read_rules.sv. With the real walker, addresses of 64 bits.
module load_proof #(parameter int AXI_DATA_WIDTH = 64, parameter int OUTSTANDING = 8) (
  input logic clk_i, input logic rst_ni, input logic clear, input logic stop, input logic start,
  input logic inflight, input logic [systole_pkg::INSTR_W-1:0] instr, input logic arready,
  input logic [1:0] rresp, input logic rlast, input logic rvalid
);
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  (* anyconst *) logic [63:0] window_base, window_last;
  logic ready, idle, arvalid, rready;
  logic [3:0] arid;
  logic [63:0] araddr;
  logic [7:0] arlen;
  logic [2:0] arsize;
  logic [1:0] arburst;
  systole_load #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(64), .OUTSTANDING(OUTSTANDING),
                 .ROWS(2), .LANES(2), .WGT_KIB(1)) dut (
    .clk_i, .rst_ni, .clear_i(clear), .stop_i(stop), .instr_i(instr), .start_i(start),
    .inflight_i(inflight), .ready_o(ready), .rd_base_i(window_base), .rd_last_i(window_last),
    .bus_idle_o(idle), .arid_o(arid), .araddr_o(araddr), .arlen_o(arlen), .arsize_o(arsize),
    .arburst_o(arburst), .arvalid_o(arvalid), .arready_i(arready), .rdata_i('0), .rresp_i(rresp),
    .rlast_i(rlast), .rvalid_i(rvalid), .rready_o(rready));
  logic rests, waits;
  logic [$clog2(OUTSTANDING+1)-1:0] open;
  read_rules #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH), .OUTSTANDING(OUTSTANDING)) rules (
    .clk_i, .rst_ni, .clear_i(clear), .stop_i(stop), .base_i(window_base), .last_i(window_last),
    .idle_i(idle), .arid_i(arid), .araddr_i(araddr), .arlen_i(arlen), .arsize_i(arsize),
    .arburst_i(arburst), .arvalid_i(arvalid), .arready_i(arready), .rlast_i(rlast),
    .rvalid_i(rvalid), .rready_i(rready), .rests_o(rests), .waits_o(waits), .open_o(open));

  logic fill;
  assign fill = instr[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] == systole_pkg::OP_FILL;
  always_comb begin
    assume (!start || (ready && !stop && !clear));
    if (start) begin  // systole_ls_check
      assume (instr[systole_pkg::LS_BYTES_LSB +: systole_pkg::LS_BYTES_W] != 0);
      assume (instr[systole_pkg::LS_LINES_LSB +: systole_pkg::LS_LINES_W] != 0);
      if (!fill) assume (instr[systole_pkg::LS_ADDR_LSB +: 64] % BEAT == 0);
      if (!fill) assume (instr[systole_pkg::LS_MEM_STRIDE_LSB +: 32] % BEAT == 0);
    end
  end

  // What the registers are while it walks.
  (* keep *) wire dut_walking, dut_fill_q, dut_hold_q, dut_outside;
  (* keep *) wire dut_u_walker_single_q;
  (* keep *) wire [63:0] dut_addr, dut_u_walker_line_addr_q;
  (* keep *) wire [31:0] dut_u_walker_mem_stride_q;
  (* keep *) wire [23:0] dut_u_walker_bytes_q, dut_u_walker_left_q;
  (* keep *) wire [$clog2(OUTSTANDING+1)-1:0] dut_u_open_count_q;
  always_comb if (rst_ni) begin
    assert (dut_u_open_count_q == open && dut_hold_q == waits);
    if (rests) assert (!dut_walking);
    if (waits) assert (dut_walking && !dut_fill_q && !dut_outside && open < OUTSTANDING);
    if (dut_walking) begin
      assert (dut_fill_q == dut_u_walker_single_q);
      assert (dut_u_walker_left_q != 0 && dut_u_walker_bytes_q != 0);
      if (!dut_fill_q) assert (dut_addr % BEAT == 0 && dut_u_walker_line_addr_q % BEAT == 0);
      if (!dut_fill_q) assert (dut_u_walker_mem_stride_q % BEAT == 0);
    end
  end
endmodule

// The accelerator with nothing but SystemVerilog around it, for any simulator (Icarus in the
// tests): a memory loaded by $readmemh, a register driver, the comparison with what is expected,
// and a log of every byte that is written to the activation buffer. It reads what
// `systole compile --images` wrote (docs/program.md):
//
//   vvp tb.vvp $(cat FOLDER/plusargs.txt) +memory=FOLDER/memory.hex +expect=FOLDER/outputs.hex
//
// +memory=FILE holds words of the bus, from address `base` on; +expect=FILE those from `output` on;
// +base= +setup= +setup_length= +code= +code_length= +output= +output_bytes= are addresses, counts
// of instructions and bytes, decimal. +log=FILE is optional: lines "address count data"
// (hexadecimal address, decimal count, data with byte 0 least significant).
// Memory: one burst at a time on each port, data one cycle after the address. Ends with "done", or
// "error CODE", or the first word that differs, or "unknown NAMES in cycle N" where a simulator of
// four states finds X or Z, from the end of reset on: in a handshake or the interrupt; in what a
// valid address, response or strobed byte of data carries; in a byte written to the activation
// buffer.
`timescale 1ns / 1ps
module systole_rtl_only_tb #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int DATAFLOWS = 1,
  parameter int ENGINE = 0,
  parameter int ROW_SUM = 1,
  parameter int TAPS = 3,
  parameter int RS_ROWS = 0,
  parameter int RS_COLS = 0,
  parameter int IFMAP_SPAD = 0,
  parameter int WGT_SPAD = 0,
  parameter int PSUM_SPAD = 0,
  parameter int MEMORY_WORDS = 1 << 16,
  parameter int MAX_CYCLES = 1000000
);
  localparam int Beat = AXI_DATA_WIDTH / 8;

  logic clk = 0;
  logic rst_n = 0;
  always #5 clk = !clk;

  logic [AXI_DATA_WIDTH-1:0] memory[0:MEMORY_WORDS-1], expect_words[0:MEMORY_WORDS-1];
  integer base, setup, setup_length, code, code_length, output_at, output_bytes, log, cycles;
  reg different;
  reg [8*1024-1:0] file;

  // ---- Registers
  logic [11:0] awaddr = 0, araddr = 0;
  logic [31:0] wdata = 0, rdata;
  logic awvalid = 0, wvalid = 0, arvalid = 0, awready, wready, arready, bvalid, rvalid, irq;
  logic [1:0] bresp, rresp;

  // ---- Data and program ports
  logic [31:0] m_araddr, f_araddr, m_awaddr;
  logic [7:0] m_arlen, f_arlen, m_awlen;
  logic m_arvalid, f_arvalid, m_awvalid, m_rready, f_rready, m_wvalid, m_wlast, m_bready;
  logic [AXI_DATA_WIDTH-1:0] m_wdata;
  logic [Beat-1:0] m_wstrb;

  logic m_busy = 0, f_busy = 0, w_busy = 0, b_valid = 0;
  logic [31:0] m_at = 0, f_at = 0, w_at = 0;
  logic [8:0] m_left = 0, f_left = 0;

  systole_top #(
    .ROWS(ROWS), .COLS(COLS), .LANES(LANES), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .DATAFLOWS(DATAFLOWS),
    .ENGINE(ENGINE), .ROW_SUM(ROW_SUM), .TAPS(TAPS), .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS),
    .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
  ) u_top (
    .clk_i(clk), .rst_ni(rst_n), .irq_o(irq), .s_axil_awaddr(awaddr), .s_axil_awprot(3'b000),
    .s_axil_awvalid(awvalid), .s_axil_awready(awready), .s_axil_wdata(wdata),
    .s_axil_wstrb(4'b1111), .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_bresp(bresp),
    .s_axil_bvalid(bvalid), .s_axil_bready(1'b1), .s_axil_araddr(araddr), .s_axil_arprot(3'b000),
    .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .s_axil_rvalid(rvalid), .s_axil_rready(1'b1), .m_axi_awid(), .m_axi_awaddr(m_awaddr),
    .m_axi_awlen(m_awlen), .m_axi_awsize(), .m_axi_awburst(), .m_axi_awlock(), .m_axi_awcache(),
    .m_axi_awprot(), .m_axi_awqos(), .m_axi_awvalid(m_awvalid), .m_axi_awready(!w_busy),
    .m_axi_wdata(m_wdata), .m_axi_wstrb(m_wstrb), .m_axi_wlast(m_wlast), .m_axi_wvalid(m_wvalid),
    .m_axi_wready(w_busy && !b_valid), .m_axi_bid(4'd0), .m_axi_bresp(2'b00),
    .m_axi_bvalid(b_valid), .m_axi_bready(m_bready), .m_axi_arid(), .m_axi_araddr(m_araddr),
    .m_axi_arlen(m_arlen), .m_axi_arsize(), .m_axi_arburst(), .m_axi_arlock(), .m_axi_arcache(),
    .m_axi_arprot(), .m_axi_arqos(), .m_axi_arvalid(m_arvalid), .m_axi_arready(!m_busy),
    .m_axi_rid(4'd0), .m_axi_rdata(memory[m_at]), .m_axi_rresp(2'b00), .m_axi_rlast(m_left == 1),
    .m_axi_rvalid(m_busy), .m_axi_rready(m_rready), .m_axi_fetch_arid(),
    .m_axi_fetch_araddr(f_araddr), .m_axi_fetch_arlen(f_arlen), .m_axi_fetch_arsize(),
    .m_axi_fetch_arburst(), .m_axi_fetch_arlock(), .m_axi_fetch_arcache(), .m_axi_fetch_arprot(),
    .m_axi_fetch_arqos(), .m_axi_fetch_arvalid(f_arvalid), .m_axi_fetch_arready(!f_busy),
    .m_axi_fetch_rid(4'd0), .m_axi_fetch_rdata(memory[f_at]), .m_axi_fetch_rresp(2'b00),
    .m_axi_fetch_rlast(f_left == 1), .m_axi_fetch_rvalid(f_busy), .m_axi_fetch_rready(f_rready)
  );

  always @(posedge clk) begin
    if (m_arvalid && !m_busy) begin
      m_busy <= 1;
      m_at <= (m_araddr - base) / Beat;
      m_left <= {1'b0, m_arlen} + 9'd1;
    end else if (m_busy && m_rready) begin
      m_at <= m_at + 1;
      m_left <= m_left - 1;
      m_busy <= m_left != 1;
    end
    if (f_arvalid && !f_busy) begin
      f_busy <= 1;
      f_at <= (f_araddr - base) / Beat;
      f_left <= {1'b0, f_arlen} + 9'd1;
    end else if (f_busy && f_rready) begin
      f_at <= f_at + 1;
      f_left <= f_left - 1;
      f_busy <= f_left != 1;
    end
    if (m_awvalid && !w_busy) begin
      w_busy <= 1;
      w_at <= (m_awaddr - base) / Beat;
    end else if (w_busy && !b_valid && m_wvalid) begin
      for (int b = 0; b < Beat; b++) if (m_wstrb[b]) memory[w_at][b*8 +: 8] <= m_wdata[b*8 +: 8];
      w_at <= w_at + 1;
      b_valid <= m_wlast;
    end else if (b_valid && m_bready) begin
      b_valid <= 0;
      w_busy <= 0;
    end
    if (log != 0 && u_top.ld_act_we) begin
      $fwrite(log, "%0h %0d %h\n", u_top.ld_act_addr, u_top.ld_act_n, u_top.ld_act_data);
    end
    if (log != 0 && u_top.po_we) begin
      $fwrite(log, "%0h %0d %h\n", u_top.po_addr, u_top.po_n, u_top.po_data);
    end
    cycles <= cycles + 1;
    if (cycles > MAX_CYCLES) begin
      $display("error: no end after %0d cycles", MAX_CYCLES);
      $finish;
    end
  end

  // ---- What must be known
  logic [63:0] strobed, loaded;  // bytes that a beat writes, that go to the activation buffer
  logic [63:0] made;
  logic [7:0] unknown;

  always_comb begin
    strobed = '0;
    loaded = '0;
    made = '0;
    for (int b = 0; b < Beat; b++) begin
      strobed[b] = m_wstrb[b] && ^m_wdata[8*b +: 8] === 1'bx;
      loaded[b] = b < int'(u_top.ld_act_n) && ^u_top.ld_act_data[8*b +: 8] === 1'bx;
    end
    for (int b = 0; b < LANES; b++) begin
      made[b] = b < int'(u_top.po_n) && ^u_top.po_data[8*b +: 8] === 1'bx;
    end
  end
  assign unknown = {
    (u_top.po_we && (^{u_top.po_addr, u_top.po_n} === 1'bx || made != '0)) ||
      ^u_top.po_we === 1'bx,
    (u_top.ld_act_we && (^{u_top.ld_act_addr, u_top.ld_act_n} === 1'bx || loaded != '0)) ||
      ^u_top.ld_act_we === 1'bx,
    m_wvalid && (^{m_wstrb, m_wlast} === 1'bx || strobed != '0),
    m_awvalid && ^{m_awaddr, m_awlen} === 1'bx,
    f_arvalid && ^{f_araddr, f_arlen} === 1'bx,
    m_arvalid && ^{m_araddr, m_arlen} === 1'bx,
    (rvalid && ^{rdata, rresp} === 1'bx) || (bvalid && ^bresp === 1'bx),
    ^{irq, awready, wready, bvalid, arready, rvalid, m_arvalid, m_rready, f_arvalid, f_rready,
      m_awvalid, m_wvalid, m_bready} === 1'bx
  };

  always @(posedge clk) begin
    if (rst_n && unknown != 8'd0) begin
      $display("unknown%s%s%s%s%s%s%s%s in cycle %0d", unknown[0] ? " handshake" : "",
               unknown[1] ? " register" : "", unknown[2] ? " AR" : "", unknown[3] ? " fetch" : "",
               unknown[4] ? " AW" : "", unknown[5] ? " W" : "", unknown[6] ? " LOAD" : "",
               unknown[7] ? " POST" : "", cycles);
      $finish;
    end
  end

  task write_register(input [11:0] address, input [31:0] value);
    begin
      awaddr <= address;
      wdata <= value;
      awvalid <= 1;
      wvalid <= 1;
      @(posedge clk);
      while (awvalid || wvalid) begin
        if (awready) awvalid <= 0;
        if (wready) wvalid <= 0;
        @(posedge clk);
      end
      while (!bvalid) @(posedge clk);
    end
  endtask

  task read_register(input [11:0] address);
    begin
      araddr <= address;
      arvalid <= 1;
      @(posedge clk);
      while (arvalid) begin
        if (arready) arvalid <= 0;
        @(posedge clk);
      end
      while (!rvalid) @(posedge clk);
    end
  endtask

  task run_program(input integer address, input integer length);
    begin
      write_register(systole_pkg::REG_IRQ_STATUS, 32'd3);
      write_register(systole_pkg::REG_PROG_LO, address);
      write_register(systole_pkg::REG_PROG_LEN, length);
      write_register(systole_pkg::REG_CTRL, 32'd1);
      while (!irq) @(posedge clk);
      read_register(systole_pkg::REG_STATUS);
      if (rdata[2]) begin
        read_register(systole_pkg::REG_ERROR);
        $display("error %0d", rdata[7:0]);
        $finish;
      end
    end
  endtask

  // Word by word; bytes that the accelerator does not write are 0 in both.
  task compare_outputs;
    integer w, first;
    begin
      if ($value$plusargs("expect=%s", file)) begin
        if (!$value$plusargs("output=%d", output_at) ||
            !$value$plusargs("output_bytes=%d", output_bytes))
          $fatal(1, "+output= +output_bytes= are needed with +expect=");
        first = (output_at - base) / Beat;
        $readmemh(file, expect_words, 0, output_bytes / Beat - 1);
        for (w = 0; w < output_bytes / Beat; w = w + 1) begin
          if (!different && memory[first+w] !== expect_words[w]) begin
            $display("different: word %0d of the outputs is %h, expected %h", w, memory[first+w],
                     expect_words[w]);
            different = 1;
          end
        end
        if (!different) $display("%0d bytes of outputs equal", output_bytes);
      end
    end
  endtask

  initial begin
    cycles = 0;
    different = 0;
    if (!$value$plusargs("memory=%s", file)) $fatal(1, "+memory=FILE is missing");
    $readmemh(file, memory);
    log = 0;
    if ($value$plusargs("log=%s", file)) log = $fopen(file, "w");
    if (!$value$plusargs("base=%d", base) || !$value$plusargs("setup=%d", setup) ||
        !$value$plusargs("setup_length=%d", setup_length) || !$value$plusargs("code=%d", code) ||
        !$value$plusargs("code_length=%d", code_length))
      $fatal(1, "+base= +setup= +setup_length= +code= +code_length= are needed");
    repeat (4) @(posedge clk);
    rst_n <= 1;
    @(posedge clk);
    write_register(systole_pkg::REG_IRQ_ENABLE, 32'd3);
    write_register(systole_pkg::REG_RD_BASE_LO, 32'd0);
    write_register(systole_pkg::REG_RD_LAST_LO, 32'hFFFFFFFF);
    write_register(systole_pkg::REG_WR_BASE_LO, 32'd0);
    write_register(systole_pkg::REG_WR_LAST_LO, 32'hFFFFFFFF);
    run_program(setup, setup_length);
    run_program(code, code_length);
    if (log != 0) $fclose(log);
    compare_outputs;
    if (!different) $display("done");
    $finish;
  end
endmodule

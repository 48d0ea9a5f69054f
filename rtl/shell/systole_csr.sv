// Control and status registers behind an AXI4-Lite port (docs/registers.md).
//
// Requests are accepted at once, one of each channel ahead of its answer; no READY depends on an
// input of its cycle (systole_hold). A write is done in the first cycle in which address and data
// are there and no earlier answer waits, or is just being taken; the registers have changed in the
// next cycle, BVALID rises in it. A read is done in the first cycle in which no earlier answer
// waits, or is just being taken; RVALID rises in the next cycle with the values of that cycle.
// start_o, soft_reset_o: pulses in the cycle in which the write is done. Reading the low word of a
// counter keeps its high word. Answers SLVERR and changes nothing: an unmapped offset, a write to a
// read-only register, a write to the program or window registers while locked_i (a run may be using
// them).
`include "systole_assert.svh"

module systole_csr #(
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
  parameter int PSUM_SPAD = 0
  // spec: end
) (
  input  logic clk_i,
  input  logic rst_ni,

  // Host (AXI4-Lite)
  input  logic [11:0] awaddr_i,
  input  logic        awvalid_i,
  output logic        awready_o,
  input  logic [31:0] wdata_i,
  input  logic [3:0]  wstrb_i,
  input  logic        wvalid_i,
  output logic        wready_o,
  output logic [1:0]  bresp_o,
  output logic        bvalid_o,
  input  logic        bready_i,
  input  logic [11:0] araddr_i,
  input  logic        arvalid_i,
  output logic        arready_o,
  output logic [31:0] rdata_o,
  output logic [1:0]  rresp_o,
  output logic        rvalid_o,
  input  logic        rready_i,
  output logic        irq_o,

  // systole_control
  output logic                         start_o,
  output logic                         soft_reset_o,
  output logic [31:0]                  watchdog_o,
  input  logic [3:0]                   status_i,   // DRAINING, ERROR, DONE, BUSY
  input  logic                         locked_i,
  input  logic [15:0]                  error_i,    // engine, code
  input  logic [systole_pkg::PC_W-1:0] error_pc_i,
  input  logic [1:0]                   irq_set_i,  // ERROR, DONE: pulses

  // systole_fetch, engines
  output logic [63:0] prog_o,
  output logic [31:0] prog_len_o,
  output logic [63:0] rd_base_o,
  output logic [63:0] rd_last_o,
  output logic [63:0] wr_base_o,
  output logic [63:0] wr_last_o,

  // systole_counters
  output logic                                    read_o,  // somebody asks
  output logic [systole_pkg::COUNTER_INDEX_W-1:0] index_o,
  input  logic [63:0]                             value_i
);
  localparam logic [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  localparam logic [63:0] ADDR_MASK = 64'hFFFF_FFFF_FFFF_FFFF >> (64 - AXI_ADDR_WIDTH);

  // ---- Writes
  logic write, write_known, write_ok, control, clears;
  logic [11:0] write_at;
  logic [31:0] lanes, wdata;
  logic [9:0] write_word;
  logic [3:0] wstrb;
  logic aw_valid, w_valid;

  systole_hold #(.WIDTH(10)) u_aw (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(awvalid_i), .ready_o(awready_o),
    .data_i(awaddr_i[11:2]), .valid_o(aw_valid), .data_o(write_word), .take_i(write)
  );
  systole_hold #(.WIDTH(36)) u_w (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(wvalid_i), .ready_o(wready_o),
    .data_i({wstrb_i, wdata_i}), .valid_o(w_valid), .data_o({wstrb, wdata}), .take_i(write)
  );
  assign write = aw_valid && w_valid && (!bvalid_o || bready_i);
  assign write_at = {write_word, 2'b00};
  always_comb begin
    lanes = 'x;
    if (`SYSTOLE_ANY(write)) begin
      for (int i = 0; i < 4; i++) lanes[8*i +: 8] = {8{wstrb[i]}};
    end
  end

  always_comb begin
    case (write_at)
      systole_pkg::REG_CTRL, systole_pkg::REG_IRQ_ENABLE, systole_pkg::REG_IRQ_STATUS,
      systole_pkg::REG_WATCHDOG:
        write_known = 1'b1;
      systole_pkg::REG_PROG_LO, systole_pkg::REG_PROG_HI, systole_pkg::REG_PROG_LEN,
      systole_pkg::REG_RD_BASE_LO, systole_pkg::REG_RD_BASE_HI, systole_pkg::REG_RD_LAST_LO,
      systole_pkg::REG_RD_LAST_HI,
      systole_pkg::REG_WR_BASE_LO, systole_pkg::REG_WR_BASE_HI, systole_pkg::REG_WR_LAST_LO,
      systole_pkg::REG_WR_LAST_HI:
        write_known = !locked_i;
      default: write_known = 1'b0;
    endcase
  end
  assign write_ok = write && write_known;
  assign control = write_ok && write_at == systole_pkg::REG_CTRL && wstrb[0];
  assign soft_reset_o = control && wdata[systole_pkg::CTRL_SOFT_RESET_BIT];
  assign start_o = control && wdata[systole_pkg::CTRL_START_BIT] && !soft_reset_o;

  logic [31:0] prog_lo_q, prog_hi_q, rd_base_lo_q, rd_base_hi_q, rd_last_lo_q, rd_last_hi_q;
  logic [31:0] wr_base_lo_q, wr_base_hi_q, wr_last_lo_q, wr_last_hi_q;
  logic [63:0] rd_last, wr_last;
  logic [31:0] prog_len_q, watchdog_q;
  logic [1:0] irq_enable_q, irq_status_q, irq_clear;

  assign clears = write_ok && write_at == systole_pkg::REG_IRQ_STATUS && wstrb[0];
  assign irq_clear = clears ? wdata[1:0] : 2'b00;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      prog_lo_q <= 32'd0;
      prog_hi_q <= 32'd0;
      prog_len_q <= 32'd0;
      watchdog_q <= 32'd0;
      rd_base_lo_q <= 32'd0;
      rd_base_hi_q <= 32'd0;
      rd_last_lo_q <= 32'd0;
      rd_last_hi_q <= 32'd0;
      wr_base_lo_q <= 32'd0;
      wr_base_hi_q <= 32'd0;
      wr_last_lo_q <= 32'd0;
      wr_last_hi_q <= 32'd0;
      irq_enable_q <= 2'b00;
      irq_status_q <= 2'b00;
    end else begin
      irq_status_q <= (irq_status_q & ~irq_clear) | irq_set_i;
      if (write_ok) begin
        case (write_at)
          systole_pkg::REG_IRQ_ENABLE:
            irq_enable_q <= (irq_enable_q & ~lanes[1:0]) | (wdata[1:0] & lanes[1:0]);
          systole_pkg::REG_PROG_LO: prog_lo_q <= (prog_lo_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_PROG_HI: prog_hi_q <= (prog_hi_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_PROG_LEN: prog_len_q <= (prog_len_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_WATCHDOG: watchdog_q <= (watchdog_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_RD_BASE_LO: rd_base_lo_q <= (rd_base_lo_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_RD_BASE_HI: rd_base_hi_q <= (rd_base_hi_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_RD_LAST_LO: rd_last_lo_q <= (rd_last_lo_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_RD_LAST_HI: rd_last_hi_q <= (rd_last_hi_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_WR_BASE_LO: wr_base_lo_q <= (wr_base_lo_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_WR_BASE_HI: wr_base_hi_q <= (wr_base_hi_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_WR_LAST_LO: wr_last_lo_q <= (wr_last_lo_q & ~lanes) | (wdata & lanes);
          systole_pkg::REG_WR_LAST_HI: wr_last_hi_q <= (wr_last_hi_q & ~lanes) | (wdata & lanes);
          default: ;
        endcase
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bvalid_o <= 1'b0;
      bresp_o <= OKAY;
    end else if (write) begin
      bvalid_o <= 1'b1;
      bresp_o <= write_known ? OKAY : SLVERR;
    end else if (bready_i) begin
      bvalid_o <= 1'b0;
    end
  end

  // A last byte beyond the address bits there are means the end of the address space: windows are
  // compared with 64 bits. The first bytes and the program address keep all bits: what they name
  // beyond the address bits is outside.
  assign prog_o = {prog_hi_q, prog_lo_q};
  assign prog_len_o = prog_len_q;
  assign watchdog_o = watchdog_q;
  assign rd_base_o = {rd_base_hi_q, rd_base_lo_q};
  assign wr_base_o = {wr_base_hi_q, wr_base_lo_q};
  assign rd_last = {rd_last_hi_q, rd_last_lo_q};
  assign wr_last = {wr_last_hi_q, wr_last_lo_q};
  assign rd_last_o = ((rd_last & ~ADDR_MASK) != 64'd0) ? ADDR_MASK : rd_last;
  assign wr_last_o = ((wr_last & ~ADDR_MASK) != 64'd0) ? ADDR_MASK : wr_last;
  assign irq_o = |(irq_status_q & irq_enable_q);

  // ---- Reads
  logic read, read_known, high_word, ar_valid;
  logic [9:0] read_word;
  logic [11:0] read_at;
  logic [11:0] counter;
  logic [31:0] value, value_low, high_q;

  systole_hold #(.WIDTH(10)) u_ar (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(arvalid_i), .ready_o(arready_o),
    .data_i(araddr_i[11:2]), .valid_o(ar_valid), .data_o(read_word), .take_i(read)
  );
  assign read = ar_valid && (!rvalid_o || rready_i);
  assign read_at = {read_word, 2'b00};
  assign high_word = read_at[2];
  assign counter = read_at - systole_pkg::REG_CNT_FIRST;
  assign value_low = value_i[31:0];
  assign index_o = counter[3 +: systole_pkg::COUNTER_INDEX_W];
  assign read_o = `SYSTOLE_ANY(ar_valid);

  always_comb begin
    value = 32'd0;
    read_known = 1'b1;
    if (ar_valid) begin
      case (read_at)
        systole_pkg::REG_ID: value = systole_pkg::ID_VALUE;
        systole_pkg::REG_VERSION: value = systole_pkg::VERSION_VALUE;
        systole_pkg::REG_CTRL: value = 32'd0;
        systole_pkg::REG_STATUS: value = 32'(status_i);
        systole_pkg::REG_ERROR: value = 32'(error_i);
        systole_pkg::REG_ERROR_PC: value = error_pc_i;
        systole_pkg::REG_IRQ_ENABLE: value = 32'(irq_enable_q);
        systole_pkg::REG_IRQ_STATUS: value = 32'(irq_status_q);
        systole_pkg::REG_PROG_LO: value = prog_lo_q;
        systole_pkg::REG_PROG_HI: value = prog_hi_q;
        systole_pkg::REG_PROG_LEN: value = prog_len_q;
        systole_pkg::REG_WATCHDOG: value = watchdog_q;
        systole_pkg::REG_RD_BASE_LO: value = rd_base_lo_q;
        systole_pkg::REG_RD_BASE_HI: value = rd_base_hi_q;
        systole_pkg::REG_RD_LAST_LO: value = rd_last_lo_q;
        systole_pkg::REG_RD_LAST_HI: value = rd_last_hi_q;
        systole_pkg::REG_WR_BASE_LO: value = wr_base_lo_q;
        systole_pkg::REG_WR_BASE_HI: value = wr_base_hi_q;
        systole_pkg::REG_WR_LAST_LO: value = wr_last_lo_q;
        systole_pkg::REG_WR_LAST_HI: value = wr_last_hi_q;
        // spec: begin param_words
        systole_pkg::REG_PARAM0: value = {8'(LANES), 8'(WPORT), 8'(COLS), 8'(ROWS)};
        systole_pkg::REG_PARAM1: value = {10'(WGT_SPAD), 6'(ACT_GROUPS), 16'(ACT_KIB)};
        systole_pkg::REG_PARAM2: value = {16'(PAR_KIB), 16'(WGT_KIB)};
        systole_pkg::REG_PARAM3: value = {16'(KTAB_KIB), 16'(ACC_DEPTH)};
        systole_pkg::REG_PARAM4: value = {
          8'(AXI_ID_WIDTH), 8'(AXI_ADDR_WIDTH), 8'(PSUM_SPAD), 8'(AXI_DATA_WIDTH)
        };
        systole_pkg::REG_PARAM5: value = {
          7'(DATAFLOWS), 1'(ROW_SUM), 8'(ROUNDINGS), 8'(OUTSTANDING), 8'(QUEUE_DEPTH)
        };
        systole_pkg::REG_PARAM6: value = {
          3'd0, 6'(IFMAP_SPAD), 6'(RS_COLS), 6'(RS_ROWS), 1'(ENGINE), 1'(ADD_UNIT),
          1'(POST_ACT), 8'(TAPS)
        };
        // spec: end
        default: begin
          read_known = read_at >= systole_pkg::REG_CNT_FIRST &&
                       read_at <= systole_pkg::REG_CNT_LAST;
          if (read_known) value = high_word ? high_q : value_low;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rvalid_o <= 1'b0;
      rresp_o <= OKAY;
      rdata_o <= 32'd0;
      high_q <= 32'd0;
    end else if (read) begin
      rvalid_o <= 1'b1;
      rresp_o <= read_known ? OKAY : SLVERR;
      rdata_o <= value;
      if (read_at >= systole_pkg::REG_CNT_FIRST && !high_word) high_q <= value_i[63:32];
    end else if (rready_i) begin
      rvalid_o <= 1'b0;
    end
  end
endmodule

// Fetch unit and dispatcher: reads the program in order and hands each instruction to its engine's
// queue.
//
//   burst b: instructions 8b .. 8b+7 (256 bytes; the last one shorter);
//            AR(0) = 1, AR(b) = max(AR(b-1)+1, D(8(b-1)-1)+1)
//   D(j) = max(r(j)+1, D(j-1)+1, a place in the engine's queue);  r(j): its last beat
//
// A buffer of 16 instructions, so R is always ready. Cycle 0 of a run is the one with clear_i high.
// Errors (engine FETCH): ReadWindow, a burst not wholly inside the read window is not sent (the
// burst's first instruction); ReadResponse (the instruction whose beat it was); BadOpcode, at
// dispatch; BadField, a program that is not at a multiple of 256 (instruction 0). With stop_i
// nothing is sent or dispatched, an address that waits for ARREADY stays, data are discarded.
`include "systole_assert.svh"

module systole_fetch #(
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int AXI_ID_WIDTH = 4,
  parameter int ENGINE = 0
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_control, systole_csr
  input  logic                           stop_i,
  input  logic [63:0]                    prog_i,
  input  logic [31:0]                    prog_len_i,
  input  logic [63:0]                    rd_base_i,
  input  logic [63:0]                    rd_last_i,
  output logic                           err_valid_o,
  output logic [systole_pkg::CODE_W-1:0] err_code_o,
  output logic [systole_pkg::PC_W-1:0]   err_pc_o,
  output logic                           bus_idle_o,
  output logic [systole_pkg::PC_W-1:0]   next_pc_o,  // the next instruction to dispatch
  output logic                           blocked_o,  // nothing to dispatch, or its queue is full

  // Dispatcher: one instruction a cycle to the queue of engine e
  output logic [3:0]                      push_o,
  output logic [systole_pkg::INSTR_W-1:0] instr_o,
  input  logic [3:0]                      full_i,

  // AXI4 read
  output logic [AXI_ID_WIDTH-1:0]   arid_o,
  output logic [AXI_ADDR_WIDTH-1:0] araddr_o,
  output logic [7:0]                arlen_o,
  output logic [2:0]                arsize_o,
  output logic [1:0]                arburst_o,
  output logic                      arlock_o,
  output logic [3:0]                arcache_o,
  output logic [2:0]                arprot_o,
  output logic [3:0]                arqos_o,
  output logic                      arvalid_o,
  input  logic                      arready_i,
  input  logic [AXI_DATA_WIDTH-1:0] rdata_i,
  input  logic [1:0]                rresp_i,
  input  logic                      rlast_i,
  input  logic                      rvalid_i,
  output logic                      rready_o
);
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam logic [systole_pkg::OPCODE_W-1:0] OP_ARRAY =
    (ENGINE == 0) ? systole_pkg::OP_MATMUL : systole_pkg::OP_ROW_CONV;
  localparam int BEATS = 32 / BEAT;  // of an instruction: 2, 4 or 8
  localparam int BEATS_BITS = $clog2(BEATS);

  // ---- Addresses
  logic [31:0] wanted_q;      // instructions asked for: 8 * bursts
  logic [31:0] next_q;        // instructions dispatched
  logic [31:0] left;
  logic [3:0] count;         // instructions of the burst, 1..8
  localparam int PAGE_BITS = $clog2(systole_pkg::BURST_BYTES);
  logic [63:PAGE_BITS] page_q;  // of 256 bytes, a burst's
  logic [PAGE_BITS-1:0] end_place;
  logic past_q;                 // the address passed 2^64
  logic more, hold_q, outside, off_place, refused, taken;
  logic [1:0] open_q;        // bursts on the bus

  assign left = prog_len_i - wanted_q;
  assign count = (left >= 32'd8) ? 4'd8 : 4'(left);
  assign end_place = PAGE_BITS'({count, 5'd0} - 9'd1);
  assign off_place = prog_i[PAGE_BITS-1:0] != '0;
  assign outside = past_q || {page_q, PAGE_BITS'(0)} < rd_base_i ||
                   page_q > rd_last_i[63:PAGE_BITS] ||
                   (page_q == rd_last_i[63:PAGE_BITS] && end_place > rd_last_i[PAGE_BITS-1:0]);
  // Burst b may be asked for when the instructions of burst b-2 are dispatched: 16 places.
  assign more = !stop_i && !clear_i && wanted_q < prog_len_i && (wanted_q - next_q) <= 32'd8;
  assign arvalid_o = hold_q || (more && !outside && !off_place);
  assign refused = !hold_q && more && (outside || off_place);
  assign taken = arvalid_o && arready_i;
  assign arid_o = AXI_ID_WIDTH'(0);
  assign araddr_o = AXI_ADDR_WIDTH'({page_q, PAGE_BITS'(0)});
  assign arlen_o = 8'(8'(count) << BEATS_BITS) - 8'd1;
  assign arsize_o = 3'($clog2(BEAT));
  assign arburst_o = 2'b01;
  assign arlock_o = 1'b0;
  assign arcache_o = 4'b0011;
  assign arprot_o = 3'b100;  // instruction access
  assign arqos_o = 4'b0000;
  assign rready_o = 1'b1;
  assign bus_idle_o = open_q == 2'd0 && !hold_q;

  always_ff @(posedge clk_i) begin
    if (clear_i) {past_q, page_q} <= {1'b0, prog_i[63:PAGE_BITS]};
    else if (taken) {past_q, page_q} <= {past_q, page_q} + 1'b1;
  end

  // ---- The buffer: 16 instructions, a memory per beat of an instruction. The next one is read as
  // one goes, and again until it is there; its last beat comes by a register where it has just
  // arrived.
  logic [31:0] arrived_q;  // whole instructions in the buffer so far
  logic [BEATS_BITS-1:0] beat_q;     // beats of the next one
  logic beat_ok, spoilt_q, dispatch, read, fresh, fresh_q;
  logic [3:0] read_place;
  logic [BEATS-1:0] write;
  logic [AXI_DATA_WIDTH-1:0] last_q;
  logic [systole_pkg::INSTR_W-1:0] buffered;

  assign beat_ok = rvalid_i && !rresp_i[1];
  assign read = dispatch || arrived_q == next_q;
  assign read_place = next_q[3:0] + 4'(dispatch);
  assign fresh = write[BEATS-1] && arrived_q[3:0] == read_place;

  always_ff @(posedge clk_i) begin
    if (read) fresh_q <= fresh;
    if (read && fresh) last_q <= rdata_i;
  end

  for (genvar b = 0; b < BEATS; b++) begin : gen_beat
    assign write[b] = beat_ok && beat_q == BEATS_BITS'(b);
    systole_sram #(.WIDTH(AXI_DATA_WIDTH), .DEPTH(16), .OVERREAD(1'b1)) u_sram (
      .clk_i(clk_i), .any_i(read || rvalid_i), .we_i(write[b]), .waddr_i(arrived_q[3:0]),
      .wdata_i(rdata_i), .re_i(read), .raddr_i(read_place),
      .rdata_o(buffered[b*AXI_DATA_WIDTH +: AXI_DATA_WIDTH])
    );
  end
  assign instr_o = {fresh_q ? last_q : buffered[systole_pkg::INSTR_W-1 -: AXI_DATA_WIDTH],
                    buffered[systole_pkg::INSTR_W-AXI_DATA_WIDTH-1:0]};

  // ---- Dispatch
  logic [7:0] opcode;
  logic [3:0] engine;  // one-hot; none: unknown opcode
  logic there;

  assign opcode = instr_o[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  always_comb begin
    case (opcode)
      systole_pkg::OP_LOAD_ACT, systole_pkg::OP_LOAD_WGT, systole_pkg::OP_LOAD_KTAB,
      systole_pkg::OP_LOAD_PAR, systole_pkg::OP_FILL, systole_pkg::OP_SYNC_LOAD: engine = 4'b0001;
      OP_ARRAY, systole_pkg::OP_SYNC_MATMUL: engine = 4'b0010;
      systole_pkg::OP_POST, systole_pkg::OP_POST_ACT, systole_pkg::OP_POST_ACT_ADD,
      systole_pkg::OP_SYNC_POST: engine = 4'b0100;
      systole_pkg::OP_STORE, systole_pkg::OP_SYNC_STORE: engine = 4'b1000;
      default: engine = 4'b0000;
    endcase
  end
  assign there = !stop_i && !clear_i && arrived_q != next_q;
  assign dispatch = there && (engine & ~full_i) != 4'b0000;
  assign push_o = dispatch ? engine : 4'b0000;
  assign next_pc_o = next_q;
  assign blocked_o = next_q == prog_len_i || (there && (engine & full_i) != 4'b0000);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wanted_q <= 32'd0;
      next_q <= 32'd0;
      arrived_q <= 32'd0;
      beat_q <= BEATS_BITS'(0);
      open_q <= 2'd0;
      hold_q <= 1'b0;
      spoilt_q <= 1'b0;
    end else if (clear_i) begin
      wanted_q <= 32'd0;
      next_q <= 32'd0;
      arrived_q <= 32'd0;
      beat_q <= BEATS_BITS'(0);
      open_q <= 2'd0;
      hold_q <= 1'b0;
      spoilt_q <= 1'b0;
    end else begin
      hold_q <= arvalid_o && !arready_i;
      if (taken) wanted_q <= wanted_q + 32'(count);
      open_q <= open_q + 2'(taken) - 2'(rvalid_i && rlast_i);
      if (dispatch) next_q <= next_q + 32'd1;
      if (rvalid_i && rresp_i[1]) spoilt_q <= 1'b1;
      if (beat_ok && !spoilt_q) begin
        beat_q <= beat_q + BEATS_BITS'(1);
        if (beat_q == BEATS_BITS'(BEATS - 1)) arrived_q <= arrived_q + 32'd1;
      end
    end
  end

  // ---- Errors
  always_comb begin
    err_valid_o = 1'b0;
    err_code_o = systole_pkg::ERR_NONE;
    err_pc_o = 32'd0;
    if (spoilt_q) begin
      err_valid_o = 1'b1;
      err_code_o = systole_pkg::ERR_READ_RESPONSE;
      err_pc_o = arrived_q;
    end else if (there && engine == 4'b0000) begin
      err_valid_o = 1'b1;
      err_code_o = systole_pkg::ERR_BAD_OPCODE;
      err_pc_o = next_q;
    end else if (refused) begin
      err_valid_o = 1'b1;
      err_code_o = off_place ? systole_pkg::ERR_BAD_FIELD : systole_pkg::ERR_READ_WINDOW;
      err_pc_o = wanted_q;
    end
  end

  `SYSTOLE_ASSERT(DataBelongToABurst, clk_i, rst_ni, !rvalid_i || open_q != 2'd0)
  `SYSTOLE_ASSERT(BufferHasRoom, clk_i, rst_ni, (arrived_q - next_q) <= 32'd16)
endmodule

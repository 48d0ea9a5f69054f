// Proves of systole_fetch, for every program length and place, every slave that ends its bursts
// where it was asked to, every queue and any number of cycles: it keeps the rules of read_rules.sv;
// it never has more than 16 instructions asked for and not dispatched; and what it dispatches is,
// whatever the program says, its instructions in order, each once, bit by bit as they were read.
module fetch_proof #(parameter int AXI_DATA_WIDTH = 64, parameter int PART = 0) (
  input logic clk_i, input logic rst_ni, input logic clear, input logic stop,
  input logic [3:0] full, input logic arready, input logic [AXI_DATA_WIDTH-1:0] rdata,
  input logic [1:0] rresp, input logic rvalid
);
  localparam int BEATS = 256 / AXI_DATA_WIDTH;  // of an instruction
  (* anyconst *) logic [63:0] window_base, window_last, prog;
  (* anyconst *) logic [31:0] length;
  logic idle, arvalid, rready, rlast;
  logic [3:0] arid, push;
  logic [63:0] araddr;
  logic [7:0] arlen;
  logic [2:0] arsize;
  logic [1:0] arburst;
  logic [31:0] next;
  logic [255:0] instr;
  systole_fetch #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(64)) dut (
    .clk_i, .rst_ni, .clear_i(clear), .stop_i(stop), .prog_i(prog), .prog_len_i(length),
    .rd_base_i(window_base), .rd_last_i(window_last), .bus_idle_o(idle), .next_pc_o(next),
    .push_o(push), .instr_o(instr), .full_i(full), .arid_o(arid), .araddr_o(araddr),
    .arlen_o(arlen), .arsize_o(arsize), .arburst_o(arburst), .arvalid_o(arvalid),
    .arready_i(arready), .rdata_i(rdata), .rresp_i(rresp), .rlast_i(rlast), .rvalid_i(rvalid),
    .rready_o(rready));
  logic rests, waits;
  logic [1:0] open;
  read_rules #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH), .OUTSTANDING(2)) rules (
    .clk_i, .rst_ni, .clear_i(clear), .stop_i(stop), .base_i(window_base), .last_i(window_last),
    .idle_i(idle), .arid_i(arid), .araddr_i(araddr), .arlen_i(arlen), .arsize_i(arsize),
    .arburst_i(arburst), .arvalid_i(arvalid), .arready_i(arready), .rlast_i(rlast),
    .rvalid_i(rvalid), .rready_i(rready), .rests_o(rests), .waits_o(waits), .open_o(open));

  // ---- The slave: beats asked for and sent since the run began; a burst ends where eight
  // instructions do, or the program does.
  logic [31:0] asked;  // instructions
  logic [34:0] sent, all;
  logic [29:0] ended;  // bursts
  assign all = length * 35'(BEATS);
  assign rlast = (sent + 1) % (8 * BEATS) == 0 || sent + 1 == all;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {asked, sent, ended} <= '0;
    else if (clear) {asked, sent, ended} <= '0;
    else begin
      if (arvalid && arready) asked <= asked + (arlen + 1) / BEATS;
      if (rvalid) sent <= sent + 1;
      if (rvalid && rlast) ended <= ended + 1;
    end
  end
  always_comb assume (!rvalid || sent < asked * 35'(BEATS));
  logic [33:0] bursts;  // times eight instructions: ended and open
  assign bursts = 34'd8 * (34'(ended) + 34'(open));

  // ---- One instruction, any: what was read of it.
  (* anyconst *) logic [31:0] some;
  logic [255:0] memory;
  always_ff @(posedge clk_i) begin
    for (int b = 0; b < BEATS; b++) begin
      if (rvalid && sent == some * 35'(BEATS) + b) begin
        memory[b*AXI_DATA_WIDTH +: AXI_DATA_WIDTH] <= rdata;
      end
    end
  end
  (* keep *) wire [16*256-1:0] dut_places;  // the buffer: place p, beat b at 256 p + b beats
  logic [255:0] place;
  assign place = dut_places[256*some[3:0] +: 256];
  (* keep *) wire [31:0] dut_wanted_q, dut_arrived_q;
  (* keep *) wire [$clog2(BEATS)-1:0] dut_beat_q;
  (* keep *) wire [1:0] dut_open_q;
  (* keep *) wire dut_hold_q, dut_spoilt_q;
  logic rules_hold;  // proved as PART 0, used in PART 1
  always_comb begin
    rules_hold = dut_wanted_q <= length && next <= dut_arrived_q && dut_arrived_q <= dut_wanted_q
        && dut_wanted_q - next <= 16
        && (push == 0 || (next < length && (push & full) == 0 && (push & (push - 1)) == 0))
        // Registers. Bursts asked for are the ended ones and the open ones.
        && asked == dut_wanted_q && dut_open_q == open && dut_hold_q == waits
        && (asked % 8 == 0 || asked == length)
        && sent <= asked * 35'(BEATS) && dut_arrived_q * 35'(BEATS) + dut_beat_q <= sent
        && (dut_spoilt_q || dut_arrived_q * 35'(BEATS) + dut_beat_q == sent)
        && bursts >= asked && bursts - asked < 8
        && (sent == all ? open == 0 : sent / (8 * BEATS) == ended)
        && (!waits || (dut_wanted_q < length && dut_wanted_q - next <= 8));
  end
  always_comb if (rst_ni) begin
    if (PART == 0) assert (rules_hold);
    else begin
      assume (rules_hold);
      if (next == some && next < dut_arrived_q) assert (instr == memory);
      if (next <= some && some < dut_arrived_q) assert (place == memory);
      for (int b = 0; b < BEATS; b++) begin
        if (some == dut_arrived_q && b < dut_beat_q && !dut_spoilt_q) begin
          assert (place[b*AXI_DATA_WIDTH +: AXI_DATA_WIDTH] ==
                  memory[b*AXI_DATA_WIDTH +: AXI_DATA_WIDTH]);
        end
      end
    end
  end
endmodule

// LOAD engine: AXI4 read bursts -> activation, weight, offset or parameter memory; Fill writes a
// constant.
//
//   a(k) = max(a(k-1)+1, issue+1, e(k-OUTSTANDING)+1)    cycle of burst k's address,
//                                                        e(k) of its last data beat
//   free = a(last)+1, retire = e(last)+1;   Fill: B beats in issue+1 .. issue+B, retire = issue+B+1
//
//   systole_burst_walker -> AR;  a queue of OUTSTANDING bursts remembers where data go;
//   R beat -> write registers
//
// A beat accepted in cycle t is at the write port in t+1. R is always ready: the memories take a
// beat every cycle. Errors: a burst outside the read window is not sent; an error response (SLVERR,
// DECERR) names the instruction that waits for it and ends all writing. With stop_i nothing new is
// sent, an address that waits for ARREADY stays, and what arrives is discarded.
`include "systole_assert.svh"

module systole_load #(
  parameter int ROWS = 16,
  parameter int LANES = 8,
  parameter int WPORT = 1,
  parameter int WGT_KIB = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int AXI_ID_WIDTH = 4,
  parameter int OUTSTANDING = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_engine_frame
  input  logic                            stop_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            start_i,
  input  logic                            inflight_i,
  output logic                            ready_o,
  output logic                            working_o,
  output logic                            retire_o,
  output logic [systole_pkg::CODE_W-1:0]  late_err_o,
  output logic [systole_pkg::CODE_W-1:0]  work_err_o,

  // systole_csr: read window; systole_control
  input  logic [63:0] rd_base_i,
  input  logic [63:0] rd_last_i,
  output logic        bus_idle_o,  // no address waits, no burst is open
  output logic        filling_o,   // a Fill writes in this cycle (progress without a bus)

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
  output logic                      rready_o,

  // Activation buffer: act_n_o contiguous bytes
  output logic                          act_we_o,
  output logic [systole_pkg::BUF_W-1:0] act_addr_o,
  output logic [7:0]                    act_n_o,
  output logic [AXI_DATA_WIDTH-1:0]     act_data_o,

  // Weight, offset and parameter memories: beat buf_beat_o of row buf_row_o
  output logic                          wgt_we_o,
  output logic                          ktab_we_o,
  output logic                          par_we_o,
  output logic [7:0]                    wgt_bank_o,
  output logic [systole_pkg::BUF_W-1:0] buf_row_o,
  output logic [7:0]                    buf_beat_o,
  output logic [AXI_DATA_WIDTH-1:0]     buf_data_o
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int WGT_BEATS = (ROWS + BEAT - 1) / BEAT;
  localparam int KTAB_BEATS = (systole_pkg::KTAB_BYTES * ROWS + BEAT - 1) / BEAT;
  localparam int PAR_BEATS = (systole_pkg::PAR_BYTES * LANES + BEAT - 1) / BEAT;
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, WPORT, WGT_KIB) * WPORT;  // over all banks
  localparam int WGT_BITS = $clog2(WGT_ROWS);
  localparam logic [1:0] TO_ACT = 2'd0, TO_WGT = 2'd1, TO_KTAB = 2'd2, TO_PAR = 2'd3;
  localparam int NOTE_W = 2 + 1 + BUF_W + 8 + 5 + 1;

  // ---- Issue
  logic [7:0] opcode;
  logic fill, walking;

  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign fill = opcode == systole_pkg::OP_FILL;
  assign ready_o = !walking && !(fill && inflight_i);

  // ---- The instruction being walked
  logic step, first, last, outside;
  logic [63:0] addr;
  logic [BUF_W-1:0] buffer;
  logic [5:0] len;
  logic [4:0] tail;
  logic fill_q;
  logic [1:0] dest_q;
  logic [7:0] value_q;

  systole_burst_walker #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH)) u_walker (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .start_i(start_i), .single_i(fill),
    .instr_i(instr_i), .step_i(step), .stop_i(stop_i && !(arvalid_o && !arready_i)),
    .base_i(rd_base_i), .last_i(rd_last_i), .active_o(walking), .addr_o(addr), .buf_o(buffer),
    .len_o(len), .tail_o(tail), .first_o(first), .last_o(last), .outside_o(outside)
  );

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      fill_q <= fill;
      case (opcode)
        systole_pkg::OP_LOAD_WGT: dest_q <= TO_WGT;
        systole_pkg::OP_LOAD_KTAB: dest_q <= TO_KTAB;
        systole_pkg::OP_LOAD_PAR: dest_q <= TO_PAR;
        default: dest_q <= TO_ACT;
      endcase
      value_q <= instr_i[systole_pkg::LS_FILL_LSB +: systole_pkg::LS_FILL_W];
    end
  end

  // Weight rows count over all banks: row r lies in bank r mod WPORT, index r / WPORT. Divided when
  // the first burst's address goes out, a cycle after the issue or later; further bursts go on
  // there.
  logic [WGT_BITS-1:0] wgt_row, wgt_bank;

  systole_divide #(.WIDTH(WGT_BITS), .DIVISOR(WPORT)) u_bank (
    .n_i(buffer[WGT_BITS-1:0]), .quotient_o(wgt_row), .remainder_o(wgt_bank)
  );

  // ---- Addresses. hold_q: ARVALID was high and not taken; it stays, whatever happens.
  logic full, open, hold_q, taken, refused;

  assign arvalid_o = walking && !fill_q && (hold_q || (!stop_i && !full && !outside));
  assign refused = walking && !fill_q && !hold_q && !stop_i && outside;
  assign taken = arvalid_o && arready_i;
  assign filling_o = walking && fill_q && !stop_i;
  assign step = taken || filling_o;
  assign arid_o = AXI_ID_WIDTH'(0);
  assign araddr_o = addr[AXI_ADDR_WIDTH-1:0];
  assign arlen_o = 8'(len);
  assign arsize_o = 3'($clog2(BEAT));
  assign arburst_o = 2'b01;
  assign arlock_o = 1'b0;
  assign arcache_o = 4'b0011;
  assign arprot_o = 3'b000;
  assign arqos_o = 4'b0000;
  assign rready_o = 1'b1;
  assign bus_idle_o = !open && !hold_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) hold_q <= 1'b0;
    else if (clear_i) hold_q <= 1'b0;
    else hold_q <= arvalid_o && !arready_i;
  end

  // ---- Open bursts: where their data go.
  logic [NOTE_W-1:0] note;
  logic [1:0] note_dest;
  logic note_first, note_last;
  logic [BUF_W-1:0] note_start;  // activation address, or first row of the instruction
  logic [7:0] note_bank;
  logic [4:0] note_tail;
  logic [BUF_W-1:0] place;
  logic [7:0] place_bank;

  assign place_bank = 8'(wgt_bank);
  assign place = (dest_q == TO_WGT) ? BUF_W'(wgt_row) : buffer;

  systole_queue #(.WIDTH(NOTE_W), .DEPTH(OUTSTANDING)) u_open (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .push_i(taken),
    .data_i({dest_q, first, place, place_bank, tail, last}), .full_o(full), .valid_o(open),
    .data_o(note), .pop_i(rvalid_i && rlast_i)
  );
  assign {note_dest, note_first, note_start, note_bank, note_tail, note_last} = note;

  // ---- Data. within_q: the burst at the queue's output has had a beat.
  logic within_q, spoilt_q, beat_ok;
  logic [BUF_W-1:0] act_next_q, act_addr;
  logic [BUF_W-1:0] row_next_q, row;
  logic [7:0] bank_next_q, bank, beat_next_q, beat, row_end;
  logic row_done;

  assign beat_ok = rvalid_i && !rresp_i[1] && !spoilt_q && !stop_i;
  assign act_addr = within_q ? act_next_q : note_start;
  assign row = (note_first && !within_q) ? note_start : row_next_q;
  assign bank = (note_first && !within_q) ? note_bank : bank_next_q;
  assign beat = (note_first && !within_q) ? 8'd0 : beat_next_q;
  assign row_end = (note_dest == TO_WGT) ? 8'(WGT_BEATS - 1) :
                   (note_dest == TO_KTAB) ? 8'(KTAB_BEATS - 1) : 8'(PAR_BEATS - 1);
  assign row_done = beat == row_end;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      within_q <= 1'b0;
      spoilt_q <= 1'b0;
      act_we_o <= 1'b0;
      wgt_we_o <= 1'b0;
      ktab_we_o <= 1'b0;
      par_we_o <= 1'b0;
      retire_o <= 1'b0;
    end else if (clear_i) begin
      within_q <= 1'b0;
      spoilt_q <= 1'b0;
      act_we_o <= 1'b0;
      wgt_we_o <= 1'b0;
      ktab_we_o <= 1'b0;
      par_we_o <= 1'b0;
      retire_o <= 1'b0;
    end else begin
      if (rvalid_i) within_q <= !rlast_i;
      if (rvalid_i && rresp_i[1]) spoilt_q <= 1'b1;
      act_we_o <= filling_o || (beat_ok && note_dest == TO_ACT);
      wgt_we_o <= beat_ok && note_dest == TO_WGT;
      ktab_we_o <= beat_ok && note_dest == TO_KTAB;
      par_we_o <= beat_ok && note_dest == TO_PAR;
      retire_o <= (beat_ok && rlast_i && note_last) || (filling_o && last);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rvalid_i) begin
      act_next_q <= act_addr + BUF_W'(BEAT);
      beat_next_q <= row_done ? 8'd0 : beat + 8'd1;
      if (row_done && note_dest == TO_WGT) begin
        bank_next_q <= (bank == 8'(WPORT - 1)) ? 8'd0 : bank + 8'd1;
        row_next_q <= (bank == 8'(WPORT - 1)) ? row + BUF_W'(1) : row;
      end else begin
        bank_next_q <= bank;
        row_next_q <= row_done ? row + BUF_W'(1) : row;
      end
      act_addr_o <= act_addr;
      act_n_o <= rlast_i ? 8'(note_tail) : 8'(BEAT);
      act_data_o <= rdata_i;
      wgt_bank_o <= bank;
      buf_row_o <= row;
      buf_beat_o <= beat;
    end else if (filling_o) begin
      act_addr_o <= buffer;
      act_n_o <= 8'(tail);
      act_data_o <= {BEAT{value_q}};
    end
  end

  assign buf_data_o = act_data_o;
  assign working_o = walking;

  // ---- Errors: an answer is told in the cycle after it, by then the oldest load is its own.
  assign late_err_o = spoilt_q ? systole_pkg::ERR_READ_RESPONSE : systole_pkg::ERR_NONE;
  assign work_err_o = refused ? systole_pkg::ERR_READ_WINDOW : systole_pkg::ERR_NONE;

  `SYSTOLE_ASSERT(DataBelongToABurst, clk_i, rst_ni, !rvalid_i || open)
  `SYSTOLE_ASSERT(FillAlone, clk_i, rst_ni, !filling_o || !open)
endmodule

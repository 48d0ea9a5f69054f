// Walks the lines of a LOAD or STORE instruction burst by burst (or, for Fill, beat by beat).
//
//   line l: LsBytes bytes from memory LsAddr + l*LsMemStride, buffer LsBuf + l*LsBufStride
//   burst:  beats = min(beats to the next 256-byte aligned address, beats to the line's end)
//
// start_i in cycle t loads instr_i; from t+1 active_o is high and the outputs describe the current
// burst, combinationally from registers, until step_i moves to the next one (or ends: active_o
// falls in the cycle after the last step). stop_i ends the walk. outside_o: the burst is not wholly
// inside [base_i, last_i], or its address passed 2^64.
module systole_burst_walker #(
  parameter int AXI_DATA_WIDTH = 64
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // Engine control
  input  logic                            start_i,
  input  logic                            single_i,  // beat by beat, wherever it lies (Fill)
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            step_i,
  input  logic                            stop_i,

  // Address window, first and last byte
  input  logic [63:0] base_i,
  input  logic [63:0] last_i,

  // The current burst
  output logic                          active_o,
  output logic [63:0]                   addr_o,
  output logic [systole_pkg::BUF_W-1:0] buf_o,
  output logic [5:0]                    len_o,    // beats - 1
  output logic [4:0]                    tail_o,   // valid bytes of its last beat
  output logic                          first_o,  // first burst of the instruction
  output logic                          last_o,   // last burst of the instruction
  output logic                          outside_o
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int BEATS_W = systole_pkg::LS_BYTES_W + 1;
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int BEAT_BITS = $clog2(BEAT);
  localparam int ROOM_BITS = $clog2(systole_pkg::BURST_BYTES) - BEAT_BITS;

  logic single_q, wrapped_q;
  logic [63:0] line_addr_q, next_line;
  logic [31:0] mem_stride_q;
  logic [BUF_W-1:0] line_buf_q, buf_stride_q, bytes_q, left_q;
  logic [systole_pkg::LS_LINES_W-1:0] lines_q;
  logic [BEATS_W-1:0] left_beats, to_border, room, beats;
  logic [BEAT_BITS-1:0] partial;
  logic line_end;
  localparam int PAGE_BITS = $clog2(systole_pkg::BURST_BYTES);
  logic [63:PAGE_BITS] page;
  logic [PAGE_BITS-1:0] end_place;

  assign left_beats = (BEATS_W'(left_q) + BEATS_W'(BEAT - 1)) >> BEAT_BITS;
  assign to_border = BEATS_W'(systole_pkg::BURST_BYTES / BEAT) -
                     BEATS_W'(addr_o[BEAT_BITS +: ROOM_BITS]);
  assign room = single_q ? BEATS_W'(1) : to_border;
  assign line_end = left_beats <= room;
  assign beats = line_end ? left_beats : room;

  assign len_o = 6'(beats - BEATS_W'(1));
  assign partial = left_q[BEAT_BITS-1:0];
  assign tail_o = (line_end && partial != '0) ? 5'(partial) : 5'(BEAT);
  assign last_o = line_end && lines_q == systole_pkg::LS_LINES_W'(1);
  // A burst stays within 256 aligned bytes, its page: it cannot pass 2^64, and ends there or at the
  // line's end. A Fill's beats do not, but nobody asks where in memory they are.
  assign page = addr_o[63:PAGE_BITS];
  assign end_place = addr_o[PAGE_BITS-1:0] + PAGE_BITS'(beats << BEAT_BITS) - PAGE_BITS'(1);
  assign outside_o = wrapped_q || addr_o < base_i || page > last_i[63:PAGE_BITS] ||
                     (page == last_i[63:PAGE_BITS] && end_place > last_i[PAGE_BITS-1:0]);
  assign next_line = line_addr_q + 64'(mem_stride_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) active_o <= 1'b0;
    else if (clear_i || stop_i) active_o <= 1'b0;
    else if (start_i) active_o <= 1'b1;
    else if (step_i && last_o) active_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      single_q <= single_i;
      wrapped_q <= 1'b0;
      addr_o <= instr_i[systole_pkg::LS_ADDR_LSB +: systole_pkg::LS_ADDR_W];
      line_addr_q <= instr_i[systole_pkg::LS_ADDR_LSB +: systole_pkg::LS_ADDR_W];
      mem_stride_q <= instr_i[systole_pkg::LS_MEM_STRIDE_LSB +: systole_pkg::LS_MEM_STRIDE_W];
      buf_o <= instr_i[systole_pkg::LS_BUF_LSB +: systole_pkg::LS_BUF_W];
      line_buf_q <= instr_i[systole_pkg::LS_BUF_LSB +: systole_pkg::LS_BUF_W];
      buf_stride_q <= instr_i[systole_pkg::LS_BUF_STRIDE_LSB +: systole_pkg::LS_BUF_STRIDE_W];
      bytes_q <= instr_i[systole_pkg::LS_BYTES_LSB +: systole_pkg::LS_BYTES_W];
      left_q <= instr_i[systole_pkg::LS_BYTES_LSB +: systole_pkg::LS_BYTES_W];
      lines_q <= instr_i[systole_pkg::LS_LINES_LSB +: systole_pkg::LS_LINES_W];
      first_o <= 1'b1;
    end else if (step_i) begin
      first_o <= 1'b0;
      if (line_end) begin
        wrapped_q <= wrapped_q || next_line < line_addr_q;
        addr_o <= next_line;
        line_addr_q <= next_line;
        buf_o <= line_buf_q + buf_stride_q;
        line_buf_q <= line_buf_q + buf_stride_q;
        left_q <= bytes_q;
        lines_q <= lines_q - systole_pkg::LS_LINES_W'(1);
      end else begin
        wrapped_q <= wrapped_q || page == '1;
        addr_o <= {page + 1'b1, PAGE_BITS'(0)};
        buf_o <= buf_o + (BUF_W'(beats) << BEAT_BITS);
        left_q <= left_q - (BUF_W'(beats) << BEAT_BITS);
      end
    end
  end
endmodule

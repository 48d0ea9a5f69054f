// Proves of systole_burst_walker, for every instruction that passes the checks and any number of
// steps, at full width: burst by burst the lines are walked whole, each byte once, in order;
//
//   burst = from LsAddr + l*LsMemStride + done to the line's end or the next 256-byte border,
//   buffer = LsBuf + l*LsBufStride + done,  done += its bytes
//
// with l and done counted here, addresses in 66 bits: a burst is outside when a byte of its beats
// is, or is past 2^64. A Fill (single) goes beat by beat. dut_* are the walker's registers.
module burst_walker_proof #(parameter int AXI_DATA_WIDTH = 64) (
  input logic clk_i, input logic rst_ni, input logic clear, input logic start, input logic step,
  input logic stop, input logic single, input logic [systole_pkg::INSTR_W-1:0] instr
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int LINES_W = systole_pkg::LS_LINES_W;
  localparam int BEAT = AXI_DATA_WIDTH / 8;
  localparam int BORDER = 256;
  (* anyconst *) logic [63:0] window_base, window_last;
  logic active, first, last, outside;
  logic [63:0] addr;
  logic [BUF_W-1:0] buffer;
  logic [5:0] len;
  logic [4:0] tail;
  systole_burst_walker #(.AXI_DATA_WIDTH(AXI_DATA_WIDTH)) dut (
    .clk_i, .rst_ni, .clear_i(clear), .start_i(start), .single_i(single), .instr_i(instr),
    .step_i(step), .stop_i(stop), .base_i(window_base), .last_i(window_last), .active_o(active),
    .addr_o(addr), .buf_o(buffer), .len_o(len), .tail_o(tail), .first_o(first), .last_o(last),
    .outside_o(outside));

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // ---- What the checks let pass (systole_ls_check), and how the engines step.
  logic [63:0] ls_addr;
  logic [31:0] ls_stride;
  logic [BUF_W-1:0] ls_bytes;
  logic [LINES_W-1:0] ls_lines;
  assign ls_addr = instr[systole_pkg::LS_ADDR_LSB +: 64];
  assign ls_stride = instr[systole_pkg::LS_MEM_STRIDE_LSB +: 32];
  assign ls_bytes = instr[systole_pkg::LS_BYTES_LSB +: BUF_W];
  assign ls_lines = instr[systole_pkg::LS_LINES_LSB +: LINES_W];
  logic one;  // the instruction at work is a Fill
  always_comb begin
    if (start) begin
      assume (ls_bytes != 0 && ls_lines != 0);
      if (!single) assume (ls_addr % BEAT == 0 && ls_stride % BEAT == 0);
    end
    assume (!step || (active && (one || !outside)));
  end

  // ---- The reference.
  logic [65:0] line, at, last_byte;  // line l's first byte in memory, the burst's first and last
  logic [65:0] to_border;
  logic [BUF_W-1:0] line_buffer, buffer_stride, bytes, done;
  logic [31:0] stride;
  logic [LINES_W-1:0] lines, l;
  logic [BUF_W:0] left, beats, here;  // of the line, of the burst: beats, valid bytes
  logic line_ends, running, begun;
  assign left = bytes - done;
  assign at = line + done;
  assign to_border = one ? BEAT : BORDER - at % BORDER;
  assign line_ends = left <= to_border;
  assign beats = line_ends ? (left + BEAT - 1) / BEAT : to_border / BEAT;
  assign here = line_ends ? left : beats * BEAT;
  assign last_byte = at + beats * BEAT - 1;
  initial running = 1'b0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear || stop) running <= 1'b0;
    else if (start) running <= 1'b1;
    else if (step && line_ends && l + 1 == lines) running <= 1'b0;
    if (start) begin
      line <= ls_addr;
      stride <= ls_stride;
      line_buffer <= instr[systole_pkg::LS_BUF_LSB +: BUF_W];
      buffer_stride <= instr[systole_pkg::LS_BUF_STRIDE_LSB +: BUF_W];
      bytes <= ls_bytes;
      lines <= ls_lines;
      one <= single;
      {l, done, begun} <= '0;
    end else if (step) begin
      begun <= 1'b1;
      if (line_ends) begin
        line <= line + stride;
        line_buffer <= line_buffer + buffer_stride;
        l <= l + 1;
        done <= 0;
      end else begin
        done <= done + here;
      end
    end
  end

  (* keep *) wire dut_single_q, dut_wrapped_q;
  (* keep *) wire [63:0] dut_line_addr_q;
  (* keep *) wire [31:0] dut_mem_stride_q;
  (* keep *) wire [BUF_W-1:0] dut_line_buf_q, dut_buf_stride_q, dut_bytes_q, dut_left_q;
  (* keep *) wire [LINES_W-1:0] dut_lines_q;
  logic in_line;  // l is a line that there is
  assign in_line = l < lines && bytes != 0 && done < bytes;
  always_comb begin
    if (rst_ni) assert (active == running);
    if (rst_ni && running) begin
      assert (in_line);
      assert (buffer == line_buffer + done);
      assert (len + 1 == beats && tail == here - len * BEAT && tail != 0 && tail <= BEAT);
      assert (first == !begun && last == (line_ends && l + 1 == lines));
      assert (dut_single_q == one && dut_mem_stride_q == stride && dut_bytes_q == bytes);
      assert (dut_line_buf_q == line_buffer && dut_buf_stride_q == buffer_stride);
      assert (dut_left_q == left && dut_lines_q == lines - l);
      if (one) begin
        assert (len == 0);
      end else begin
        assert (addr == at[63:0] && at % BEAT == 0 && stride % BEAT == 0);
        assert (done == 0 || at % BORDER == 0);
        assert (at / BORDER == last_byte / BORDER && here <= BORDER);
        assert (outside == (at < window_base || last_byte > window_last));
        assert (dut_line_addr_q == line[63:0] && dut_wrapped_q == (at[65:64] != 0));
        assert (line % BEAT == 0 && line <= at && at < 66'h2_0000_0000_0000_0000);
      end
    end
  end
endmodule

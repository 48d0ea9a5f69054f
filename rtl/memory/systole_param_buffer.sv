// Parameter memory: rows of LANES channels, of which only the 69 bits that matter are kept.
//
//     channel in memory (16 bytes, little endian): bias int32 | m uint32 (31 bit) | s (6 bit) and
//     10 ignored bytes
//     lane i of row r:  bias_o[32i +: 32], m_o[32i +: 31], s_o[8i +: 6], in the cycle after re_i
//     with row_i = r
//
// LOAD writes a row beat by beat, in order; with 32 or 64 bit beats, bias and m wait in a register
// for s. The written row can be read from the cycle after its last beat on.
`include "systole_assert.svh"

module systole_param_buffer #(
  parameter int LANES = 8,
  parameter int PAR_KIB = 8,
  parameter int AXI_DATA_WIDTH = 64,
  localparam int PAR_ROWS = systole_pkg::par_rows(LANES, PAR_KIB)
) (
  input  logic clk_i,

  // systole_load
  input  logic                          par_we_i,
  input  logic [systole_pkg::BUF_W-1:0] buf_row_i,
  input  logic [7:0]                    buf_beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     buf_data_i,

  // systole_post
  input  logic                              re_i,
  input  logic [systole_pkg::PAR_ROW_W-1:0] row_i,
  output logic [32*LANES-1:0]               bias_o,
  output logic [32*LANES-1:0]               m_o,
  output logic [8*LANES-1:0]                s_o
);
  localparam int RW = (PAR_ROWS > 1) ? $clog2(PAR_ROWS) : 1;
  localparam int BEATS = 128 / AXI_DATA_WIDTH;  // per channel: 1, 2 or 4

  // What the beat completes: the channel's lane and its 69 bits {s, m, bias}.
  logic complete;
  logic [7:0] lane;
  logic [68:0] channel;

  if (BEATS == 1) begin : gen_beat128
    assign complete = par_we_i;
    assign lane = buf_beat_i;
    assign channel = {buf_data_i[69:64], buf_data_i[62:0]};
  end else if (BEATS == 2) begin : gen_beat64
    logic [62:0] held_q;
    always_ff @(posedge clk_i) begin
      if (par_we_i && !buf_beat_i[0]) held_q <= buf_data_i[62:0];
    end
    assign complete = par_we_i && buf_beat_i[0];
    assign lane = {1'b0, buf_beat_i[7:1]};
    assign channel = {buf_data_i[5:0], held_q};
  end else begin : gen_beat32
    logic [31:0] bias_q;
    logic [30:0] m_q;
    always_ff @(posedge clk_i) begin
      if (par_we_i && buf_beat_i[1:0] == 2'd0) bias_q <= buf_data_i;
      if (par_we_i && buf_beat_i[1:0] == 2'd1) m_q <= buf_data_i[30:0];
    end
    assign complete = par_we_i && buf_beat_i[1:0] == 2'd2;
    assign lane = {2'b0, buf_beat_i[7:2]};
    assign channel = {buf_data_i[5:0], m_q, bias_q};
  end

  logic [LANES-1:0] we;
  assign we = complete ? LANES'(1) << lane : '0;

  logic read_q;  // data are there
  always_ff @(posedge clk_i) read_q <= re_i;
  for (genvar i = 0; i < LANES; i++) begin : gen_lane
    logic [68:0] row;
    systole_sram #(.WIDTH(69), .DEPTH(PAR_ROWS)) u_sram (
      .clk_i, .any_i(`SYSTOLE_ANY(complete || re_i)), .we_i(we[i]), .waddr_i(buf_row_i[RW-1:0]),
      .wdata_i({channel[62:32], channel[68:63], channel[31:0]}), .re_i(re_i),
      .raddr_i(row_i[RW-1:0]), .rdata_o(row)
    );
    always_comb begin
      bias_o[32*i +: 32] = 'x;
      m_o[32*i +: 32] = 'x;
      s_o[8*i +: 8] = 'x;
      if (`SYSTOLE_ANY(read_q)) begin
        bias_o[32*i +: 32] = 32'(row);
        m_o[32*i +: 32] = 32'(row >> 38);
        s_o[8*i +: 8] = {2'b00, 6'(row >> 32)};
      end
    end
  end
endmodule

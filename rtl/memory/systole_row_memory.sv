// Memory of rows of ROW_BITS bits that LOAD writes a beat at a time and an engine reads a whole row
// at a time.
//
//   row r, bits [k*AXI_DATA_WIDTH +: AXI_DATA_WIDTH] = data of the write with row_i = r, beat_i = k
//
// One memory per beat of the row, the last one as narrow as the row's end. Read latency and hold as
// systole_sram.
module systole_row_memory #(
  parameter int ROW_BITS = 128,
  parameter int DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  localparam int AW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
  input  logic clk_i,

  // systole_load
  input  logic                          we_i,
  input  logic [systole_pkg::BUF_W-1:0] row_i,
  input  logic [7:0]                    beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     data_i,

  // the engine
  input  logic                re_i,
  input  logic [AW-1:0]       raddr_i,
  output logic [ROW_BITS-1:0] rdata_o
);
  localparam int BEATS = (ROW_BITS + AXI_DATA_WIDTH - 1) / AXI_DATA_WIDTH;
  for (genvar k = 0; k < BEATS; k++) begin : gen_beat
    localparam int LSB = k * AXI_DATA_WIDTH;
    localparam int W = (ROW_BITS - LSB < AXI_DATA_WIDTH) ? ROW_BITS - LSB : AXI_DATA_WIDTH;
    systole_sram #(.WIDTH(W), .DEPTH(DEPTH)) u_sram (
      .clk_i(clk_i), .any_i(1'b1), .we_i(we_i && beat_i == 8'(k)), .waddr_i(row_i[AW-1:0]),
      .wdata_i(data_i[W-1:0]), .re_i(re_i), .raddr_i(raddr_i), .rdata_o(rdata_o[LSB +: W])
    );
  end
endmodule

// Weight buffer: WPORT banks of rows of ROWS bytes. Bank g feeds the column group g = columns [g*N,
// (g+1)*N), N = COLS/WPORT.
//
// A read in slot s (valid_i, row_i) gives bank 0's row in s+2 and bank g's row in s+2 + g*N: the
// groups further right need their weights as much later as the activations reach them later. The
// address stream passes through N registers per bank.
module systole_weight_buffer #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int WGT_KIB = 128,
  parameter int AXI_DATA_WIDTH = 64,
  localparam int DEPTH = systole_pkg::wgt_rows(ROWS, WPORT, WGT_KIB),
  localparam int AW = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_load: row index within bank, beat of the row
  input  logic                          we_i,
  input  logic [7:0]                    bank_i,
  input  logic [systole_pkg::BUF_W-1:0] wrow_i,
  input  logic [7:0]                    beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     data_i,

  // systole_matmul_control
  input  logic          valid_i,
  input  logic [AW-1:0] row_i,

  // systole_skew: bank g at [g*8*ROWS +: 8*ROWS]
  output logic [8*ROWS*WPORT-1:0] rows_o
);
  localparam int N = COLS / WPORT;

  for (genvar g = 0; g < WPORT; g++) begin : gen_bank
    // The stream of the bank before, N cycles later; bank 0's first register is the address stage.
    logic [AW:0] in, out;
    if (g == 0) begin : gen_first
      assign in = {valid_i, row_i};
    end else begin : gen_next
      assign in = gen_bank[g-1].out;
    end
    systole_delay #(.W(AW + 1), .D((g == 0) ? 1 : N)) u_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(in), .data_o(out)
    );

    systole_row_memory #(
      .ROW_BITS(8 * ROWS), .DEPTH(DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
    ) u_rows (
      .clk_i(clk_i), .we_i(we_i && bank_i == 8'(g)), .row_i(wrow_i), .beat_i(beat_i),
      .data_i(data_i), .re_i(out[AW]), .raddr_i(out[AW-1:0]), .rdata_o(rows_o[g*8*ROWS +: 8*ROWS])
    );
  end
endmodule

// Strobes of the weight buffer's and the offset table's memories in the engine `MATMUL, a bit of
// each bit of a row: included by the engine's module of actions.
  localparam int WGT_BEATS = (8 * ROWS + AXI_DATA_WIDTH - 1) / AXI_DATA_WIDTH;
  localparam int KTAB_BEATS = (16 * ROWS + AXI_DATA_WIDTH - 1) / AXI_DATA_WIDTH;
  logic [8*ROWS*WPORT-1:0] wgt_re, wgt_we;
  for (genvar g = 0; g < WPORT; g++) begin : gen_weight_bank
    for (genvar k = 0; k < WGT_BEATS; k++) begin : gen_beat
      localparam int LSB = k * AXI_DATA_WIDTH;
      localparam int W = (8 * ROWS - LSB < AXI_DATA_WIDTH) ? 8 * ROWS - LSB : AXI_DATA_WIDTH;
      assign wgt_re[8*ROWS*g + LSB +: W] =
        {W{`MATMUL.u_weights.gen_bank[g].u_rows.gen_beat[k].u_sram.re_i}};
      assign wgt_we[8*ROWS*g + LSB +: W] =
        {W{`MATMUL.u_weights.gen_bank[g].u_rows.gen_beat[k].u_sram.we_i}};
    end
  end
  logic [16*ROWS-1:0] ktab_re, ktab_we;
  for (genvar k = 0; k < KTAB_BEATS; k++) begin : gen_ktab_beat
    localparam int LSB = k * AXI_DATA_WIDTH;
    localparam int W = (16 * ROWS - LSB < AXI_DATA_WIDTH) ? 16 * ROWS - LSB : AXI_DATA_WIDTH;
    assign ktab_re[LSB +: W] = {W{`MATMUL.u_ktab.gen_beat[k].u_sram.re_i}};
    assign ktab_we[LSB +: W] = {W{`MATMUL.u_ktab.gen_beat[k].u_sram.we_i}};
  end
  always_ff @(posedge clk_i) begin
    n_weight_read <= n_weight_read + `ONES(wgt_re) / 64'd8;
    n_weight_write <= n_weight_write + `ONES(wgt_we) / 64'd8;
    n_offset_read <= n_offset_read + `ONES(ktab_re) / 64'd8;
    n_offset_write <= n_offset_write + `ONES(ktab_we) / 64'd8;
  end

// Walks one POST instruction: one tap a cycle, from the cycle after start_i, innermost loop last.
//
//     for chunk, y, x, ty, tx:
//       entry = AccBase + y*EsY + x*EsX + ty*EsTy + tx*EsTx     (modulo 2^10)
//       col   = Col + chunk*LANES + ty*CsTy + tx*CsTx           (modulo 2^7)
//       addr  = Out + y*SY + x*SX + chunk*LANES,  row = Par + chunk,
//       n = min(LANES, Nchan - chunk*LANES)
//
// PostAct has its own counts of taps and channels, and takes row Par for every chunk with PaRow;
// PostActAdd has two taps, and reads its own rows. Where taps of either lie: systole_post_source.
//
// No multiplier: each loop level keeps the value at its own start. start_i may come in the cycle of
// the last tap. The instruction has passed systole_post_check: no count is 0, no address leaves the
// activation buffer.
module systole_post_walker #(
  parameter int LANES = 8,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            clear_i,
  input  logic                            start_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            abort_i,  // this tap is not taken, and no further one

  output logic                              tap_o,         // a tap; all below belong to it
  output logic                              first_o,       // first tap of its pixel
  output logic                              pixel_last_o,  // last tap of its pixel
  output logic                              last_o,        // last tap of the instruction
  output logic [2:0]                        step_o,        // after it: next tx, ty, x, y, chunk
  output logic [systole_pkg::ENTRY_W-1:0]   entry_o,
  output logic [systole_pkg::COL_W-1:0]     col_o,
  output logic [systole_pkg::BUF_W-1:0]     addr_o,
  output logic [systole_pkg::PAR_ROW_W-1:0] row_o,
  output logic [systole_pkg::COL_W-1:0]     n_o,
  output logic [LANES-1:0]                  lanes_o        // lanes_o[i] = i < n
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int COL_W = systole_pkg::COL_W;
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  localparam int PAR_ROW_W = systole_pkg::PAR_ROW_W;
  // Bits of the counts of taps and channels.
  localparam int TAP_W = (POST_ACT != 0) ? systole_pkg::TAP_W : systole_pkg::PO_NTX_W;
  localparam int CHAN_W = (POST_ACT != 0) ? systole_pkg::CHAN_W : COL_W;

  // ---- Fields by opcode.
  logic [TAP_W-1:0] ntx, nty;
  logic [CHAN_W-1:0] nchan;
  logic one_row, one_row_q;
  if (POST_ACT != 0) begin : gen_act
    logic act, add;
    assign act = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] != systole_pkg::OP_POST;
    assign add = ADD_UNIT != 0 && instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] ==
                 systole_pkg::OP_POST_ACT_ADD;
    assign ntx = add ? TAP_W'(2) :
                 act ? instr_i[systole_pkg::PA_NTX_LSB +: systole_pkg::PA_NTX_W] :
                 TAP_W'(instr_i[systole_pkg::PO_NTX_LSB +: systole_pkg::PO_NTX_W]);
    assign nty = add ? TAP_W'(1) :
                 act ? instr_i[systole_pkg::PA_NTY_LSB +: systole_pkg::PA_NTY_W] :
                 TAP_W'(instr_i[systole_pkg::PO_NTY_LSB +: systole_pkg::PO_NTY_W]);
    assign nchan = act ? instr_i[systole_pkg::PA_NCHAN_LSB +: systole_pkg::PA_NCHAN_W] :
                   CHAN_W'(instr_i[systole_pkg::PO_NCHAN_LSB +: systole_pkg::PO_NCHAN_W]);
    assign one_row = act && (add || instr_i[systole_pkg::PA_ROW_LSB]);
  end else begin : gen_no_act
    assign ntx = instr_i[systole_pkg::PO_NTX_LSB +: systole_pkg::PO_NTX_W];
    assign nty = instr_i[systole_pkg::PO_NTY_LSB +: systole_pkg::PO_NTY_W];
    assign nchan = instr_i[systole_pkg::PO_NCHAN_LSB +: systole_pkg::PO_NCHAN_W];
    assign one_row = 1'b0;
  end

  // ---- Counts left, 0 in the last round; reload values.
  logic [TAP_W-1:0] tx_q, ty_q, ntx_q, nty_q;
  logic [ENTRY_W-1:0] x_q, y_q, nx_q, ny_q;
  logic [CHAN_W-1:0] left_q;  // channels left, this chunk included
  // Strides.
  logic [ENTRY_W-1:0] es_tx_q, es_ty_q, es_x_q, es_y_q;
  logic [COL_W-1:0] cs_tx_q, cs_ty_q;
  logic [systole_pkg::STRIDE_W-1:0] sx_q, sy_q;
  // Values at the start of each loop level (innermost: the outputs).
  logic [ENTRY_W-1:0] entry_ty_q, entry_x_q, entry_y_q, entry_chunk_q;
  logic [COL_W-1:0] col_ty_q, col_chunk_q;
  logic [BUF_W-1:0] addr_y_q, addr_chunk_q;

  logic line_last, plane_last, chunk_last;
  always_comb begin
    pixel_last_o = tx_q == 0 && ty_q == 0;
    line_last = pixel_last_o && x_q == 0;
    plane_last = line_last && y_q == 0;
    chunk_last = left_q <= CHAN_W'(LANES);
    last_o = plane_last && chunk_last;
    n_o = chunk_last ? COL_W'(left_q) : COL_W'(LANES);
    step_o = tx_q != 0 ? 3'd0 : ty_q != 0 ? 3'd1 : x_q != 0 ? 3'd2 : y_q != 0 ? 3'd3 : 3'd4;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) tap_o <= 1'b0;
    else if (clear_i || abort_i) tap_o <= 1'b0;
    else if (start_i) tap_o <= 1'b1;
    else if (last_o) tap_o <= 1'b0;
  end

  logic [CHAN_W-1:0] left_d;
  assign left_d = start_i ? nchan : left_q - CHAN_W'(LANES);

  always_ff @(posedge clk_i) begin
    if (start_i || (tap_o && plane_last)) begin
      left_q <= left_d;
      for (int i = 0; i < LANES; i++) lanes_o[i] <= CHAN_W'(i) < left_d;
    end
    if (start_i) begin
      first_o <= 1'b1;
      ntx_q <= ntx - TAP_W'(1);
      nty_q <= nty - TAP_W'(1);
      one_row_q <= one_row;
      nx_q <= instr_i[systole_pkg::PO_NX_LSB +: systole_pkg::PO_NX_W] - ENTRY_W'(1);
      ny_q <= instr_i[systole_pkg::PO_NY_LSB +: systole_pkg::PO_NY_W] - ENTRY_W'(1);
      tx_q <= ntx - TAP_W'(1);
      ty_q <= nty - TAP_W'(1);
      x_q <= instr_i[systole_pkg::PO_NX_LSB +: systole_pkg::PO_NX_W] - ENTRY_W'(1);
      y_q <= instr_i[systole_pkg::PO_NY_LSB +: systole_pkg::PO_NY_W] - ENTRY_W'(1);
      es_tx_q <= instr_i[systole_pkg::PO_ES_TX_LSB +: systole_pkg::PO_ES_TX_W];
      es_ty_q <= instr_i[systole_pkg::PO_ES_TY_LSB +: systole_pkg::PO_ES_TY_W];
      es_x_q <= instr_i[systole_pkg::PO_ES_X_LSB +: systole_pkg::PO_ES_X_W];
      es_y_q <= instr_i[systole_pkg::PO_ES_Y_LSB +: systole_pkg::PO_ES_Y_W];
      cs_tx_q <= instr_i[systole_pkg::PO_CS_TX_LSB +: systole_pkg::PO_CS_TX_W];
      cs_ty_q <= instr_i[systole_pkg::PO_CS_TY_LSB +: systole_pkg::PO_CS_TY_W];
      sx_q <= instr_i[systole_pkg::PO_SX_LSB +: systole_pkg::PO_SX_W];
      sy_q <= instr_i[systole_pkg::PO_SY_LSB +: systole_pkg::PO_SY_W];
      entry_o <= instr_i[systole_pkg::PO_ACC_BASE_LSB +: systole_pkg::PO_ACC_BASE_W];
      entry_ty_q <= instr_i[systole_pkg::PO_ACC_BASE_LSB +: systole_pkg::PO_ACC_BASE_W];
      entry_x_q <= instr_i[systole_pkg::PO_ACC_BASE_LSB +: systole_pkg::PO_ACC_BASE_W];
      entry_y_q <= instr_i[systole_pkg::PO_ACC_BASE_LSB +: systole_pkg::PO_ACC_BASE_W];
      entry_chunk_q <= instr_i[systole_pkg::PO_ACC_BASE_LSB +: systole_pkg::PO_ACC_BASE_W];
      col_o <= instr_i[systole_pkg::PO_COL_LSB +: systole_pkg::PO_COL_W];
      col_ty_q <= instr_i[systole_pkg::PO_COL_LSB +: systole_pkg::PO_COL_W];
      col_chunk_q <= instr_i[systole_pkg::PO_COL_LSB +: systole_pkg::PO_COL_W];
      addr_o <= instr_i[systole_pkg::PO_OUT_LSB +: systole_pkg::PO_OUT_W];
      addr_y_q <= instr_i[systole_pkg::PO_OUT_LSB +: systole_pkg::PO_OUT_W];
      addr_chunk_q <= instr_i[systole_pkg::PO_OUT_LSB +: systole_pkg::PO_OUT_W];
      row_o <= instr_i[systole_pkg::PO_PAR_LSB +: systole_pkg::PO_PAR_W];
    end else if (tap_o) begin
      first_o <= pixel_last_o;
      if (tx_q != 0) begin  // next tx
        tx_q <= tx_q - TAP_W'(1);
        entry_o <= entry_o + es_tx_q;
        col_o <= col_o + cs_tx_q;
      end else if (ty_q != 0) begin  // next ty
        tx_q <= ntx_q;
        ty_q <= ty_q - TAP_W'(1);
        entry_o <= entry_ty_q + es_ty_q;
        entry_ty_q <= entry_ty_q + es_ty_q;
        col_o <= col_ty_q + cs_ty_q;
        col_ty_q <= col_ty_q + cs_ty_q;
      end else begin
        tx_q <= ntx_q;
        ty_q <= nty_q;
        col_o <= col_chunk_q;
        col_ty_q <= col_chunk_q;
        if (x_q != 0) begin  // next x
          x_q <= x_q - ENTRY_W'(1);
          entry_o <= entry_x_q + es_x_q;
          entry_ty_q <= entry_x_q + es_x_q;
          entry_x_q <= entry_x_q + es_x_q;
          addr_o <= addr_o + BUF_W'(sx_q);
        end else begin
          x_q <= nx_q;
          if (y_q != 0) begin  // next y
            y_q <= y_q - ENTRY_W'(1);
            entry_o <= entry_y_q + es_y_q;
            entry_ty_q <= entry_y_q + es_y_q;
            entry_x_q <= entry_y_q + es_y_q;
            entry_y_q <= entry_y_q + es_y_q;
            addr_o <= addr_y_q + BUF_W'(sy_q);
            addr_y_q <= addr_y_q + BUF_W'(sy_q);
          end else begin  // next chunk
            y_q <= ny_q;
            entry_o <= entry_chunk_q;
            entry_ty_q <= entry_chunk_q;
            entry_x_q <= entry_chunk_q;
            entry_y_q <= entry_chunk_q;
            col_o <= col_chunk_q + COL_W'(LANES);
            col_ty_q <= col_chunk_q + COL_W'(LANES);
            col_chunk_q <= col_chunk_q + COL_W'(LANES);
            addr_o <= addr_chunk_q + BUF_W'(LANES);
            addr_y_q <= addr_chunk_q + BUF_W'(LANES);
            addr_chunk_q <= addr_chunk_q + BUF_W'(LANES);
            if (!one_row_q) row_o <= row_o + PAR_ROW_W'(1);
          end
        end
      end
    end
  end
endmodule

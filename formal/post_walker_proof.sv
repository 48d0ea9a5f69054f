// Proves of systole_post_walker and systole_post_source, for every instruction of POST and any
// number of them, at full width: tap after tap, tx fastest, then ty, x, y and chunk,
//
//   entry = AccBase + y*EsY + x*EsX + ty*EsTy + tx*EsTx     (modulo 2^10)
//   col   = Col + chunk*LANES + ty*CsTy + tx*CsTx           (modulo 2^7)
//   addr  = Out + y*SY + x*SX + chunk*LANES,  row = Par + chunk (PaRow, PostActAdd: Par)
//   taps  = PaSrc + y*PaRsY + x*PaRsX + ty*PaRsTy + tx*PaRsTx + chunk*LANES; of PostActAdd
//           PaSrc + y*PaRsY + x*SX + chunk*LANES, then PbSrc + y*PbRsY + x*SX + chunk*LANES
//
// each once, first and last ones told, lanes_o as many as channels are left. Counts go up here; a
// product is what its count has added up. dut_* are registers.
module post_walker_proof #(
  parameter int LANES = 8, parameter int PART = 0
) (
  input logic clk_i, input logic rst_ni, input logic clear, input logic start, input logic abort,
  input  logic [systole_pkg::INSTR_W-1:0] instr
);
  localparam int B = systole_pkg::BUF_W;
  localparam int E = systole_pkg::ENTRY_W;
  localparam int C = systole_pkg::COL_W;
  localparam int T = systole_pkg::TAP_W;
  localparam int H = systole_pkg::CHAN_W;
  logic tap, first, pixel_last, last;
  logic [2:0] level;
  logic [E-1:0] entry;
  logic [C-1:0] col, n;
  logic [B-1:0] addr, source;
  logic [systole_pkg::PAR_ROW_W-1:0] row;
  logic [LANES-1:0] lanes;
  systole_post_walker #(.LANES(LANES)) dut (
    .clk_i, .rst_ni, .clear_i(clear), .start_i(start), .instr_i(instr), .abort_i(abort),
    .tap_o(tap), .first_o(first), .pixel_last_o(pixel_last), .last_o(last), .step_o(level),
    .entry_o(entry), .col_o(col), .addr_o(addr), .row_o(row), .n_o(n), .lanes_o(lanes));
  systole_post_source #(.LANES(LANES)) src (
    .clk_i, .start_i(start), .instr_i(instr), .tap_i(tap), .step_i(level), .addr_o(source));

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // ---- Fields of the instruction by opcode.
  `define FIELD(name_) instr[systole_pkg::name_``_LSB +: systole_pkg::name_``_W]
  logic post, add, one_row, is_add, is_one_row;
  logic [T-1:0] ntx_f, nty_f, ntx, nty;
  logic [H-1:0] nchan_f;
  logic [E-1:0] nx, ny;
  assign post = `FIELD(OPCODE) == systole_pkg::OP_POST;
  assign add = `FIELD(OPCODE) == systole_pkg::OP_POST_ACT_ADD;
  assign ntx_f = add ? T'(2) : post ? T'(`FIELD(PO_NTX)) : `FIELD(PA_NTX);
  assign nty_f = add ? T'(1) : post ? T'(`FIELD(PO_NTY)) : `FIELD(PA_NTY);
  assign nchan_f = post ? H'(`FIELD(PO_NCHAN)) : `FIELD(PA_NCHAN);
  assign one_row = add || (!post && `FIELD(PA_ROW));

  // ---- Counts and what each has added up: entry, column, address written, address read.
  logic [T-1:0] tx, ty;
  logic [E-1:0] x, y;
  logic [H-1:0] left;  // channels
  logic [E-1:0] acc_base, es_x, es_y, es_tx, es_ty, e_x, e_y, e_tx, e_ty;
  logic [C-1:0] col_0, cs_tx, cs_ty, c_tx, c_ty, c_chunk;
  logic [B-1:0] out, sx, sy, o_x, o_y, chunk;
  logic [B-1:0] src_a, src_b, rs_x, rs_y, rs_yb, rs_tx, rs_ty, r_x, r_y, r_yb, r_tx, r_ty;
  logic [systole_pkg::PAR_ROW_W-1:0] par;
  logic running, end_tx, end_ty, end_x, end_y, end_chunk, end_pixel, end_line, end_plane, ends;
  assign end_tx = tx == ntx - T'(1);
  assign end_ty = ty == nty - T'(1);
  assign end_x = x == nx - E'(1);
  assign end_y = y == ny - E'(1);
  assign end_chunk = left <= LANES;
  assign end_pixel = end_tx && end_ty;
  assign end_line = end_pixel && end_x;
  assign end_plane = end_line && end_y;
  assign ends = end_plane && end_chunk;
  always_comb begin  // systole_post_check; POST starts one after another
    if (start) begin
      assume (ntx_f != 0 && nty_f != 0 && nchan_f != 0 && `FIELD(PO_NX) != 0);
      assume (`FIELD(PO_NY) != 0 && (!running || ends));
      assume (!post || `FIELD(PO_NCHAN) <= 64);
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) running <= 1'b0;
    else if (clear || abort) running <= 1'b0;
    else if (start) running <= 1'b1;
    else if (ends) running <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (start) begin
      {is_add, is_one_row, ntx, nty, left} <= {add, one_row, ntx_f, nty_f, nchan_f};
      {nx, ny} <= {`FIELD(PO_NX), `FIELD(PO_NY)};
      {acc_base, es_x, es_y} <= {`FIELD(PO_ACC_BASE), `FIELD(PO_ES_X), `FIELD(PO_ES_Y)};
      {es_tx, es_ty} <= {`FIELD(PO_ES_TX), `FIELD(PO_ES_TY)};
      {col_0, cs_tx, cs_ty} <= {`FIELD(PO_COL), `FIELD(PO_CS_TX), `FIELD(PO_CS_TY)};
      {out, sx, sy} <= {`FIELD(PO_OUT), B'(`FIELD(PO_SX)), B'(`FIELD(PO_SY))};
      {src_a, src_b} <= {`FIELD(PA_SRC), `FIELD(PB_SRC)};
      rs_x <= add ? B'(`FIELD(PO_SX)) : B'(`FIELD(PA_RS_X));
      {rs_y, rs_yb} <= {B'(`FIELD(PA_RS_Y)), B'(`FIELD(PB_RS_Y))};
      {rs_tx, rs_ty} <= {B'(`FIELD(PA_RS_TX)), B'(`FIELD(PA_RS_TY))};
      par <= `FIELD(PO_PAR);
      {tx, ty, x, y, e_x, e_y, e_tx, e_ty, c_tx, c_ty, c_chunk, o_x, o_y, chunk} <= '0;
      {r_x, r_y, r_yb, r_tx, r_ty} <= '0;
    end else if (running) begin
      tx <= end_tx ? '0 : tx + T'(1);
      e_tx <= end_tx ? '0 : e_tx + es_tx;
      c_tx <= end_tx ? '0 : c_tx + cs_tx;
      r_tx <= end_tx ? '0 : r_tx + rs_tx;
      if (end_tx) begin
        ty <= end_ty ? '0 : ty + T'(1);
        e_ty <= end_ty ? '0 : e_ty + es_ty;
        c_ty <= end_ty ? '0 : c_ty + cs_ty;
        r_ty <= end_ty ? '0 : r_ty + rs_ty;
      end
      if (end_pixel) begin
        x <= end_x ? '0 : x + E'(1);
        e_x <= end_x ? '0 : e_x + es_x;
        o_x <= end_x ? '0 : o_x + sx;
        r_x <= end_x ? '0 : r_x + rs_x;
      end
      if (end_line) begin
        y <= end_y ? '0 : y + E'(1);
        e_y <= end_y ? '0 : e_y + es_y;
        o_y <= end_y ? '0 : o_y + sy;
        {r_y, r_yb} <= end_y ? '0 : {r_y + rs_y, r_yb + rs_yb};
      end
      if (end_plane) begin
        left <= left - H'(LANES);
        chunk <= chunk + B'(LANES);
        c_chunk <= c_chunk + C'(LANES);
        if (!is_one_row) par <= par + 1'b1;
      end
    end
  end

  // ---- What the walkers' registers hold: the sum to each loop, from the one around it. The second
  // operand's has no register; other_* are its sums to chunk and line.
  logic [B-1:0] other_chunk, other_y;
  always_ff @(posedge clk_i) begin
    if (start) begin
      {other_chunk, other_y} <= {2{`FIELD(PB_SRC)}};
    end else if (running && end_line) begin
      other_y <= end_y ? other_chunk + B'(LANES) : other_y + rs_yb;
      if (end_y) other_chunk <= other_chunk + B'(LANES);
    end
  end
  (* keep *) wire [T-1:0] dut_tx_q, dut_ty_q, dut_ntx_q, dut_nty_q;
  (* keep *) wire [E-1:0] dut_x_q, dut_y_q, dut_nx_q, dut_ny_q;
  (* keep *) wire [E-1:0] dut_es_tx_q, dut_es_ty_q, dut_es_x_q, dut_es_y_q;
  (* keep *) wire [E-1:0] dut_entry_ty_q, dut_entry_x_q, dut_entry_y_q, dut_entry_chunk_q;
  (* keep *) wire [C-1:0] dut_cs_tx_q, dut_cs_ty_q, dut_col_ty_q, dut_col_chunk_q;
  (* keep *) wire [H-1:0] dut_left_q;
  (* keep *) wire dut_one_row_q, src_add_q;
  (* keep *) wire [15:0] dut_sx_q, dut_sy_q, src_stride_y_q, src_stride_x_q, src_stride_ty_q;
  (* keep *) wire [B-1:0] dut_addr_y_q, dut_addr_chunk_q, src_stride_tx_q, src_first_q;
  (* keep *) wire [B-1:0] src_change_q, src_addr_ty_q, src_addr_x_q, src_addr_y_q;
  (* keep *) wire [B-1:0] src_addr_chunk_q;
  logic counts, entries, places, sources, sums;
  always_comb begin
    counts = tap == running;
    {entries, places, sources, sums} = '1;
    if (running) begin
      counts = tap && tx < ntx && ty < nty && x < nx && y < ny && left != 0 &&
        n == (left < LANES ? C'(left) : C'(LANES)) && first == (tx == 0 && ty == 0) &&
        pixel_last == end_pixel && last == ends && row == par && dut_one_row_q == is_one_row &&
        dut_tx_q == ntx - T'(1) - tx && dut_ty_q == nty - T'(1) - ty &&
        dut_x_q == nx - E'(1) - x && dut_y_q == ny - E'(1) - y && dut_left_q == left &&
        dut_ntx_q == ntx - T'(1) && dut_nty_q == nty - T'(1) &&
        dut_nx_q == nx - E'(1) && dut_ny_q == ny - E'(1) &&
        src_add_q == is_add && (!is_add || (ntx == T'(2) && nty == T'(1)));
      for (int i = 0; i < LANES; i++) counts = counts && lanes[i] == (i < left);
      entries = dut_es_tx_q == es_tx && dut_es_ty_q == es_ty && dut_es_x_q == es_x &&
        dut_es_y_q == es_y && dut_entry_chunk_q == acc_base &&
        dut_entry_y_q == acc_base + e_y && dut_entry_x_q == dut_entry_y_q + e_x &&
        dut_entry_ty_q == dut_entry_x_q + e_ty && entry == dut_entry_ty_q + e_tx;
      places = dut_cs_tx_q == cs_tx && dut_cs_ty_q == cs_ty && B'(dut_sx_q) == sx &&
        B'(dut_sy_q) == sy && dut_col_chunk_q == col_0 + c_chunk &&
        dut_col_ty_q == dut_col_chunk_q + c_ty && col == dut_col_ty_q + c_tx &&
        dut_addr_chunk_q == out + chunk && dut_addr_y_q == dut_addr_chunk_q + o_y &&
        addr == dut_addr_y_q + o_x;
      sources = B'(src_stride_y_q) == rs_y && B'(src_stride_x_q) == rs_x &&
        src_addr_chunk_q == src_a + chunk && src_addr_y_q == src_addr_chunk_q + r_y &&
        src_addr_x_q == src_addr_y_q + r_x;
      if (is_add) begin
        sources = sources && src_addr_ty_q == src_addr_x_q && other_chunk == src_b + chunk &&
          other_y == other_chunk + r_yb && src_first_q == other_chunk - src_addr_chunk_q &&
          src_change_q == rs_yb - rs_y && src_stride_tx_q == other_y - src_addr_y_q &&
          source == (tx == 0 ? src_addr_x_q : other_y + r_x);
      end else begin
        sources = sources && src_stride_tx_q == rs_tx && src_first_q == rs_tx &&
          B'(src_stride_ty_q) == rs_ty && src_addr_ty_q == src_addr_x_q + r_ty &&
          source == src_addr_ty_q + r_tx;
      end
      // The formula, of all this.
      sums = entry == acc_base + e_y + e_x + e_ty + e_tx && col == col_0 + c_chunk + c_ty + c_tx &&
        addr == out + chunk + o_y + o_x &&
        source == (is_add && tx != 0 ? src_b + chunk + r_yb + r_x :
                   src_a + chunk + r_y + r_x + (is_add ? '0 : r_ty + r_tx));
    end
  end

  // ---- One part at a time, of a cycle after one in which all held.
  logic held = 1'b0, holds;
  assign holds = counts && entries && places && sources;
  always_ff @(posedge clk_i) held <= !rst_ni || holds;
  always_comb if (rst_ni) begin
    if (PART == 0) assert (!held || counts);
    if (PART == 1) assert (!held || entries);
    if (PART == 2) assert (!held || places);
    if (PART == 3) assert (!held || sources);
    if (PART == 4) assert (!holds || sums);
  end
endmodule

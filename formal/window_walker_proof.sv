// Proves of systole_window_walker, for every instruction and any number of steps, slices and tiles,
// at full width:
//
//   base = MmBase + x*StrideX + y*StrideY + b*StrideB + i*BaseInc    (modulo 2^25)
//   entry = AccBase + windows of the tiles before + v,  since = v
//
// where x, y, b, i count up and v counts the windows of the slice; last_o and last_b_o say where
// they end. A product is what its count has added up. dut_* are the walker's registers: what they
// are is proved with it, so that one step of each follows from the one before.
module window_walker_proof (
  input logic clk_i, input logic rst_ni, input logic start, input logic step, input logic slice,
  input logic tile, input logic tiles_start, input logic [systole_pkg::INSTR_W-1:0] instr
);
  localparam int W = systole_pkg::BUF_W + 1;
  localparam int E = systole_pkg::ENTRY_W;
  logic [W-1:0] base;
  logic [E-1:0] entry, since;
  logic last, last_b, tiles;
  systole_window_walker #(.INPUT(1)) dut (
    .clk_i, .start_i(start), .instr_i(instr), .step_i(step), .slice_i(slice), .tiles_i(tiles),
    .tile_i(tile), .base_o(base), .entry_o(entry), .since_o(since), .last_o(last),
    .last_b_o(last_b));

  // ---- The reference: fields, counts, what each count has added up.
  logic [W-1:0] mm_base, stride_x, stride_y, stride_b, base_inc;
  logic [E-1:0] nx, ny, nb, acc_base;
  logic [E-1:0] x, y, b, v, before;
  logic [W-1:0] px, py, pb, pi;
  logic running = 1'b0;
  logic ends_x, ends_y, ends_b, ends;
  assign ends_x = x == nx - E'(1);
  assign ends_y = y == ny - E'(1);
  assign ends_b = b == nb - E'(1);
  assign ends = ends_x && ends_y && (ends_b || tiles);

  // As systole_matmul_control does. A count of 0 has been refused.
  always_comb begin
    if (start) begin
      assume (instr[systole_pkg::MM_NX_LSB +: E] != 0 && instr[systole_pkg::MM_NY_LSB +: E] != 0);
      assume (instr[systole_pkg::MM_NB_LSB +: E] != 0);
    end
    assume (running || !(step || slice || tile));
    assume (!(slice && tile));
    assume (!step || !ends);
    assume (!tile || (tiles && ends && !ends_b));
    assume (!(slice && tiles) || ends);
  end

  always_ff @(posedge clk_i) begin
    if (start) begin
      running <= 1'b1;
      tiles <= tiles_start;
      mm_base <= W'(instr[systole_pkg::MM_BASE_LSB +: systole_pkg::MM_BASE_W]);
      stride_x <= W'(instr[systole_pkg::MM_STRIDE_X_LSB +: systole_pkg::MM_STRIDE_X_W]);
      stride_y <= W'(instr[systole_pkg::MM_STRIDE_Y_LSB +: systole_pkg::MM_STRIDE_Y_W]);
      stride_b <= W'(instr[systole_pkg::MM_STRIDE_B_LSB +: systole_pkg::MM_STRIDE_B_W]);
      base_inc <= W'(instr[systole_pkg::MM_BASE_INC_LSB +: systole_pkg::MM_BASE_INC_W]);
      nx <= instr[systole_pkg::MM_NX_LSB +: E];
      ny <= instr[systole_pkg::MM_NY_LSB +: E];
      nb <= instr[systole_pkg::MM_NB_LSB +: E];
      acc_base <= instr[systole_pkg::MM_ACC_BASE_LSB +: E];
    end
    if (start || tile || slice) begin
      {x, y, v, px, py} <= '0;
      if (start || (!tile && !tiles)) {b, pb} <= '0;
      if (start) before <= '0;
      pi <= (start || tile) ? '0 : pi + base_inc;
      if (!start && tile) begin
        b <= b + E'(1);
        pb <= pb + stride_b;
        before <= before + v + E'(1);
      end
    end else if (step) begin
      v <= v + E'(1);
      x <= ends_x ? '0 : x + E'(1);
      px <= ends_x ? '0 : px + stride_x;
      if (ends_x) begin
        y <= ends_y ? '0 : y + E'(1);
        py <= ends_y ? '0 : py + stride_y;
        if (ends_y) begin
          b <= b + E'(1);
          pb <= pb + stride_b;
        end
      end
    end
  end

  (* keep *) wire [E-1:0] dut_x_q, dut_y_q, dut_b_q, dut_nx_q, dut_ny_q, dut_nb_q, dut_acc_base_q;
  (* keep *) wire [W-1:0] dut_line_q, dut_image_q, dut_slice_q;
  (* keep *) wire [15:0] dut_stride_x_q, dut_stride_y_q, dut_base_inc_q;
  (* keep *) wire [W-2:0] dut_stride_b_q;
  logic [W-1:0] slices, images, lines;  // as sums go: of slice and image, then line
  assign slices = tiles ? mm_base + pb : mm_base + pi;
  assign images = tiles ? slices + pi : slices + pb;
  assign lines = images + py;
  always_comb if (running) begin
    assert (base == lines + px);
    assert (entry == acc_base + before + v && since == v);
    assert (last == ends && last_b == ends_b);
    assert (x < nx && y < ny && b < nb);
    assert (dut_x_q == nx - x && dut_y_q == ny - y && dut_b_q == nb - b);
    assert (dut_nx_q == nx && dut_ny_q == ny && dut_nb_q == nb);
    assert (dut_acc_base_q == acc_base + before);
    assert (W'(dut_stride_x_q) == stride_x && W'(dut_stride_y_q) == stride_y);
    assert (W'(dut_stride_b_q) == stride_b && W'(dut_base_inc_q) == base_inc);
    assert (dut_line_q == lines);
    assert (dut_image_q == (tiles ? slices : images));
    assert (dut_slice_q == (tiles ? images : slices));
  end
endmodule

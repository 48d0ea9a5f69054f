// Walks over the windows of a Matmul: x fastest, then y, then b, then the next slice.
//
// Input stationary (tiles_i) b counts tiles, of which each has all slices: x, y, then the next
// slice (slice_i), then the next tile (tile_i); last_o is the end of a slice's x and y.
//
//   base_o = MmBase + x*StrideX + y*StrideY + b*StrideB + i*BaseInc      entry_o = AccBase + v
//
// start_i loads an instruction, step_i goes to the next window (of one slice: last_o at its end),
// slice_i to window 0 of the next slice; all take effect in the next cycle. 25 bits: a base past
// the activation buffer is an error in its own slot, and no base grows twice between two slots, so
// no sum wraps unseen.
module systole_window_walker #(
  parameter int INPUT = 0  // 1: tiles_i may be
) (
  input  logic clk_i,

  input  logic                            start_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            step_i,
  input  logic                            slice_i,
  input  logic                            tiles_i,
  input  logic                            tile_i,

  output logic [systole_pkg::BUF_W:0]     base_o,
  output logic [systole_pkg::ENTRY_W-1:0] entry_o,
  output logic [systole_pkg::ENTRY_W-1:0] since_o,  // entries before this one, of the slice
  output logic                            last_o,
  output logic                            last_b_o
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  // Held for the instruction; x, y, b count down to 1.
  logic [ENTRY_W-1:0] nx_q, ny_q, nb_q, acc_base_q, x_q, y_q, b_q, entry_q;
  logic [systole_pkg::STRIDE_W-1:0] stride_x_q, stride_y_q, base_inc_q;
  logic [BUF_W-1:0] stride_b_q;
  // Bases of the window, its line, its image, its slice.
  logic [BUF_W:0] base_q, line_q, image_q, slice_q;
  logic last_x, last_y, last_b;
  assign last_x = x_q == ENTRY_W'(1);
  assign last_y = y_q == ENTRY_W'(1);
  assign last_b = b_q == ENTRY_W'(1);
  logic tiles, tile;
  assign tiles = INPUT != 0 && tiles_i;
  assign tile = INPUT != 0 && tile_i;
  assign last_o = last_x && last_y && (last_b || tiles);
  assign last_b_o = last_b;
  assign since_o = (INPUT != 0) ? entry_q - acc_base_q : '0;
  assign base_o = base_q;
  assign entry_o = entry_q;

  // One adder: the base of the next window, line, image or slice.
  logic [BUF_W:0] from, next;
  logic [BUF_W-1:0] stride;
  always_comb begin
    if (tile) begin
      from = image_q;
      stride = stride_b_q;
    end else if (slice_i) begin
      from = slice_q;
      stride = BUF_W'(base_inc_q);
    end else if (!last_x) begin
      from = base_q;
      stride = BUF_W'(stride_x_q);
    end else if (!last_y) begin
      from = line_q;
      stride = BUF_W'(stride_y_q);
    end else begin
      from = image_q;
      stride = stride_b_q;
    end
    next = from + (BUF_W + 1)'(stride);
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      nx_q <= instr_i[systole_pkg::MM_NX_LSB +: systole_pkg::MM_NX_W];
      ny_q <= instr_i[systole_pkg::MM_NY_LSB +: systole_pkg::MM_NY_W];
      nb_q <= instr_i[systole_pkg::MM_NB_LSB +: systole_pkg::MM_NB_W];
      stride_x_q <= instr_i[systole_pkg::MM_STRIDE_X_LSB +: systole_pkg::MM_STRIDE_X_W];
      stride_y_q <= instr_i[systole_pkg::MM_STRIDE_Y_LSB +: systole_pkg::MM_STRIDE_Y_W];
      stride_b_q <= instr_i[systole_pkg::MM_STRIDE_B_LSB +: systole_pkg::MM_STRIDE_B_W];
      base_inc_q <= instr_i[systole_pkg::MM_BASE_INC_LSB +: systole_pkg::MM_BASE_INC_W];
      acc_base_q <= instr_i[systole_pkg::MM_ACC_BASE_LSB +: systole_pkg::MM_ACC_BASE_W];
      x_q <= instr_i[systole_pkg::MM_NX_LSB +: systole_pkg::MM_NX_W];
      y_q <= instr_i[systole_pkg::MM_NY_LSB +: systole_pkg::MM_NY_W];
      b_q <= instr_i[systole_pkg::MM_NB_LSB +: systole_pkg::MM_NB_W];
      base_q <= (BUF_W + 1)'(instr_i[systole_pkg::MM_BASE_LSB +: systole_pkg::MM_BASE_W]);
      line_q <= (BUF_W + 1)'(instr_i[systole_pkg::MM_BASE_LSB +: systole_pkg::MM_BASE_W]);
      image_q <= (BUF_W + 1)'(instr_i[systole_pkg::MM_BASE_LSB +: systole_pkg::MM_BASE_W]);
      slice_q <= (BUF_W + 1)'(instr_i[systole_pkg::MM_BASE_LSB +: systole_pkg::MM_BASE_W]);
      entry_q <= instr_i[systole_pkg::MM_ACC_BASE_LSB +: systole_pkg::MM_ACC_BASE_W];
    end else if (slice_i || tile) begin
      base_q <= next;
      line_q <= next;
      if (!tiles || tile) image_q <= next;
      slice_q <= next;
      x_q <= nx_q;
      y_q <= ny_q;
      if (tile) begin
        b_q <= b_q - ENTRY_W'(1);
        entry_q <= entry_q + ENTRY_W'(1);
        acc_base_q <= entry_q + ENTRY_W'(1);
      end else begin
        if (!tiles) b_q <= nb_q;
        entry_q <= acc_base_q;
      end
    end else if (step_i) begin
      base_q <= next;
      entry_q <= entry_q + ENTRY_W'(1);
      x_q <= last_x ? nx_q : x_q - ENTRY_W'(1);
      if (last_x) begin
        line_q <= next;
        y_q <= last_y ? ny_q : y_q - ENTRY_W'(1);
        if (last_y) begin
          image_q <= next;
          b_q <= b_q - ENTRY_W'(1);
        end
      end
    end
  end
endmodule

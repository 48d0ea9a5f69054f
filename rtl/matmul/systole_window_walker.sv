// Walks over the windows of a Matmul: x fastest, then y, then b, then the next slice.
//
//   base_o = MmBase + x*StrideX + y*StrideY + b*StrideB + i*BaseInc      entry_o = AccBase + v
//
// start_i loads an instruction, step_i goes to the next window (of one slice: last_o at its end), slice_i to window 0 of the
// next slice; all take effect in the next cycle. 25 bits: a base past the activation buffer is an error in its own
// slot, and no base grows twice between two slots, so no sum wraps unseen.
module systole_window_walker (
    input logic clk_i,

    input logic         start_i,
    input logic [255:0] instr_i,
    input logic         step_i,
    input logic         slice_i,

    output logic [24:0] base_o,
    output logic [ 9:0] entry_o,
    output logic        last_o
);
  // Held for the instruction; x, y, b count down to 1.
  logic [9:0] nx_q, ny_q, nb_q, acc_base_q, x_q, y_q, b_q, entry_q;
  logic [15:0] stride_x_q, stride_y_q, base_inc_q;
  logic [23:0] stride_b_q;
  // Bases of the window, its line, its image, its slice.
  logic [24:0] base_q, line_q, image_q, slice_q;
  logic last_x, last_y, last_b;
  assign last_x  = x_q == 10'd1;
  assign last_y  = y_q == 10'd1;
  assign last_b  = b_q == 10'd1;
  assign last_o  = last_x && last_y && last_b;
  assign base_o  = base_q;
  assign entry_o = entry_q;

  // One adder: the base of the next window, line, image or slice.
  logic [24:0] from, next;
  logic [23:0] stride;
  always_comb begin
    if (slice_i) begin
      from   = slice_q;
      stride = 24'(base_inc_q);
    end else if (!last_x) begin
      from   = base_q;
      stride = 24'(stride_x_q);
    end else if (!last_y) begin
      from   = line_q;
      stride = 24'(stride_y_q);
    end else begin
      from   = image_q;
      stride = stride_b_q;
    end
    next = from + 25'(stride);
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      nx_q <= instr_i[systole_pkg::MM_NX_LSB+:10];
      ny_q <= instr_i[systole_pkg::MM_NY_LSB+:10];
      nb_q <= instr_i[systole_pkg::MM_NB_LSB+:10];
      stride_x_q <= instr_i[systole_pkg::MM_STRIDE_X_LSB+:16];
      stride_y_q <= instr_i[systole_pkg::MM_STRIDE_Y_LSB+:16];
      stride_b_q <= instr_i[systole_pkg::MM_STRIDE_B_LSB+:24];
      base_inc_q <= instr_i[systole_pkg::MM_BASE_INC_LSB+:16];
      acc_base_q <= instr_i[systole_pkg::MM_ACC_BASE_LSB+:10];
      x_q <= instr_i[systole_pkg::MM_NX_LSB+:10];
      y_q <= instr_i[systole_pkg::MM_NY_LSB+:10];
      b_q <= instr_i[systole_pkg::MM_NB_LSB+:10];
      base_q <= 25'(instr_i[systole_pkg::MM_BASE_LSB+:24]);
      line_q <= 25'(instr_i[systole_pkg::MM_BASE_LSB+:24]);
      image_q <= 25'(instr_i[systole_pkg::MM_BASE_LSB+:24]);
      slice_q <= 25'(instr_i[systole_pkg::MM_BASE_LSB+:24]);
      entry_q <= instr_i[systole_pkg::MM_ACC_BASE_LSB+:10];
    end else if (slice_i) begin
      base_q  <= next;
      line_q  <= next;
      image_q <= next;
      slice_q <= next;
      x_q     <= nx_q;
      y_q     <= ny_q;
      b_q     <= nb_q;
      entry_q <= acc_base_q;
    end else if (step_i) begin
      base_q  <= next;
      entry_q <= entry_q + 10'd1;
      x_q     <= last_x ? nx_q : x_q - 10'd1;
      if (last_x) begin
        line_q <= next;
        y_q <= last_y ? ny_q : y_q - 10'd1;
        if (last_y) begin
          image_q <= next;
          b_q <= b_q - 10'd1;
        end
      end
    end
  end

  logic unused;
  assign unused = &{1'b0, instr_i};
endmodule

// Walks over the vectors that a RowConv reads: for each step's window its new words, for each word
// a vector for each tag and phase.
//
//   step: x fastest, then y, b, slice. A window has R1 columns of C1 words; one that follows in x
//         takes min(Ws, R1) new columns, others all
//   base_o = first byte of the column + c' + tag C1;  lanes lie at the offsets of row Ktab + phase
//
// start_i: first window, from the next cycle on, without pause. next_i: the step after it, words at
// least M0 cycles apart. A slot (slot_o) reads one vector; the offset row of the next slot is read
// with the slot before (ktab_re_o). idle_o: all of the step's vectors are read, the last one in
// this cycle at the latest. 25 bits: a base past the activation buffer is an error in its own slot,
// and no base grows twice between two slots, so no sum wraps unseen.
module systole_rs_walker #(
  parameter int ROWS = 16,
  parameter int IFMAP_SPAD = 32,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int BUF_W = systole_pkg::BUF_W,
  localparam int LONG_W = systole_pkg::ENTRY_W + 1,
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int INDEX_W = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_rs_control
  input  logic                            start_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            next_i,
  output logic                            idle_o,
  output logic [XA-1:0]                   window_o,       // first word of the step's window
  output logic                            slice_begin_o,  // the step is its slice's first
  output logic                            slice_last_o,   // its slice is the last
  output logic                            last_o,         // it is the last
  output logic                            sum_first_o,    // its sums are stored, not added

  // systole_rs_sizes of instr_i
  input  logic [LONG_W-1:0] words_i,
  input  logic [LONG_W-1:0] phases_i,
  input  logic [COL_W-1:0]  lanes_i,
  input  logic [COL_W-1:0]  tags_i,
  input  logic [COL_W-1:0]  columns_i,
  input  logic [LONG_W-1:0] slide_i,

  // systole_gather, systole_rs_array; offset table
  output logic                            slot_o,
  output logic [BUF_W:0]                  base_o,
  output logic [COL_W-1:0]                lanes_o,
  output logic [INDEX_W-1:0]              index_o,
  output logic [XA-1:0]                   word_o,
  output logic                            ktab_re_o,
  output logic [systole_pkg::SLICE_W-1:0] ktab_row_o
);
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  localparam int SLICE_W = systole_pkg::SLICE_W;
  localparam int STRIDE_W = systole_pkg::STRIDE_W;

  // ---- Held for the instruction.
  logic [ENTRY_W-1:0] nx_q, ny_q;
  logic [systole_pkg::RC_NB_W-1:0] nb_q;
  logic [STRIDE_W-1:0] stride_y_q, base_inc_q, jump_q;
  logic [BUF_W-1:0] stride_b_q;
  logic [systole_pkg::RC_PITCH_W-1:0] pitch_q;
  logic [systole_pkg::RC_KTAB_W-1:0] ktab_q;
  logic [COL_W-1:0] c1_q, r1_q, m0_q, phases_q, lanes_q, tags_q, columns_q;
  logic [XA-1:0] words_q, slide_q;

  // Ws > R1 leaves columns out: from the last column of a window to the first of the next.
  logic [COL_W-1:0] r1, ws, leap;
  assign r1 = COL_W'(instr_i[systole_pkg::RC_R1_LSB +: systole_pkg::RC_R1_W]);
  assign ws = COL_W'(instr_i[systole_pkg::RC_WS_LSB +: systole_pkg::RC_WS_W]);
  assign leap = (ws > r1) ? ws - r1 + COL_W'(1) : COL_W'(1);
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      nx_q <= instr_i[systole_pkg::RC_NX_LSB +: systole_pkg::RC_NX_W];
      ny_q <= instr_i[systole_pkg::RC_NY_LSB +: systole_pkg::RC_NY_W];
      nb_q <= instr_i[systole_pkg::RC_NB_LSB +: systole_pkg::RC_NB_W];
      stride_y_q <= instr_i[systole_pkg::RC_STRIDE_Y_LSB +: systole_pkg::RC_STRIDE_Y_W];
      stride_b_q <= instr_i[systole_pkg::RC_STRIDE_B_LSB +: systole_pkg::RC_STRIDE_B_W];
      base_inc_q <= instr_i[systole_pkg::RC_BASE_INC_LSB +: systole_pkg::RC_BASE_INC_W];
      pitch_q <= instr_i[systole_pkg::RC_PITCH_LSB +: systole_pkg::RC_PITCH_W];
      jump_q <= STRIDE_W'(instr_i[systole_pkg::RC_PITCH_LSB +: systole_pkg::RC_PITCH_W]) *
                STRIDE_W'(leap);
      ktab_q <= instr_i[systole_pkg::RC_KTAB_LSB +: systole_pkg::RC_KTAB_W];
      c1_q <= COL_W'(instr_i[systole_pkg::RC_C1_LSB +: systole_pkg::RC_C1_W]);
      r1_q <= r1;
      m0_q <= COL_W'(instr_i[systole_pkg::RC_M0_LSB +: systole_pkg::RC_M0_W]);
      phases_q <= COL_W'(phases_i);
      lanes_q <= lanes_i;
      tags_q <= tags_i;
      columns_q <= columns_i;
      words_q <= XA'(words_i);
      slide_q <= XA'(slide_i);
    end
  end

  // ---- The step whose window is read: counts down to 1.
  logic [ENTRY_W-1:0] x_q, y_q;
  logic [systole_pkg::RC_NB_W-1:0] b_q;
  logic [systole_pkg::RC_KSLICES_W-1:0] slices_q;
  logic sum_first_q, begin_q, last_x, last_y, last_b;
  logic [XA-1:0] window_q;
  assign last_x = x_q == ENTRY_W'(1);
  assign last_y = y_q == ENTRY_W'(1);
  assign last_b = b_q == systole_pkg::RC_NB_W'(1);
  assign window_o = window_q;
  assign slice_begin_o = begin_q;
  assign slice_last_o = slices_q == systole_pkg::RC_KSLICES_W'(1);
  assign last_o = last_x && last_y && last_b && slice_last_o;
  assign sum_first_o = sum_first_q;
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      x_q <= instr_i[systole_pkg::RC_NX_LSB +: systole_pkg::RC_NX_W];
      y_q <= instr_i[systole_pkg::RC_NY_LSB +: systole_pkg::RC_NY_W];
      b_q <= instr_i[systole_pkg::RC_NB_LSB +: systole_pkg::RC_NB_W];
      slices_q <= instr_i[systole_pkg::RC_KSLICES_LSB +: systole_pkg::RC_KSLICES_W];
      sum_first_q <= instr_i[systole_pkg::RC_FIRST_LSB];
      begin_q <= 1'b1;
      window_q <= '0;
    end else if (next_i) begin
      x_q <= last_x ? nx_q : x_q - ENTRY_W'(1);
      if (last_x) y_q <= last_y ? ny_q : y_q - ENTRY_W'(1);
      if (last_x && last_y) b_q <= last_b ? nb_q : b_q - systole_pkg::RC_NB_W'(1);
      begin_q <= last_x && last_y && last_b;
      if (last_x && last_y && last_b) begin
        slices_q <= slices_q - systole_pkg::RC_KSLICES_W'(1);
        sum_first_q <= 1'b0;
      end
      window_q <= window_q + (last_x ? words_q : slide_q);
    end
  end

  // ---- Words of the window, vectors of a word.
  logic sending_q, waiting_q, paced_q;
  logic [COL_W-1:0] phase_q, tag_q, c_q, column_q, pace_q;
  logic [INDEX_W-1:0] index_q;
  logic [XA-1:0] word_q;
  logic last_phase, last_vector, last_c, window_end, word_end, pace_end, more;
  assign last_phase = phase_q == phases_q - COL_W'(1);
  assign last_vector = last_phase && tag_q == tags_q - COL_W'(1);
  assign last_c = c_q == c1_q - COL_W'(1);
  assign window_end = last_vector && last_c && column_q == COL_W'(1);
  assign pace_end = !paced_q || pace_q == '0;
  assign word_end = sending_q && last_vector && !window_end;
  assign more = next_i && !last_o;
  assign slot_o = sending_q;
  assign idle_o = !waiting_q && (!sending_q || window_end);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sending_q <= 1'b0;
      waiting_q <= 1'b0;
    end else if (clear_i) begin
      sending_q <= 1'b0;
      waiting_q <= 1'b0;
    end else begin
      sending_q <= start_i || more || (waiting_q && pace_end) || (word_end && pace_end) ||
                   (sending_q && !last_vector);
      waiting_q <= (word_end || waiting_q) && !pace_end;
    end
  end

  // ---- Bases: of the vector, its word, its column; of the step's line, image, slice. One adder.
  logic [BUF_W:0] vector_base_q, word_base_q, column_base_q, line_base_q, image_base_q;
  logic [BUF_W:0] slice_base_q, from, sum;
  logic [BUF_W-1:0] stride;
  always_comb begin
    from = vector_base_q;
    stride = BUF_W'(c1_q);
    if (next_i) begin
      if (!last_x) begin
        from = column_base_q;
        stride = BUF_W'(jump_q);
      end else if (!last_y) begin
        from = line_base_q;
        stride = BUF_W'(stride_y_q);
      end else if (!last_b) begin
        from = image_base_q;
        stride = stride_b_q;
      end else begin
        from = slice_base_q;
        stride = BUF_W'(base_inc_q);
      end
    end else if (last_vector) begin
      from = last_c ? column_base_q : word_base_q;
      stride = last_c ? BUF_W'(pitch_q) : BUF_W'(1);
    end
    sum = from + (BUF_W + 1)'(stride);
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      vector_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      word_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      column_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      line_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      image_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      slice_base_q <= (BUF_W + 1)'(instr_i[systole_pkg::RC_BASE_LSB +: systole_pkg::RC_BASE_W]);
      paced_q <= 1'b0;
      column_q <= r1;
      word_q <= '0;
    end else if (more) begin
      vector_base_q <= sum;
      word_base_q <= sum;
      column_base_q <= sum;
      if (last_x) line_base_q <= sum;
      if (last_x && last_y) image_base_q <= sum;
      if (last_x && last_y && last_b) slice_base_q <= sum;
      paced_q <= 1'b1;
      column_q <= last_x ? r1_q : columns_q;
      word_q <= word_q + XA'(1);
    end else if (sending_q) begin
      if (last_phase) vector_base_q <= sum;
      if (word_end) begin
        word_base_q <= sum;
        if (last_c) begin
          column_base_q <= sum;
          column_q <= column_q - COL_W'(1);
        end
        word_q <= word_q + XA'(1);
      end
    end
    if (start_i || more) begin
      phase_q <= '0;
      tag_q <= '0;
      c_q <= '0;
      index_q <= '0;
    end else if (sending_q) begin
      phase_q <= last_phase ? '0 : phase_q + COL_W'(1);
      if (last_phase) tag_q <= last_vector ? '0 : tag_q + COL_W'(1);
      index_q <= last_vector ? '0 : index_q + INDEX_W'(1);
      if (word_end) c_q <= last_c ? '0 : c_q + COL_W'(1);
    end
    if (more || ((waiting_q || word_end) && pace_end)) pace_q <= m0_q - COL_W'(1);
    else if (pace_q != '0) pace_q <= pace_q - COL_W'(1);
  end

  assign base_o = vector_base_q;
  assign lanes_o = last_phase ? lanes_q : COL_W'(ROWS);
  assign index_o = index_q;
  assign word_o = word_q;
  assign ktab_re_o = start_i || more || sending_q;
  logic [systole_pkg::RC_KTAB_W-1:0] ktab;
  assign ktab = start_i ? instr_i[systole_pkg::RC_KTAB_LSB +: systole_pkg::RC_KTAB_W] : ktab_q;
  assign ktab_row_o =
    SLICE_W'(ktab) + ((start_i || more || last_phase) ? '0 : SLICE_W'(phase_q) + SLICE_W'(1));
endmodule

// Control of the MATMUL engine with the row-stationary array: walks over the steps of a RowConv,
// reads each one's new input words while the step before it is at work, loads weights a set ahead,
// says when the next instruction may issue and when one retires. Laws: docs/timing.md.
//
//   cycle  issue  T = issue + 1 ..      first step S = T + RC V   next step S + len
//          ktab   vectors of window 0   pulse                     pulse
//
//   len = max(W, J, 3, D V) with the D words that come meanwhile; before a slice's first step also
//   until its weights are there. Weights of slice i+1 load from the first step of slice i on, those
//   of the instruction at the queue's output from the first step of the last slice, or at once
//   where nothing runs; tokens are not waited for.
//   A RowConv may issue with or after its last load slot, and max(W + (M2 - 1) M0, RS_ROWS - 2)
//   cycles after the last step; a Sync at any time.
//   Everything reaches the array in its slot + SLOT_TO_ARRAY (weights one cycle later).
`include "systole_assert.svh"

module systole_rs_control #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int ACC_DEPTH = 128,
  parameter int RS_ROWS = 12,
  parameter int RS_COLS = 14,
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int BUF_W = systole_pkg::BUF_W,
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int WA = $clog2(WGT_SPAD),
  localparam int CB = $clog2(COLS),
  localparam int BLOCK_W = (ACC_DEPTH > COLS) ? $clog2(ACC_DEPTH) - CB : 1,
  localparam int INDEX_W = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_engine_frame
  input  logic                            head_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            start_i,
  output logic                            ready_o,
  output logic                            working_o,
  output logic                            retire_o,
  output logic [systole_pkg::CODE_W-1:0]  late_err_o,
  output logic [systole_pkg::CODE_W-1:0]  work_err_o,

  // systole_counters
  output logic        macs_valid_o,
  output logic [12:0] macs_o,

  // systole_weight_buffer; at the array 4 cycles later
  output logic               load_o,
  output logic [BUF_W-1:0]   load_row_o,
  output logic [WA-1:0]      load_addr_o,
  output logic [RS_COLS-1:0] load_mask_o,

  // offset table: read here, used from the next cycle on
  output logic                            ktab_re_o,
  output logic [systole_pkg::SLICE_W-1:0] ktab_row_o,

  // systole_gather: a vector slot
  output logic               slot_o,
  output logic [BUF_W:0]     slot_base_o,
  output logic [COL_W-1:0]   slot_lanes_o,
  output logic [INDEX_W-1:0] slot_index_o,
  output logic [XA-1:0]      slot_word_o,

  // systole_rs_array: mapping, from the cycle after the issue on; a step's slot
  output logic             depthwise_o,
  output logic [COL_W-1:0] phases_o,
  output logic [COL_W-1:0] m2_o,
  output logic [COL_W-1:0] c2_o,
  output logic [COL_W-1:0] s1_o,
  output logic [COL_W-1:0] words_o,
  output logic [COL_W-1:0] m0_o,
  output logic [COL_W-1:0] q1_o,
  output logic [COL_W-1:0] hs_o,
  output logic             step_o,
  output logic             step_half_o,
  output logic [XA-1:0]    step_word_o,

  // systole_rs_accumulators, 1 + (RC - 1) M0 + j after the step's slot
  output logic               sum_valid_o,
  output logic               sum_first_o,
  output logic               sum_half_o,
  output logic [BLOCK_W-1:0] sum_block_o,
  output logic [CB-1:0]      sum_channel_o,
  output logic [COL_W-1:0]   sum_columns_o,

  // errors of the datapath: in slot + 1, and at the accumulators
  input  logic range_err_i,
  input  logic rule_err_i,
  input  logic act_conflict_i,
  input  logic acc_conflict_i
);
  localparam int LONG_W = systole_pkg::ENTRY_W + 1;
  localparam int CYCLES_W = LONG_W + COL_W;
  localparam int TAIL = RS_ROWS + systole_pkg::ROW_TAIL - 2;
  localparam logic [CYCLES_W-1:0] TURN = CYCLES_W'(systole_pkg::ACC_TURN);
  localparam logic [CYCLES_W-1:0] PASS = CYCLES_W'(RS_ROWS - 2);

  // ---- The instruction at the queue's output.
  logic head_row, empty;
  logic [LONG_W-1:0] words, channels, phases, slide;
  logic [CYCLES_W-1:0] cycles;
  logic [COL_W-1:0] lanes, tags, columns, m0, m3, q1;
  logic [BUF_W-1:0] head_wgt_row;
  assign head_row = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] ==
                    systole_pkg::OP_ROW_CONV;
  systole_rs_sizes #(.ROWS(ROWS)) u_sizes (
    .instr_i(instr_i), .words_o(words), .cycles_o(cycles), .channels_o(channels), .phases_o(phases),
    .lanes_o(lanes), .tags_o(tags), .columns_o(columns), .slide_o(slide)
  );
  assign head_wgt_row = instr_i[systole_pkg::RC_WGT_ROW_LSB +: systole_pkg::RC_WGT_ROW_W];
  // One that its check refuses may have none: it loads one row.
  assign empty = m3 == '0 || cycles == '0;
  assign m0 = COL_W'(instr_i[systole_pkg::RC_M0_LSB +: systole_pkg::RC_M0_W]);
  assign m3 = COL_W'(instr_i[systole_pkg::RC_M3_LSB +: systole_pkg::RC_M3_W]);
  assign q1 = COL_W'(instr_i[systole_pkg::RC_Q1_LSB +: systole_pkg::RC_Q1_W]);

  // ---- Held for the instruction.
  logic half_q;
  logic [COL_W-1:0] m3_q, channels_q, columns_used_q, rows_used_q;
  logic [CYCLES_W-1:0] cycles_q, wait_q, step_min_q, settle_q, settled;
  logic [BLOCK_W-1:0] acc_block_q;
  logic [CB-1:0] j_base_q;
  assign settled = cycles + CYCLES_W'(channels) - CYCLES_W'(m0);
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      half_q <= instr_i[systole_pkg::RC_HALF_LSB];
      depthwise_o <= instr_i[systole_pkg::RC_DEPTHWISE_LSB];
      phases_o <= COL_W'(phases);
      m2_o <= COL_W'(instr_i[systole_pkg::RC_M2_LSB +: systole_pkg::RC_M2_W]);
      c2_o <= COL_W'(instr_i[systole_pkg::RC_C2_LSB +: systole_pkg::RC_C2_W]);
      s1_o <= COL_W'(instr_i[systole_pkg::RC_S1_LSB +: systole_pkg::RC_S1_W]);
      words_o <= COL_W'(words);
      m0_o <= m0;
      q1_o <= q1;
      hs_o <= COL_W'(instr_i[systole_pkg::RC_HS_LSB +: systole_pkg::RC_HS_W]);
      m3_q <= m3;
      channels_q <= COL_W'(channels);
      columns_used_q <= q1 * m3;
      rows_used_q <= COL_W'(instr_i[systole_pkg::RC_S1_LSB +: systole_pkg::RC_S1_W]) *
                     COL_W'(instr_i[systole_pkg::RC_C2_LSB +: systole_pkg::RC_C2_W]) *
                     COL_W'(instr_i[systole_pkg::RC_M2_LSB +: systole_pkg::RC_M2_W]);
      cycles_q <= cycles;
      wait_q <= cycles - CYCLES_W'(m0);
      step_min_q <= ((cycles > CYCLES_W'(channels)) ?
                     ((cycles > TURN) ? cycles : TURN) :
                     ((CYCLES_W'(channels) > TURN) ? CYCLES_W'(channels) : TURN)) - CYCLES_W'(1);
      settle_q <= (settled > PASS) ? settled : PASS;
      j_base_q <= CB'(instr_i[systole_pkg::RC_J_BASE_LSB +: systole_pkg::RC_J_BASE_W]);
      acc_block_q <= BLOCK_W'(instr_i[systole_pkg::RC_ACC_BASE_LSB +: systole_pkg::RC_ACC_BASE_W]
                              >> CB);
    end
  end

  // ---- Phases: the first only reads, the last only computes, the others do both.
  logic run_q, reads_only_q, last_q, first_cycle_q, phase_end, run_end, next_step;
  logic walk_idle, walk_begin, walk_slice_last, walk_last, walk_sum_first;
  logic load_last, weights_there;
  logic [CYCLES_W-1:0] left_q;
  logic [XA-1:0] walk_window;
  assign weights_there = !walk_begin || reads_only_q || !load_o || load_last;
  assign phase_end = run_q && left_q == '0 && (last_q || (walk_idle && weights_there));
  assign run_end = phase_end && last_q;
  assign next_step = phase_end && !last_q;  // what was read is computed
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) run_q <= 1'b0;
    else if (clear_i) run_q <= 1'b0;
    else run_q <= start_i || (run_q && !run_end);
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      reads_only_q <= 1'b1;
      last_q <= 1'b0;
      left_q <= '0;
    end else if (next_step) begin
      reads_only_q <= 1'b0;
      last_q <= walk_last;
      left_q <= walk_last ? settle_q : step_min_q;
    end else if (left_q != '0) begin
      left_q <= left_q - CYCLES_W'(1);
    end
    first_cycle_q <= next_step;
  end

  systole_rs_walker #(.ROWS(ROWS), .IFMAP_SPAD(IFMAP_SPAD)) u_walker (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .start_i(start_i), .instr_i(instr_i),
    .next_i(next_step), .idle_o(walk_idle), .window_o(walk_window), .slice_begin_o(walk_begin),
    .slice_last_o(walk_slice_last), .last_o(walk_last), .sum_first_o(walk_sum_first),
    .words_i(words), .phases_i(phases), .lanes_i(lanes), .tags_i(tags), .columns_i(columns),
    .slide_i(slide), .slot_o(slot_o), .base_o(slot_base_o), .lanes_o(slot_lanes_o),
    .index_o(slot_index_o), .word_o(slot_word_o), .ktab_re_o(ktab_re_o), .ktab_row_o(ktab_row_o)
  );

  // ---- The step at work.
  logic slice_begin_q, slice_last_q, sum_first_q, weights_half_q, step_half;
  logic [XA-1:0] window_q;
  logic [BLOCK_W-1:0] block_q;
  always_ff @(posedge clk_i) begin
    if (next_step) begin
      slice_begin_q <= walk_begin;
      slice_last_q <= walk_slice_last;
      sum_first_q <= walk_sum_first;
      window_q <= walk_window;
      block_q <= walk_begin ? acc_block_q : block_q + BLOCK_W'(1);
    end
  end
  assign step_o = run_q && first_cycle_q;
  assign step_half = (step_o && slice_begin_q) ? !weights_half_q : weights_half_q;
  assign step_half_o = step_half;
  assign step_word_o = window_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) weights_half_q <= 1'b1;
    else if (clear_i) weights_half_q <= 1'b1;
    else weights_half_q <= step_half;
  end

  // ---- Weights.
  logic load_head, load_next, ready_q, head_loaded;
  logic [BUF_W-1:0] load_next_row, next_row_q;
  assign load_head = head_i && head_row && !ready_q &&
                     (!run_q || (!reads_only_q && slice_last_q));
  assign load_next = step_o && slice_begin_q && !slice_last_q;
  systole_rs_loader #(.RS_COLS(RS_COLS), .WGT_SPAD(WGT_SPAD)) u_loader (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .begin_i(load_head || load_next),
    .m3_i(!load_head ? m3_q : empty ? COL_W'(1) : m3), .q1_i(load_head ? q1 : q1_o),
    .cycles_i(!load_head ? cycles_q : empty ? CYCLES_W'(1) : cycles),
    .row_i(load_head ? head_wgt_row : next_row_q), .load_o(load_o), .last_o(load_last),
    .next_row_o(load_next_row), .row_o(load_row_o), .addr_o(load_addr_o), .mask_o(load_mask_o)
  );
  assign head_loaded = (ready_q && !load_o) || ((ready_q || load_head) && load_last);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ready_q <= 1'b0;
    else if (clear_i) ready_q <= 1'b0;
    else ready_q <= (ready_q || load_head) && !start_i;
  end
  always_ff @(posedge clk_i) begin
    if (load_o) next_row_q <= load_next_row;
  end

  // ---- Issue.
  assign ready_o = !head_row || ((!run_q || run_end) && head_loaded);
  assign working_o = run_q && !run_end;

  // ---- Sums.
  logic sum_step_last, sum_last;
  logic [COL_W-1:0] sum_channel;
  logic [CB-1:0] sum_j_base;
  systole_rs_drain #(.DATA_W(BLOCK_W + 3 + COL_W + CB)) u_drain (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .step_i(step_o),
    .data_i({last_q, sum_first_q, half_q, block_q, columns_used_q, j_base_q}), .wait_i(wait_q),
    .channels_i(channels_q), .valid_o(sum_valid_o), .last_o(sum_last), .channel_o(sum_channel),
    .data_o({sum_step_last, sum_first_o, sum_half_o, sum_block_o, sum_columns_o, sum_j_base})
  );
  assign sum_channel_o = sum_j_base + CB'(sum_channel);

  // ---- Retire: the last channel of the last step is written.
  systole_delay #(.W(1), .D(TAIL + systole_pkg::PIPE_ACCUMULATOR_READ_TO_WRITE)) u_retire (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(sum_last && sum_step_last),
    .data_o(retire_o)
  );

  // ---- MACs: every element in use, in each of a step's W cycles.
  logic [CYCLES_W-1:0] macs_left_q;
  assign macs_valid_o = macs_left_q != '0;
  assign macs_o = 13'(rows_used_q) * 13'(columns_used_q);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) macs_left_q <= '0;
    else if (clear_i) macs_left_q <= '0;
    else if (step_o) macs_left_q <= cycles_q;
    else if (macs_valid_o) macs_left_q <= macs_left_q - CYCLES_W'(1);
  end

  // ---- Errors. An accumulator that POST reads belongs to the oldest instruction in flight, the
  // others to the slot before.
  assign late_err_o = acc_conflict_i ? systole_pkg::ERR_CONFLICT : systole_pkg::ERR_NONE;
  assign work_err_o = range_err_i ? systole_pkg::ERR_BUFFER_RANGE :
                      (rule_err_i || act_conflict_i) ? systole_pkg::ERR_CONFLICT :
                      systole_pkg::ERR_NONE;

  `SYSTOLE_ASSERT(OneLoadAtATime, clk_i, rst_ni, !(load_head && load_next))
  `SYSTOLE_ASSERT(WeightsThereWhenASliceBegins, clk_i, rst_ni,
                  !(next_step && walk_begin) || !load_o || load_last)
endmodule

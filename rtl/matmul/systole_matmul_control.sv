// Control of the MATMUL engine: walks over folds and windows, schedules weight loads, says when the
// next instruction may issue and when one retires. Laws: docs/timing.md.
//
//   A fold (slice) takes P = max(M, wl, 3) slots; slot 0 of the first fold is issue + 1; window v
//   is in slot v of each fold.
//   Weights of fold i+1 are read in slots 0 .. wl-1 of fold i. Weights of the first fold of the
//   instruction at the queue's output are read from the first cycle in which nothing runs or the
//   last fold runs; tokens are not waited for, as they guard activations and accumulators. An
//   instruction that waits with its weights loaded does not load them again.
//   A Matmul may issue with or after its last load slot, when nothing runs or the last slot does; a
//   Sync at any time.
//
//   cycle  issue      T = issue+1  T+1 .. T+2    T+3+ROWS+c        last slot + ROWS + COLS + 5
//          ktab read  window 0     gather, swap  psum of column c  retire: row sum stored
`include "systole_assert.svh"

module systole_matmul_control #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int TAPS = 3
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

  // systole_weight_buffer, systole_array: a load slot
  output logic                          load_o,
  output logic                          load_parity_o,
  output logic [systole_pkg::BUF_W-1:0] load_row_o,

  // offset table: read here, used from the next cycle on
  output logic                            ktab_re_o,
  output logic [systole_pkg::SLICE_W-1:0] ktab_row_o,

  // systole_gather, accumulators: a vector slot
  output logic                            slot_o,
  output logic                            slot_first_o,   // of its fold: the weights swap
  output logic                            slot_last_o,    // of its fold
  output logic                            slot_column_o,  // its fold is in column mode
  output logic [systole_pkg::BUF_W:0]     slot_base_o,
  output logic [systole_pkg::COL_W-1:0]   slot_lanes_o,
  output logic                            slot_acc_first_o,
  output logic                            slot_half_o,
  output logic [systole_pkg::ENTRY_W-1:0] slot_entry_o,

  // errors of the datapath: in slot + 1, and at the accumulators
  input  logic range_err_i,
  input  logic rule_err_i,
  input  logic act_conflict_i,
  input  logic acc_conflict_i
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int COL_W = systole_pkg::COL_W;
  localparam int SLICE_W = systole_pkg::SLICE_W;
  localparam logic [COL_W-1:0] TURN = COL_W'(systole_pkg::ACC_TURN);  // shortest period of a fold

  // ---- The instruction at the queue's output.
  logic head_matmul;
  logic [COL_W-1:0] head_wl;  // load slots of a slice
  assign head_matmul = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] ==
                       systole_pkg::OP_MATMUL;
  systole_load_slots #(.COLS(COLS), .WPORT(WPORT)) u_head_slots (
    .wcols_i(instr_i[systole_pkg::MM_WCOLS_LSB +: systole_pkg::MM_WCOLS_W]), .slots_o(head_wl)
  );

  // ---- State.
  logic run_q;                         // a slot in this cycle
  logic fold_first_q, fold_last_q;     // first slot of a fold; last fold
  logic walking_q;                     // windows left in this fold
  logic [COL_W-1:0] min_q, min_left_q;  // max(wl, 3) - 1; slots that this fold must still last
  logic [SLICE_W-1:0] slices_left_q, ktab_q;
  logic [COL_W-1:0] wl_q, wcols_q, klast_q;
  logic acc_first_q, half_q, ktab_inc_q, column_q;
  logic loading_q, ready_q, parity_q;  // load slots to come; the head's load has begun
  logic [COL_W-1:0] load_left_q;
  logic [BUF_W-1:0] load_row_q;

  logic walk_last, fold_end, run_end;
  assign fold_end = run_q && (!walking_q || walk_last) && min_left_q == COL_W'(0);
  assign run_end = fold_end && fold_last_q;

  // ---- Load slots.
  logic load_head, load_next, load_last, head_loaded;
  logic [COL_W-1:0] load_left;  // after this slot
  assign load_head = head_i && head_matmul && !ready_q && (!run_q || fold_last_q);
  assign load_next = run_q && fold_first_q && !fold_last_q;
  assign load_left = (load_head ? head_wl : load_next ? wl_q : load_left_q) - COL_W'(1);
  assign load_last = load_o && load_left == COL_W'(0);
  assign load_o = load_head || load_next || loading_q;
  assign load_parity_o = (load_head || load_next) ? !parity_q : parity_q;
  assign load_row_o =
    load_head ? instr_i[systole_pkg::MM_WGT_ROW_LSB +: systole_pkg::MM_WGT_ROW_W] : load_row_q;
  assign head_loaded = (ready_q && !loading_q) || ((ready_q || load_head) && load_last);

  // ---- Issue.
  assign ready_o = !head_matmul || ((!run_q || run_end) && head_loaded);
  assign working_o = run_q && !run_end;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loading_q <= 1'b0;
      ready_q <= 1'b0;
      parity_q <= 1'b0;
      run_q <= 1'b0;
    end else if (clear_i) begin
      loading_q <= 1'b0;
      ready_q <= 1'b0;
      parity_q <= 1'b0;
      run_q <= 1'b0;
    end else begin
      loading_q <= load_o && !load_last;
      ready_q <= (ready_q || load_head) && !start_i;
      parity_q <= load_parity_o;
      run_q <= start_i || (run_q && !run_end);
    end
  end
  always_ff @(posedge clk_i) begin
    if (load_o) begin
      load_left_q <= load_left;
      load_row_q <= load_row_o + BUF_W'(1);
    end
  end

  // ---- Folds.
  logic [COL_W-1:0] head_min;
  logic [SLICE_W-1:0] head_slices;
  assign head_min = (head_wl > TURN) ? head_wl - COL_W'(1) : TURN - COL_W'(1);
  assign head_slices = instr_i[systole_pkg::MM_KSLICES_LSB +: systole_pkg::MM_KSLICES_W];
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      fold_first_q <= 1'b1;
      fold_last_q <= head_slices == SLICE_W'(1);
      walking_q <= 1'b1;
      min_q <= head_min;
      min_left_q <= head_min;
      slices_left_q <= head_slices - SLICE_W'(1);
      ktab_q <= instr_i[systole_pkg::MM_KTAB_LSB +: systole_pkg::MM_KTAB_W];
      ktab_inc_q <= instr_i[systole_pkg::MM_KTAB_INC_LSB];
      wl_q <= head_wl;
      wcols_q <= instr_i[systole_pkg::MM_WCOLS_LSB +: systole_pkg::MM_WCOLS_W];
      klast_q <= instr_i[systole_pkg::MM_KLAST_LSB +: systole_pkg::MM_KLAST_W];
      acc_first_q <= instr_i[systole_pkg::MM_FIRST_LSB];
      half_q <= instr_i[systole_pkg::MM_HALF_LSB];
      column_q <= TAPS != 0 &&
                  instr_i[systole_pkg::MM_DATAFLOW_LSB +: systole_pkg::MM_DATAFLOW_W] ==
                  systole_pkg::MM_DATAFLOW_W'(systole_pkg::COLUMN_MODE);
    end else if (fold_end) begin
      fold_first_q <= 1'b1;
      fold_last_q <= slices_left_q == SLICE_W'(1);
      walking_q <= 1'b1;
      min_left_q <= min_q;
      slices_left_q <= slices_left_q - SLICE_W'(1);
      ktab_q <= ktab_row_o;
      acc_first_q <= 1'b0;
    end else if (run_q) begin
      fold_first_q <= 1'b0;
      if (walk_last) walking_q <= 1'b0;
      if (min_left_q != COL_W'(0)) min_left_q <= min_left_q - COL_W'(1);
    end
  end
  assign ktab_re_o = start_i || (fold_end && !fold_last_q);
  assign ktab_row_o = start_i ? instr_i[systole_pkg::MM_KTAB_LSB +: systole_pkg::MM_KTAB_W] :
                      ktab_q + SLICE_W'(ktab_inc_q);

  // ---- Slots.
  systole_window_walker u_walker (
    .clk_i(clk_i), .start_i(start_i), .instr_i(instr_i), .step_i(slot_o && !walk_last),
    .slice_i(fold_end), .base_o(slot_base_o), .entry_o(slot_entry_o), .last_o(walk_last)
  );
  assign slot_o = run_q && walking_q;
  assign slot_first_o = run_q && fold_first_q;
  assign slot_last_o = slot_o && walk_last;
  assign slot_column_o = column_q;
  assign slot_lanes_o = column_q ? wcols_q : fold_last_q ? klast_q : COL_W'(ROWS);
  assign slot_acc_first_o = acc_first_q;
  assign slot_half_o = half_q;
  assign macs_valid_o = slot_o;
  logic [COL_W-1:0] macs_rows;
  assign macs_rows = (column_q || fold_last_q) ? klast_q : COL_W'(ROWS);
  assign macs_o = 13'(macs_rows) * 13'(wcols_q);

  logic entry_err;
  systole_slot_guard u_guard (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .slot_i(slot_o), .first_i(acc_first_q),
    .half_i(half_q), .entry_i(slot_entry_o), .err_o(entry_err)
  );

  // ---- Retire: the last slot comes out of the pipeline.
  systole_delay #(.W(1), .D(ROWS + COLS + systole_pkg::MATMUL_TAIL)) u_retire (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(slot_o && walk_last && fold_last_q),
    .data_o(retire_o)
  );

  // ---- Errors. An accumulator that POST reads belongs to the oldest instruction in flight, the
  // others to the slot before.
  assign late_err_o = acc_conflict_i ? systole_pkg::ERR_CONFLICT : systole_pkg::ERR_NONE;
  assign work_err_o = range_err_i ? systole_pkg::ERR_BUFFER_RANGE :
                      (rule_err_i || entry_err || act_conflict_i) ? systole_pkg::ERR_CONFLICT :
                      systole_pkg::ERR_NONE;

  `SYSTOLE_ASSERT(OneLoadAtATime, clk_i, rst_ni, !(load_head || load_next) || !loading_q)
  `SYSTOLE_ASSERT(WeightsThereWhenFoldBegins, clk_i, rst_ni,
                  !(start_i || (fold_end && !fold_last_q)) || !loading_q || load_last)
endmodule

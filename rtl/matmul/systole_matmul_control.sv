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
//   Output stationary (DATAFLOWS bit 1) a fold is a tile: P = max(M, ROWS - 1) + ROWS - 1, vector v
//   in slot v < M. Each vector's slot reads a row of weights, the same rows for each tile; the
//   slots after the last vector leave the weight buffer to the next instruction's load. In the last
//   ROWS - 1, which are idle, sums leave: lane j is accumulated as if its slot were P - 1 - j.
//
//   Input stationary (DATAFLOWS bit 2) a fold is a tile's slice: its windows are read in load slots
//   and its vectors are rows of weights, a filter each. The first fold's windows are read in slots
//   issue + 1 .. issue + max(Nx*Ny, 3), those of fold i+1 in slots 0 .. Nx*Ny - 1 of fold i;
//   P = max(Wcols, Nx*Ny, 3), the last fold's max(Wcols, 3). Its sums meet all columns'
//   accumulators in one cycle, which those of another Matmul's vectors, a column a cycle, may not
//   follow in the next COLS + 1 slots.
//
//   cycle  issue      T = issue+1  T+1 .. T+2    T+3+ROWS+c        last slot + ROWS + COLS + 5
//          ktab read  window 0     gather, swap  psum of column c  retire: row sum stored
`include "systole_assert.svh"

module systole_matmul_control #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int DATAFLOWS = 1,
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

  // systole_weight_buffer, systole_array: a load slot, or a row for a vector
  output logic                          load_o,
  output logic                          load_input_o,  // of activations
  output logic                          load_parity_o,
  output logic                          weight_re_o,
  output logic [systole_pkg::BUF_W-1:0] weight_row_o,

  // offset table: read here, used from the next cycle on
  output logic                            ktab_re_o,
  output logic [systole_pkg::SLICE_W-1:0] ktab_row_o,

  // systole_gather: a window
  output logic gather_o,
  output logic gather_first_o,  // of its fold

  // systole_array: a vector slot
  output logic                          slot_o,
  output logic                          slot_input_o,   // input stationary: a row of weights
  output logic                          slot_swap_o,    // likewise: the weights swap
  output logic                          slot_last_o,    // of its fold
  output logic                          slot_column_o,  // its fold is in column mode
  output logic [1:0]                    slot_code_o,    // output stationary, of idle slots too
  output logic [systole_pkg::BUF_W:0]   slot_base_o,
  output logic [systole_pkg::COL_W-1:0] slot_lanes_o,

  // accumulators: a slot's sums
  output logic                            acc_o,
  output logic                            acc_first_o,
  output logic                            acc_half_o,
  output logic [systole_pkg::ENTRY_W-1:0] acc_entry_o,     // input stationary of column 0
  output logic                            acc_input_o,
  output logic [$clog2(COLS)-1:0]         acc_turn_o,      // input stationary: bank of column 0
  output logic [$clog2(COLS)-1:0]         acc_pixels_o,    // columns after column 0 that count
  output logic [1:0]                      acc_diagonal_o,  // a half's last Matmul is so

  // errors of the datapath: in slot + 1, and at the accumulators
  input  logic range_err_i,
  input  logic rule_err_i,
  input  logic act_conflict_i,
  input  logic acc_conflict_i
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int COL_W = systole_pkg::COL_W;
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  localparam int SLICE_W = systole_pkg::SLICE_W;
  localparam bit OUTPUT = DATAFLOWS % 4 > 1;
  localparam bit INPUT = DATAFLOWS > 3;
  // Codes of slots, as systole_elements takes them.
  localparam logic [1:0] OS_NONE = 2'd0, OS_FIRST = 2'd1, OS_NEXT = 2'd2, OS_IDLE = 2'd3;
  localparam logic [COL_W-1:0] TURN = COL_W'(systole_pkg::ACC_TURN);  // shortest period of a fold

  // ---- The instruction at the queue's output.
  logic head_matmul, head_output, head_input;
  logic [COL_W-1:0] head_wl;  // load slots of a slice
  logic [BUF_W-1:0] head_row;
  logic [systole_pkg::MM_DATAFLOW_W-1:0] head_flow;
  assign head_flow = instr_i[systole_pkg::MM_DATAFLOW_LSB +: systole_pkg::MM_DATAFLOW_W];
  assign head_output =
    OUTPUT && head_flow == systole_pkg::MM_DATAFLOW_W'(systole_pkg::OUTPUT_STATIONARY);
  assign head_input =
    INPUT && head_flow == systole_pkg::MM_DATAFLOW_W'(systole_pkg::INPUT_STATIONARY);
  assign head_row = instr_i[systole_pkg::MM_WGT_ROW_LSB +: systole_pkg::MM_WGT_ROW_W];
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
  logic acc_first_q, half_q, ktab_inc_q, column_q, lanes_last, slot_first;
  logic loading_q, ready_q, parity_q;  // load slots to come; the head's load has begun
  logic [COL_W-1:0] load_left_q;
  logic [BUF_W-1:0] load_row_q;
  // Output stationary: the fold is a tile; its sums leave, from idle slots on; its first row of
  // weights, its entries, the lane whose sums leave.
  logic output_q, idle_q, sums_leave;
  logic [BUF_W-1:0] tile_row_q;
  logic [ENTRY_W-1:0] tile_entry_q, walk_entry;
  logic [COL_W-1:0] leaving;

  // Input stationary: windows of the fold to come are left; it has been the last one, its tile's
  // last slice; the slot is its last filter's; columns of earlier sums are still to be passed.
  logic input_q, pixels_q, pixels_first_q, loaded_last, last_slice, filter_last, settled;
  logic tile_first_q, loaded_first_q;
  logic [SLICE_W-1:0] tile_slices_q, tile_ktab_q;

  logic walk_last, vector_last, fold_end, run_end;
  assign vector_last = input_q ? filter_last : walk_last;
  assign fold_end = run_q && (output_q ? idle_q : !walking_q || vector_last) &&
                    min_left_q == COL_W'(0) && (!pixels_q || walk_last);
  assign sums_leave =
    run_q && (idle_q || (output_q && (!walking_q || walk_last) && min_left_q == COL_W'(0)));
  assign run_end = fold_end && fold_last_q;

  // ---- Load slots.
  logic load_head, load_next, load_last, load_weights, head_loaded;
  logic [COL_W-1:0] load_left;  // after this slot
  assign load_head = head_i && head_matmul && !head_output && !head_input && !ready_q &&
                     (!run_q || (fold_last_q && !((output_q || input_q) && walking_q)));
  assign load_next = run_q && fold_first_q && !fold_last_q && !output_q && !input_q;
  assign load_left = (load_head ? head_wl : load_next ? wl_q : load_left_q) - COL_W'(1);
  assign load_last = load_weights && load_left == COL_W'(0);
  assign load_weights = load_head || load_next || loading_q;
  assign load_input_o = input_q && gather_o;
  assign load_o = load_weights || load_input_o;
  assign load_parity_o =
    (load_head || load_next || (load_input_o && pixels_first_q)) ? !parity_q : parity_q;
  assign weight_re_o = load_weights || ((output_q || input_q) && slot_o);
  assign weight_row_o = load_head ? head_row : load_row_q;
  assign head_loaded =
    head_output || head_input || (ready_q && !loading_q) || ((ready_q || load_head) && load_last);

  // ---- Issue.
  assign ready_o =
    !head_matmul || ((!run_q || run_end) && head_loaded && (head_input || settled));
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
      loading_q <= load_weights && !load_last;
      ready_q <= (ready_q || load_head) && !start_i;
      parity_q <= load_parity_o;
      run_q <= start_i || (run_q && !run_end);
    end
  end
  always_ff @(posedge clk_i) begin
    if (load_weights) load_left_q <= load_left;
    if (start_i && (head_output || head_input)) begin
      load_row_q <= head_row;
    end else if ((output_q || (input_q && loaded_first_q)) && fold_end && !fold_last_q) begin
      load_row_q <= tile_row_q;
    end else if (weight_re_o) begin
      load_row_q <= weight_row_o + BUF_W'(1);
    end
  end

  // ---- Folds.
  logic [COL_W-1:0] head_min;
  logic [SLICE_W-1:0] head_slices;
  assign head_min = head_output ? COL_W'(ROWS - 2) :
                    head_input ? TURN - COL_W'(1) :
                    (head_wl > TURN) ? head_wl - COL_W'(1) : TURN - COL_W'(1);
  assign head_slices = instr_i[systole_pkg::MM_KSLICES_LSB +: systole_pkg::MM_KSLICES_W];
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      fold_first_q <= !head_input;
      fold_last_q <= head_slices == SLICE_W'(1) && !head_input;
      walking_q <= !head_input;
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
                  head_flow == systole_pkg::MM_DATAFLOW_W'(systole_pkg::COLUMN_MODE);
    end else if (fold_end) begin
      fold_first_q <= 1'b1;
      fold_last_q <= input_q ? loaded_last : slices_left_q == SLICE_W'(1);
      walking_q <= 1'b1;
      min_left_q <= min_q;
      slices_left_q <= (input_q && last_slice) ? tile_slices_q : slices_left_q - SLICE_W'(1);
      ktab_q <= ktab_row_o;
      acc_first_q <= input_q ? tile_first_q && loaded_first_q : acc_first_q && output_q;
    end else if (run_q) begin
      fold_first_q <= 1'b0;
      if (vector_last) walking_q <= 1'b0;
      if (sums_leave && !idle_q) begin
        min_left_q <= COL_W'(ROWS - 2);
      end else if (min_left_q != COL_W'(0)) begin
        min_left_q <= min_left_q - COL_W'(1);
      end
    end
  end

  // ---- Output stationary.
  if (OUTPUT) begin : gen_output
    always_ff @(posedge clk_i) begin
      if (start_i || fold_end) idle_q <= 1'b0;
      else if (sums_leave) idle_q <= 1'b1;
      if (start_i) begin
        output_q <= head_output;
        tile_entry_q <= instr_i[systole_pkg::MM_ACC_BASE_LSB +: systole_pkg::MM_ACC_BASE_W];
      end else if (fold_end) begin
        tile_entry_q <= tile_entry_q + ENTRY_W'(ROWS);
      end
    end
  end else begin : gen_weight_only
    assign output_q = 1'b0;
    assign idle_q = 1'b0;
    assign tile_entry_q = '0;
  end
  assign leaving = idle_q ? min_left_q : COL_W'(ROWS - 1);
  if (OUTPUT || INPUT) begin : gen_tiles
    always_ff @(posedge clk_i) begin
      if (start_i) tile_row_q <= head_row;
    end
  end else begin : gen_no_tiles
    assign tile_row_q = '0;
  end

  // ---- Input stationary: the fold whose windows are read, one ahead of the one that runs.
  logic last_tile, next_slice, next_tile;
  logic [ENTRY_W-1:0] input_entry_q, walk_since;
  assign last_slice = slices_left_q == SLICE_W'(0);
  assign loaded_last = last_slice && last_tile;
  assign next_slice = fold_end && (!input_q || (!fold_last_q && !last_slice));
  assign next_tile = input_q && fold_end && !fold_last_q && last_slice && !last_tile;
  if (INPUT) begin : gen_input
    localparam int CW = $clog2(COLS);
    logic [COL_W-1:0] filters_left_q, filter_column_q, settle_q;
    logic [CW-1:0] turn_q, since_q;
    logic [ENTRY_W-1:0] next_entry;
    logic [systole_pkg::MM_ACC_INC_W-1:0] acc_inc_q;
    logic [1:0] diagonal_q;
    logic block_end;
    assign filter_last = filters_left_q == COL_W'(1);
    assign block_end = filter_column_q == COL_W'(COLS - 1);
    assign next_entry = fold_end ? walk_entry : input_entry_q + ENTRY_W'(acc_inc_q);
    assign settled = settle_q == COL_W'(0) && !(input_q && slot_o);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) settle_q <= '0;
      else if (clear_i) settle_q <= '0;
      else if (input_q && slot_o) settle_q <= COL_W'(COLS);
      else if (settle_q != COL_W'(0)) settle_q <= settle_q - COL_W'(1);
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) diagonal_q <= 2'd0;
      else if (start_i) diagonal_q[instr_i[systole_pkg::MM_HALF_LSB]] <= head_input;
    end
    always_ff @(posedge clk_i) begin
      if (start_i) begin
        input_q <= head_input;
        tile_first_q <= instr_i[systole_pkg::MM_FIRST_LSB];
        tile_slices_q <= head_slices - SLICE_W'(1);
        tile_ktab_q <= instr_i[systole_pkg::MM_KTAB_LSB +: systole_pkg::MM_KTAB_W];
        acc_inc_q <= instr_i[systole_pkg::MM_ACC_INC_LSB +: systole_pkg::MM_ACC_INC_W];
        pixels_q <= head_input;
        pixels_first_q <= 1'b1;
        loaded_first_q <= 1'b1;
      end else if (fold_end) begin
        pixels_q <= next_tile || (input_q && next_slice);
        pixels_first_q <= 1'b1;
        loaded_first_q <= next_tile;
      end else if (load_input_o) begin
        pixels_q <= !walk_last;
        pixels_first_q <= 1'b0;
      end
      if (fold_end) begin
        filters_left_q <= wcols_q;
        filter_column_q <= COL_W'(0);
        since_q <= CW'(walk_since);
      end else if (slot_o) begin
        filters_left_q <= filters_left_q - COL_W'(1);
        filter_column_q <= block_end ? COL_W'(0) : filter_column_q + COL_W'(1);
      end
      if (fold_end || (slot_o && block_end)) begin
        input_entry_q <= next_entry;
        turn_q <= CW'(next_entry % ENTRY_W'(COLS));
      end else if (slot_o) begin
        turn_q <= (turn_q == CW'(COLS - 1)) ? CW'(0) : turn_q + CW'(1);
      end
    end
    assign acc_turn_o = turn_q;
    assign acc_pixels_o = since_q;
    assign acc_diagonal_o = diagonal_q;
  end else begin : gen_no_input
    assign input_q = 1'b0;
    assign tile_first_q = 1'b0;
    assign tile_slices_q = '0;
    assign tile_ktab_q = '0;
    assign pixels_q = 1'b0;
    assign pixels_first_q = 1'b0;
    assign loaded_first_q = 1'b0;
    assign input_entry_q = '0;
    assign filter_last = 1'b0;
    assign settled = 1'b1;
    assign acc_turn_o = '0;
    assign acc_pixels_o = '0;
    assign acc_diagonal_o = '0;
  end
  assign ktab_re_o = start_i || (fold_end && !fold_last_q && !(input_q && loaded_last));
  assign ktab_row_o = start_i ? instr_i[systole_pkg::MM_KTAB_LSB +: systole_pkg::MM_KTAB_W] :
                      (input_q && last_slice) ? tile_ktab_q :
                      ktab_q + SLICE_W'(ktab_inc_q);

  // ---- Slots.
  systole_window_walker #(.INPUT(INPUT ? 1 : 0)) u_walker (
    .clk_i(clk_i), .start_i(start_i), .instr_i(instr_i), .step_i(gather_o && !walk_last),
    .slice_i(next_slice), .tiles_i(input_q), .tile_i(next_tile), .base_o(slot_base_o),
    .entry_o(walk_entry), .since_o(walk_since), .last_o(walk_last), .last_b_o(last_tile)
  );
  assign slot_o = run_q && walking_q;
  assign slot_input_o = input_q && slot_o;
  assign gather_o = input_q ? run_q && pixels_q : slot_o;
  assign gather_first_o = input_q ? pixels_first_q : slot_first;
  assign slot_first = run_q && fold_first_q;
  assign slot_swap_o = slot_first && !output_q;
  assign slot_last_o = slot_o && vector_last;
  assign slot_column_o = column_q;
  assign lanes_last = input_q ? last_slice : fold_last_q;
  assign slot_lanes_o = column_q ? wcols_q : lanes_last ? klast_q : COL_W'(ROWS);
  assign slot_code_o = !(output_q && run_q) ? OS_NONE :
                       idle_q ? OS_IDLE :
                       fold_first_q ? OS_FIRST : OS_NEXT;
  assign acc_o = output_q ? sums_leave && leaving < slot_lanes_o : slot_o;
  assign acc_first_o = acc_first_q;
  assign acc_half_o = half_q;
  assign acc_entry_o = output_q ? tile_entry_q + ENTRY_W'(leaving) :
                       input_q ? input_entry_q : walk_entry;
  assign acc_input_o = input_q;
  assign macs_valid_o = gather_o;
  logic [COL_W-1:0] macs_rows;
  assign macs_rows = (column_q || lanes_last) ? klast_q : COL_W'(ROWS);
  assign macs_o = 13'(macs_rows) * 13'(wcols_q);

  logic entry_err;
  systole_slot_guard u_guard (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .slot_i(acc_o && !input_q),
    .first_i(acc_first_q), .half_i(half_q), .entry_i(acc_entry_o), .err_o(entry_err)
  );

  // ---- Retire: the last slot comes out of the pipeline.
  systole_delay #(.W(1), .D(ROWS + COLS + systole_pkg::MATMUL_TAIL)) u_retire (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
    .data_i(output_q ? run_end : slot_o && vector_last && fold_last_q), .data_o(retire_o)
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
  `SYSTOLE_ASSERT(OneReaderOfWeights, clk_i, rst_ni,
                  !load_weights || !((output_q || input_q) && slot_o))
endmodule

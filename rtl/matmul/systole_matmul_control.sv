// Control of the MATMUL engine: issues, walks over folds and windows, schedules weight loads, retires. Laws: docs/timing.md.
//
//   A fold (slice) takes P = max(M, wl, 3) slots; slot 0 of the first fold is issue + 1; window v is in slot v of each fold.
//   Weights of fold i+1 are read in slots 0 .. wl-1 of fold i. Weights of the first fold of the instruction at the queue's
//   output are read from the first cycle in which nothing runs or the last fold runs; tokens are not waited for, as they guard
//   activations and accumulators. An instruction that waits with its weights loaded does not load them again.
//   A Matmul issues with or after its last load slot, when its tokens are there, and nothing runs or the last slot does;
//   a Sync when its tokens are there.
//
//   cycle   issue       T = issue+1    T+1 ... T+2        T+3+ROWS+c         retire = last slot + ROWS + COLS + 5
//           ktab read   window 0       (gather) swap      psum at column c   row sum's accumulator is written
`include "systole_assert.svh"

module systole_matmul_control #(
    parameter int ROWS = 16,
    parameter int COLS = 16,
    parameter int WPORT = 1,
    parameter int WGT_KIB = 128,
    parameter int KTAB_KIB = 4,
    parameter int ACC_DEPTH = 128
) (
    input logic clk_i,
    input logic rst_ni,
    input logic clear_i,

    // queue, tokens, shell (common engine ports)
    input  logic         stop_i,
    input  logic         valid_i,
    input  logic [255:0] instr_i,
    input  logic [ 31:0] pc_i,
    input  logic         tokens_i,
    output logic         issue_o,
    output logic         retire_o,
    output logic [  3:0] push_o,
    output logic         busy_o,
    output logic         inflight_o,
    output logic         err_valid_o,
    output logic [  7:0] err_code_o,
    output logic [ 31:0] err_pc_o,
    output logic         macs_valid_o,
    output logic [ 12:0] macs_o,

    // systole_weight_buffer, systole_array: a load slot
    output logic        load_o,
    output logic        load_parity_o,
    output logic [23:0] load_row_o,

    // offset table: read here, used from the next cycle on
    output logic        ktab_re_o,
    output logic [15:0] ktab_row_o,

    // systole_gather, accumulators: a vector slot
    output logic        slot_o,
    output logic        slot_first_o,    // of its fold: the weights swap
    output logic [24:0] slot_base_o,
    output logic [ 6:0] slot_lanes_o,
    output logic        slot_acc_first_o,
    output logic        slot_half_o,
    output logic [ 9:0] slot_entry_o,

    // errors of the datapath: in slot + 1, and at the accumulators
    input logic range_err_i,
    input logic rule_err_i,
    input logic act_conflict_i,
    input logic acc_conflict_i
);
  localparam logic [6:0] TURN = 7'(systole_pkg::ACC_TURN);  // shortest period of a fold

  // ---- The instruction at the queue's output.
  logic head_matmul, head_ok, allowed, issue_mm;
  logic [6:0] head_wl;
  logic [7:0] head_code;
  systole_matmul_check #(
      .ROWS(ROWS),
      .COLS(COLS),
      .WPORT(WPORT),
      .WGT_KIB(WGT_KIB),
      .KTAB_KIB(KTAB_KIB),
      .ACC_DEPTH(ACC_DEPTH)
  ) u_check (
      .instr_i    (instr_i),
      .is_matmul_o(head_matmul),
      .wl_o       (head_wl),
      .code_o     (head_code)
  );

  // ---- State.
  logic run_q;                         // a slot in this cycle
  logic fold_first_q, fold_last_q;     // first slot of a fold; last fold
  logic walking_q;                     // windows left in this fold
  logic [6:0] min_left_q, min_q;       // slots this fold must still last after this one; max(wl, 3) - 1
  logic [15:0] slices_left_q, ktab_q;
  logic [6:0] wl_q, wcols_q, klast_q;
  logic acc_first_q, half_q, ktab_inc_q;
  logic [31:0] pc_q, pc1_q;            // of the slot, of the slot before
  logic loading_q, ready_q, parity_q;  // load slots to come; the head's load has begun
  logic [6:0] load_left_q;
  logic [23:0] load_row_q;
  logic err_q;

  logic walk_last, fold_end, run_end;
  assign fold_end = run_q && (!walking_q || walk_last) && min_left_q == 7'd0;
  assign run_end = fold_end && fold_last_q;

  // ---- Load slots.
  logic load_head, load_next, load_last, head_loaded;
  logic [6:0] load_left;  // after this slot
  assign load_head = valid_i && head_matmul && !ready_q && (!run_q || fold_last_q);
  assign load_next = run_q && fold_first_q && !fold_last_q;
  assign load_left = load_head ? head_wl - 7'd1 : load_next ? wl_q - 7'd1 : load_left_q - 7'd1;
  assign load_last = load_o && load_left == 7'd0;
  assign load_o = load_head || load_next || loading_q;
  assign load_parity_o = (load_head || load_next) ? !parity_q : parity_q;
  assign load_row_o = load_head ? instr_i[systole_pkg::MM_WGT_ROW_LSB+:24] : load_row_q;
  assign head_loaded = (ready_q && !loading_q) || ((ready_q || load_head) && load_last);

  // ---- Issue.
  assign head_ok = head_code == systole_pkg::ERR_NONE;
  assign allowed = valid_i && tokens_i && !stop_i && !err_q && (!head_matmul || ((!run_q || run_end) && head_loaded));
  assign issue_o = allowed && head_ok;
  assign issue_mm = issue_o && head_matmul;
  assign busy_o = issue_o || (run_q && !run_end);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loading_q <= 1'b0;
      ready_q   <= 1'b0;
      parity_q  <= 1'b0;
      run_q     <= 1'b0;
    end else if (clear_i) begin
      loading_q <= 1'b0;
      ready_q   <= 1'b0;
      parity_q  <= 1'b0;
      run_q     <= 1'b0;
    end else begin
      loading_q <= load_o && !load_last;
      ready_q   <= (ready_q || load_head) && !issue_mm;
      parity_q  <= load_parity_o;
      run_q     <= issue_mm || (run_q && !run_end);
    end
  end
  always_ff @(posedge clk_i) begin
    if (load_o) begin
      load_left_q <= load_left;
      load_row_q  <= load_row_o + 24'd1;
    end
  end

  // ---- Folds.
  logic [6:0] head_min;
  logic [15:0] head_slices;
  assign head_min = (head_wl > TURN) ? head_wl - 7'd1 : TURN - 7'd1;
  assign head_slices = instr_i[systole_pkg::MM_KSLICES_LSB+:16];
  always_ff @(posedge clk_i) begin
    if (issue_mm) begin
      fold_first_q <= 1'b1;
      fold_last_q <= head_slices == 16'd1;
      walking_q <= 1'b1;
      min_q <= head_min;
      min_left_q <= head_min;
      slices_left_q <= head_slices - 16'd1;
      ktab_q <= instr_i[systole_pkg::MM_KTAB_LSB+:16];
      ktab_inc_q <= instr_i[systole_pkg::MM_KTAB_INC_LSB];
      wl_q <= head_wl;
      wcols_q <= instr_i[systole_pkg::MM_WCOLS_LSB+:7];
      klast_q <= instr_i[systole_pkg::MM_KLAST_LSB+:7];
      acc_first_q <= instr_i[systole_pkg::MM_FIRST_LSB];
      half_q <= instr_i[systole_pkg::MM_HALF_LSB];
      pc_q <= pc_i;
    end else if (fold_end) begin
      fold_first_q <= 1'b1;
      fold_last_q <= slices_left_q == 16'd1;
      walking_q <= 1'b1;
      min_left_q <= min_q;
      slices_left_q <= slices_left_q - 16'd1;
      ktab_q <= ktab_row_o;
      acc_first_q <= 1'b0;
    end else if (run_q) begin
      fold_first_q <= 1'b0;
      if (walk_last) walking_q <= 1'b0;
      if (min_left_q != 7'd0) min_left_q <= min_left_q - 7'd1;
    end
    if (run_q) pc1_q <= pc_q;
  end
  assign ktab_re_o = issue_mm || (fold_end && !fold_last_q);
  assign ktab_row_o = issue_mm ? instr_i[systole_pkg::MM_KTAB_LSB+:16] : ktab_q + 16'(ktab_inc_q);

  // ---- Slots.
  systole_window_walker u_walker (
      .clk_i  (clk_i),
      .start_i(issue_mm),
      .instr_i(instr_i),
      .step_i (slot_o && !walk_last),
      .slice_i(fold_end),
      .base_o (slot_base_o),
      .entry_o(slot_entry_o),
      .last_o (walk_last)
  );
  assign slot_o = run_q && walking_q;
  assign slot_first_o = run_q && fold_first_q;
  assign slot_lanes_o = fold_last_q ? klast_q : 7'(ROWS);
  assign slot_acc_first_o = acc_first_q;
  assign slot_half_o = half_q;
  assign macs_valid_o = slot_o;
  assign macs_o = 13'(slot_lanes_o) * 13'(wcols_q);

  logic entry_err;
  systole_slot_guard u_guard (
      .clk_i  (clk_i),
      .rst_ni (rst_ni),
      .clear_i(clear_i),
      .slot_i (slot_o),
      .first_i(acc_first_q),
      .half_i (half_q),
      .entry_i(slot_entry_o),
      .err_o  (entry_err)
  );

  // ---- Retire: the last slot comes out of the pipeline; push and pc wait in a ring, oldest first.
  // An instruction is in flight for at most M + ROWS + COLS + 5 cycles after the issue of its last fold, issues are P >= M, 3 apart.
  localparam int RING =
    1 << $clog2((ROWS + COLS + systole_pkg::MATMUL_TAIL + 1) / systole_pkg::ACC_TURN + 3);
  localparam int IW = $clog2(RING);
  logic [35:0] ring[0:RING-1];
  logic [31:0] oldest_pc;
  logic [IW-1:0] in_q, out_q;
  systole_delay #(
      .W(1),
      .D(ROWS + COLS + systole_pkg::MATMUL_TAIL)
  ) u_retire (
      .clk_i  (clk_i),
      .rst_ni (rst_ni),
      .clear_i(clear_i),
      .data_i (slot_o && walk_last && fold_last_q),
      .data_o (retire_o)
  );
  assign {push_o, oldest_pc} = ring[out_q];
  assign inflight_o = in_q != out_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_q  <= '0;
      out_q <= '0;
    end else if (clear_i) begin
      in_q  <= '0;
      out_q <= '0;
    end else begin
      if (issue_mm) in_q <= in_q + IW'(1);
      if (retire_o) out_q <= out_q + IW'(1);
    end
  end
  always_ff @(posedge clk_i) begin
    if (issue_mm) ring[in_q] <= {instr_i[systole_pkg::PUSH_LSB+:4], pc_i};
  end

  // ---- Errors: the first one is kept until clear_i; of one cycle, the one of the oldest instruction.
  logic err;
  logic [7:0] code;
  logic [31:0] pc;
  always_comb begin
    err  = 1'b1;
    code = systole_pkg::ERR_CONFLICT;
    pc   = pc1_q;
    if (acc_conflict_i) pc = oldest_pc;
    else if (range_err_i) code = systole_pkg::ERR_BUFFER_RANGE;
    else if (!rule_err_i && !entry_err && !act_conflict_i) begin
      err  = allowed && !head_ok;
      code = head_code;
      pc   = pc_i;
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      err_q <= 1'b0;
      err_code_o <= systole_pkg::ERR_NONE;
      err_pc_o <= 32'd0;
    end else if (clear_i) begin
      err_q <= 1'b0;
      err_code_o <= systole_pkg::ERR_NONE;
      err_pc_o <= 32'd0;
    end else if (err && !err_q) begin
      err_q <= 1'b1;
      err_code_o <= code;
      err_pc_o <= pc;
    end
  end
  assign err_valid_o = err_q;

  `SYSTOLE_ASSERT(OneLoadAtATime, clk_i, rst_ni, !(load_head || load_next) || !loading_q)
  `SYSTOLE_ASSERT(WeightsThereWhenFoldBegins, clk_i, rst_ni, !(issue_mm || (fold_end && !fold_last_q)) || !loading_q || load_last)
  `SYSTOLE_ASSERT(RingHasRoom, clk_i, rst_ni, !issue_mm || in_q + IW'(1) != out_q)
endmodule

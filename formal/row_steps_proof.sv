// Proves of systole_rs_control, for any number of cycles, instructions and steps: steps begin at
// least W = M0 RC and J = M2 M0 cycles apart, whatever instructions follow each other; the first
// word of an instruction comes W + (M2 - 1) M0 cycles after the last step of the one before. With
// WEIGHTS: a set goes to the half that the step at work does not use, its first word not before the
// step with which the half before began. BITS: of M0, M2 and C1 (R1 = 1); loops of one or two
// steps, one or two slices.
module row_steps_proof #(parameter int BITS = 2, parameter int WEIGHTS = 0) (
  input logic clk_i, input logic rst_ni, input logic clear_i, input logic start_i,
  input logic [BITS-1:0] c1, input logic [BITS-1:0] m0, input logic [BITS-1:0] m2,
  input logic nx, input logic slices  // one less
);
  localparam int T = 2 * BITS + 2;
  always_comb assume (c1 != 0 && m0 != 0 && m2 != 0);
  logic [systole_pkg::INSTR_W-1:0] instr;
  always_comb begin
    instr = '0;
    instr[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] = systole_pkg::OP_ROW_CONV;
    instr[systole_pkg::RC_R1_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_C1_LSB +: BITS] = c1;
    instr[systole_pkg::RC_M0_LSB +: BITS] = m0;
    instr[systole_pkg::RC_M2_LSB +: BITS] = m2;
    instr[systole_pkg::RC_WS_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_HS_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_S1_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_C2_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_Q1_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_M3_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_NX_LSB +: 2] = 2'(nx) + 2'(1);
    instr[systole_pkg::RC_NY_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_NB_LSB +: BITS] = BITS'(1);
    instr[systole_pkg::RC_KSLICES_LSB +: 2] = 2'(slices) + 2'(1);
  end
  localparam int WA = 2 * BITS + 2;
  logic ready, slot, step, half, load;
  logic [WA-1:0] load_addr;
  systole_rs_control #(.ROWS(4), .COLS(4), .ACC_DEPTH(16), .RS_ROWS(3), .RS_COLS(3),
    .IFMAP_SPAD(16), .WGT_SPAD(2 ** WA)) dut (.clk_i, .rst_ni, .clear_i, .head_i(1'b1),
    .instr_i(instr), .start_i, .ready_o(ready), .slot_o(slot), .step_o(step), .step_half_o(half),
    .load_o(load), .load_addr_o(load_addr), .range_err_i(1'b0), .rule_err_i(1'b0),
    .act_conflict_i(1'b0), .acc_conflict_i(1'b0));

  logic started;
  initial started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);
  always_comb assume (!start_i || ready);

  // Of the last step's instruction; cycles since it began, all ones: long ago.
  logic [T-1:0] since, products, channels, lag, at_work, j_at_work,
                lag_at_work;
  logic half_at_work, fresh;  // fresh: since the issue no step has begun
  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      since <= '1;
      half_at_work <= 1'b1;
      fresh <= 1'b0;
    end else begin
      fresh <= start_i || (fresh && !step);
      if (step) since <= T'(1);
      else if (since != '1) since <= since + T'(1);
      if (step) half_at_work <= half;
    end
    if (start_i) begin
      products <= T'(m0) * T'(c1);
      channels <= T'(m0) * T'(m2);
      lag <= T'(m0) * (T'(m2) - T'(1));
    end
    if (step) begin
      at_work <= products;
      j_at_work <= channels;
      lag_at_work <= lag;
    end
  end
  if (WEIGHTS < 1) begin : gen_steps
    always_comb if (rst_ni && !clear_i) begin
      if (step) assert (since >= at_work && since >= j_at_work);
      if (fresh && slot) assert (since >= at_work + lag_at_work);
    end
  end else begin : gen_weights
    always_comb if (rst_ni && !clear_i && load) begin
      assert (load_addr[WA-1] != (step ? half : half_at_work));
      if (step && half != half_at_work) assert (load_addr[WA-2:0] == '0);
    end
  end
endmodule

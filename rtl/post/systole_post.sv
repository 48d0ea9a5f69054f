// POST engine: accumulators -> zero-point correction, max over taps, bias, requantize, clamp ->
// activation buffer. With POST_ACT, PostAct takes its taps from the activation buffer instead, max
// or sum, without a correction. With ADD_UNIT, PostActAdd takes pairs of taps and adds them.
//
//     for chunk, y, x, lane:  act[Out + y*SY + x*SX + chunk*LANES + lane] =
//         clamp(Zy + R((max over ty, tx, pair of acc[entry][col + lane] - Zw * rowsum[entry]
//                       + bias) * m, s), Lo, Hi)
//
// One tap a cycle. issue >= issue(previous) + T(previous); tap q is read in cycle t = issue + 1 +
// q, from its accumulator entry or from the activation buffer; the last tap of a pixel is written
// in cycle t + 10; retire = issue + T + 10, T = chunks * Ny * Nx * Nty * Ntx. Stages:
//
//     t     systole_post_walker: entry to the accumulators; systole_post_source: address to the
//           activation buffer
//     t+1   select LANES columns (and the pair's), Zw * row sum; or LANES bytes
//     t+2   correct, max of the pair             \
//     t+3   max or sum of taps; parameter row read|  systole_post_lane x LANES
//     t+4   add bias                              |
//     t+5   .. t+9 requantize                    /
//     t+10  write
//
// An addition (PostActAdd) has two taps a pixel, systole_post_add beside the lanes' stages from t+5
// on, and enters the stages of a pixel ADD = 5 cycles late: its t+5 is the others' t. It keeps the
// engine for so much longer, so that pixels stay in order.
//
// Errors: an entry >= ACC_DEPTH ends its instruction before the pixel is written; two readers on
// one activation group, POST and STORE (rd_conflict_i, in the cycle of the read); two writers
// (conflict_i, in the cycle of the write: what is written is the oldest in flight).
`include "systole_assert.svh"

module systole_post #(
  parameter int COLS = 16,
  parameter int LANES = 8,
  parameter int PAR_KIB = 8,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_engine_frame
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,
  input  logic                            start_i,
  output logic                            ready_o,
  output logic                            working_o,
  output logic                            works_o,  // a tap or a pixel is in the pipeline
  output logic                            retire_o,
  output logic [systole_pkg::CODE_W-1:0]  late_err_o,
  output logic [systole_pkg::CODE_W-1:0]  work_err_o,

  // systole_matmul: accumulators, data in the next cycle; the row sum is column COLS
  output logic                            acc_re_o,
  output logic                            acc_half_o,
  output logic [systole_pkg::ENTRY_W-1:0] acc_addr_o,
  input  logic [32*(COLS+1)-1:0]          acc_data_i,

  // systole_load: parameter rows
  input  logic                          par_we_i,
  input  logic [systole_pkg::BUF_W-1:0] buf_row_i,
  input  logic [7:0]                    buf_beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     buf_data_i,

  // systole_act_buffer
  output logic                          po_we_o,
  output logic [systole_pkg::BUF_W-1:0] po_addr_o,
  output logic [7:0]                    po_n_o,
  output logic [8*LANES-1:0]            po_data_o,
  input  logic                          conflict_i,
  output logic                          pr_re_o,  // data in the next cycle
  output logic [systole_pkg::BUF_W-1:0] pr_addr_o,
  output logic [7:0]                    pr_n_o,
  input  logic [8*LANES-1:0]            pr_data_i,
  input  logic                          rd_conflict_i
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int COL_W = systole_pkg::COL_W;
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  localparam int PAR_ROW_W = systole_pkg::PAR_ROW_W;
  localparam int CB = (COLS > 1) ? $clog2(COLS) : 1;
  localparam int CONTROL_W = systole_pkg::PO_ROUNDING_W + systole_pkg::PO_ZY_W +
                             systole_pkg::PO_LO_W + systole_pkg::PO_HI_W;
  localparam int WRITE = systole_pkg::POST_TAIL;  // stage of the write
  localparam int ADD = systole_pkg::PIPE_ADD_TO_WRITE;

  // ---- Issue. PaAfter waits until nothing is under way.
  logic tap, first, pixel_last, last, fault, act, act_q, waits;

  logic [systole_pkg::OPCODE_W-1:0] opcode;
  assign opcode = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W];
  assign act = POST_ACT != 0 && opcode != systole_pkg::OP_POST;
  assign waits = works_o && instr_i[systole_pkg::PA_AFTER_LSB] &&
                 (opcode == systole_pkg::OP_POST_ACT || opcode == systole_pkg::OP_POST_ACT_ADD);
  logic add, add_q;
  logic [ADD:1] add_pixel_p, add_last_p;  // of an addition: stage t+i of its last tap
  assign add = ADD_UNIT != 0 && opcode == systole_pkg::OP_POST_ACT_ADD;
  assign ready_o = (!tap || (last && !fault && !add_q)) && add_last_p[ADD-1:1] == '0 && !waits;
  assign working_o = (tap && (!last || add_q)) || add_last_p[ADD-1:1] != '0;

  // ---- Stage t: where each tap is. Fields that do not change within an instruction stay beside
  // the walker.
  logic [ENTRY_W-1:0] entry;
  logic [COL_W-1:0] col, n;
  logic [BUF_W-1:0] addr;
  logic [PAR_ROW_W-1:0] row;
  logic [LANES-1:0] lanes;
  logic [2:0] step;
  logic half_q;
  logic pair_q;
  logic [COL_W-1:0] cs_pair_q;
  logic signed [7:0] zw_q;
  logic sum_q;
  logic [CONTROL_W-1:0] control_q;  // rounding, Zy, Lo, Hi

  systole_post_walker #(.LANES(LANES), .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT)) u_walker (
    .clk_i, .rst_ni(rst_ni), .clear_i(clear_i), .start_i(start_i), .instr_i(instr_i),
    .abort_i(fault), .tap_o(tap), .first_o(first), .pixel_last_o(pixel_last), .last_o(last),
    .step_o(step), .entry_o(entry), .col_o(col), .addr_o(addr), .row_o(row), .n_o(n),
    .lanes_o(lanes)
  );

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      half_q <= instr_i[systole_pkg::PO_HALF_LSB];
      act_q <= act;
      add_q <= add;
      pair_q <= instr_i[systole_pkg::PO_PAIR_LSB] && !act;
      sum_q <= instr_i[systole_pkg::PA_SUM_LSB] && act;
      cs_pair_q <= instr_i[systole_pkg::PO_CS_PAIR_LSB +: systole_pkg::PO_CS_PAIR_W];
      zw_q <= act ? '0 : instr_i[systole_pkg::PO_ZW_LSB +: systole_pkg::PO_ZW_W];
      control_q <= {instr_i[systole_pkg::PO_ROUNDING_LSB +: systole_pkg::PO_ROUNDING_W],
                    instr_i[systole_pkg::PO_ZY_LSB +: systole_pkg::PO_ZY_W],
                    instr_i[systole_pkg::PO_LO_LSB +: systole_pkg::PO_LO_W],
                    instr_i[systole_pkg::PO_HI_LSB +: systole_pkg::PO_HI_W]};
    end
  end

  if (POST_ACT != 0) begin : gen_source
    systole_post_source #(.LANES(LANES), .ADD_UNIT(ADD_UNIT)) u_source (
      .clk_i, .start_i(start_i), .instr_i(instr_i), .tap_i(tap), .step_i(step), .addr_o(pr_addr_o)
    );
  end else begin : gen_no_source
    assign pr_addr_o = '0;
  end

  logic taken;  // a tap that is
  assign fault = tap && !act_q && (ENTRY_W + 1)'(entry) >= (ENTRY_W + 1)'(ACC_DEPTH);
  assign taken = tap && !fault;
  assign pr_re_o = tap && act_q;
  assign pr_n_o = 8'(n);
  assign acc_re_o = taken && !act_q;
  assign acc_half_o = half_q;
  assign acc_addr_o = entry;

  // ---- What enters the stages of a pixel: a last tap, or an addition's, ADD cycles late.
  logic enter, enter_pixel, enter_last;
  logic [COL_W-1:0] enter_n;
  logic [BUF_W-1:0] enter_addr;
  if (ADD_UNIT != 0) begin : gen_enter
    logic add_pixel;
    logic [COL_W+BUF_W-1:0] late;
    assign add_pixel = taken && add_q && pixel_last;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        add_pixel_p <= '0;
        add_last_p <= '0;
      end else if (clear_i) begin
        add_pixel_p <= '0;
        add_last_p <= '0;
      end else begin
        add_pixel_p <= {add_pixel_p[ADD-1:1], add_pixel};
        add_last_p <= {add_last_p[ADD-1:1], add_pixel && last};
      end
    end
    systole_post_delay #(.WIDTH(COL_W + BUF_W), .DEPTH(ADD)) u_late (
      .clk_i, .valid_i({add_pixel_p[ADD-1:1], add_pixel}), .data_i({n, addr}), .data_o(late)
    );
    assign enter = (tap && !add_q) || add_pixel_p[ADD];
    assign enter_pixel = (taken && pixel_last && !add_q) || add_pixel_p[ADD];
    assign enter_last = (taken && last && !add_q) || add_last_p[ADD];
    assign {enter_n, enter_addr} = add_pixel_p[ADD] ? late : {n, addr};
  end else begin : gen_enter_at_once
    assign add_pixel_p = '0;
    assign add_last_p = '0;
    assign enter = tap;
    assign enter_pixel = taken && pixel_last;
    assign enter_last = taken && last;
    assign enter_n = n;
    assign enter_addr = addr;
  end

  // ---- The pipeline beside the data: index i is stage t+i.
  logic [3:1] tap_p, first_p;       // a tap; the first of its pixel
  logic [WRITE:1] pixel_p, last_p;  // the last tap of a pixel, of the instruction
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tap_p <= '0;
      pixel_p <= '0;
      last_p <= '0;
    end else if (clear_i) begin
      tap_p <= '0;
      pixel_p <= '0;
      last_p <= '0;
    end else begin
      tap_p <= {tap_p[2:1], taken};
      pixel_p <= {pixel_p[WRITE-1:1], enter_pixel};
      last_p <= {last_p[WRITE-1:1], enter_last};
    end
  end

  logic [2:1] pair_p;
  logic [3:1] sum_p;
  logic act1_q;
  logic [COL_W-1:0] col1_q, cs_pair1_q;
  logic [LANES-1:0] lanes1_q, lanes2_q, lanes3_q, lanes4_q;
  always_ff @(posedge clk_i) begin
    first_p <= {first_p[2:1], first || add_q};
    pair_p <= {pair_p[1], pair_q};
    sum_p <= {sum_p[2:1], sum_q};
    act1_q <= act_q;
    if (tap) begin
      col1_q <= col;
      cs_pair1_q <= cs_pair_q;
      lanes1_q <= lanes;
    end
    if (tap_p[1]) lanes2_q <= lanes1_q;
    if (tap_p[2]) lanes3_q <= lanes2_q;
    if (tap_p[3]) lanes4_q <= lanes3_q;
  end

  // What a pixel carries along, as deep as it is needed: {parameter row} to t+3, {rounding, Zy, Lo,
  // Hi} to t+9, {n, address} to t+10.
  logic [PAR_ROW_W-1:0] row3;
  logic [CONTROL_W-1:0] control5, control8, control9_q;
  logic [COL_W+BUF_W-1:0] write10;
  systole_post_delay #(.WIDTH(PAR_ROW_W), .DEPTH(3)) u_row (
    .clk_i, .valid_i({pixel_p[2:1], enter}), .data_i(row), .data_o(row3)
  );
  systole_post_delay #(.WIDTH(CONTROL_W), .DEPTH(5)) u_control (
    .clk_i, .valid_i({pixel_p[4:1], enter}), .data_i(control_q), .data_o(control5)
  );
  systole_post_delay #(.WIDTH(CONTROL_W), .DEPTH(3)) u_control8 (
    .clk_i, .valid_i(pixel_p[7:5]), .data_i(control5), .data_o(control8)
  );
  always_ff @(posedge clk_i) if (pixel_p[8]) control9_q <= control8;
  systole_post_delay #(.WIDTH(COL_W + BUF_W), .DEPTH(WRITE)) u_write (
    .clk_i, .valid_i({pixel_p[WRITE-1:1], enter}), .data_i({enter_n, enter_addr}), .data_o(write10)
  );

  logic [systole_pkg::PO_ROUNDING_W-1:0] mode5, mode8, mode9;
  logic [systole_pkg::PO_ZY_W-1:0] zy9;
  logic [systole_pkg::PO_LO_W-1:0] lo9;
  logic [systole_pkg::PO_HI_W-1:0] hi9;
  assign mode5 = control5[CONTROL_W-1 -: systole_pkg::PO_ROUNDING_W];
  assign mode8 = control8[CONTROL_W-1 -: systole_pkg::PO_ROUNDING_W];
  assign {mode9, zy9, lo9, hi9} = control9_q;

  // ---- Stage t+1: correction and, in each lane, its column and the pair's.
  logic signed [31:0] correction_q;
  if (ROW_SUM != 0) begin : gen_row_sum
    logic signed [7:0] zw1_q;
    always_ff @(posedge clk_i) begin
      if (tap) zw1_q <= zw_q;
      if (tap_p[1]) correction_q <= 32'(zw1_q) * $signed(acc_data_i[32*COLS +: 32]);
    end
  end else begin : gen_no_row_sum
    assign correction_q = '0;
  end

  logic [32*LANES-1:0] bias;
  logic [32*LANES-1:0] m;
  logic [8*LANES-1:0] s;

  // ---- Additions: the operands' parameters; where operands and pixels of additions are.
  logic operands_re, float_add, float6_q;
  logic [PAR_ROW_W-1:0] operands_row;
  logic [3*32-1:0] operand_bias;
  logic [3*31-1:0] operand_m;
  logic [3*6-1:0] operand_s;
  logic [11:1] operand_p;  // an operand
  logic [9:1] second_p;   // the second of its pixel
  logic [5:1] add_p;      // a pixel of an addition
  logic signed [63:0] offset_q;  // of the first operand; of the second 0
  logic [30:0] m_q;
  logic [5:0] s_q;
  if (ADD_UNIT != 0) begin : gen_operands
    logic [systole_pkg::PO_ROUNDING_W-1:0] rounding;
    assign rounding = instr_i[systole_pkg::PO_ROUNDING_LSB +: systole_pkg::PO_ROUNDING_W];
    systole_post_operands #(.LANES(LANES)) u_operands (
      .clk_i, .rst_ni(rst_ni), .clear_i(clear_i), .start_i(start_i && add),
      .row_i(instr_i[systole_pkg::PO_PAR_LSB +: systole_pkg::PO_PAR_W]),
      .float_i(rounding == systole_pkg::ROUND_FLOAT32), .re_o(operands_re), .row_o(operands_row),
      .bias_i(bias), .m_i(m), .s_i(s), .bias_o(operand_bias), .m_o(operand_m), .s_o(operand_s),
      .float_o(float_add)
    );
    // The operands' parameters are there in t+5 and later: chosen a cycle before they are used.
    always_ff @(posedge clk_i) begin
      offset_q <= second_p[9] ? 64'sd0 : 64'($signed(operand_bias[64 +: 32])) << operand_m[62 +: 6];
      m_q <= (float_add ? second_p[8] : second_p[6]) ? operand_m[31 +: 31] : operand_m[30:0];
      s_q <= (float_add ? second_p[9] : second_p[7]) ? operand_s[6 +: 6] : operand_s[5:0];
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) operand_p <= '0;
      else if (clear_i) operand_p <= '0;
      else operand_p <= {operand_p[10:1], tap && add_q};
    end
    always_ff @(posedge clk_i) begin
      second_p <= {second_p[8:1], !first};
      add_p <= {add_p[4:1], add_pixel_p[ADD]};
      float6_q <= add_p[5] && pixel_p[5] && mode5 == systole_pkg::ROUND_FLOAT32;
    end
  end else begin : gen_no_operands
    assign operands_re = 1'b0;
    assign operands_row = '0;
    assign operand_bias = '0;
    assign operand_m = '0;
    assign operand_s = '0;
    assign float_add = 1'b0;
    assign offset_q = '0;
    assign m_q = '0;
    assign s_q = '0;
    assign operand_p = '0;
    assign second_p = '0;
    assign add_p = '0;
    assign float6_q = 1'b0;
  end

  systole_param_buffer #(
    .LANES(LANES), .PAR_KIB(PAR_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_param_buffer (
    .clk_i, .par_we_i(par_we_i), .buf_row_i(buf_row_i), .buf_beat_i(buf_beat_i),
    .buf_data_i(buf_data_i), .re_i(pixel_p[3] || operands_re),
    .row_i(operands_re ? operands_row : row3), .bias_o(bias), .m_o(m), .s_o(s)
  );

  // Anything in the stages; the lanes rest else.
  logic any;
  assign any = `SYSTOLE_ANY(tap || {tap_p, pixel_p, operand_p, add_pixel_p} != '0);

  logic [LANES-1:0] taps1, taps2, taps3, pixels4;
  assign taps1 = tap_p[1] ? lanes1_q : '0;
  assign taps2 = tap_p[2] ? lanes2_q : '0;
  assign taps3 = tap_p[3] ? lanes3_q : '0;
  assign pixels4 = !pixel_p[4] ? '0 : add_p[4] ? '1 : lanes4_q;
  logic [LANES-1:0] pixels5_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) pixels5_q <= '0;
    else if (clear_i) pixels5_q <= '0;
    else pixels5_q <= pixels4;
  end
  logic [8:0] bias5;
  assign bias5 = second_p[5] ? operand_bias[32 +: 9] : operand_bias[8:0];

  for (genvar g = 0; g < LANES; g++) begin : gen_lane
    logic [31:0] a_q, b_q;
    logic [CB-1:0] col_a, col_b;  // a column past the last is a lane that is not written
    assign col_a = CB'(col1_q + COL_W'(g));
    assign col_b = CB'(col1_q + COL_W'(g) + cs_pair1_q);
    always_ff @(posedge clk_i) begin
      if (any) begin
        if (taps1[g]) begin
          a_q <= POST_ACT != 0 && act1_q ? 32'($signed(pr_data_i[8*g +: 8])) :
                 acc_data_i[32*col_a +: 32];
          if (pair_p[1]) b_q <= acc_data_i[32*col_b +: 32];
        end
      end
    end

    systole_post_lane #(.ROUNDINGS(ROUNDINGS), .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT)) u_lane (
      .clk_i, .rst_ni(rst_ni), .clear_i(clear_i), .any_i(any), .tap2_i(taps2[g]),
      .pair2_i(pair_p[2]), .a2_i(a_q), .b2_i(b_q), .correction2_i(correction_q), .tap3_i(taps3[g]),
      .first3_i(first_p[3]), .sum3_i(sum_p[3]), .pixel4_i(pixels4[g]), .valid5_i(pixels5_q[g]),
      .float_i(float_add), .operand_i(operand_p[11:4]), .bias5_i(bias5), .operand_m_i(m_q),
      .operand_s_i(s_q), .offset_i(offset_q), .sum_m_i(operand_m[62 +: 31]),
      .sum_s_i(operand_s[12 +: 6]), .add5_i(add_p[5]), .float6_i(float6_q),
      .bias4_i(bias[32*g +: 32]), .m4_i(m[32*g +: 31]), .s4_i(s[8*g +: 6]), .mode5_i(mode5),
      .mode8_i(mode8), .mode9_i(mode9), .zy9_i(zy9), .lo9_i(lo9), .hi9_i(hi9),
      .y_o(po_data_o[8*g +: 8])
    );
  end

  // ---- Stage t+10: write, retire.
  assign po_we_o = pixel_p[WRITE];
  assign po_addr_o = write10[BUF_W-1:0];
  assign po_n_o = 8'(write10[BUF_W +: COL_W]);
  assign retire_o = last_p[WRITE];
  assign works_o = tap || last_p != '0 || add_last_p != '0;
  assign late_err_o = (po_we_o && conflict_i) ? systole_pkg::ERR_CONFLICT : systole_pkg::ERR_NONE;
  assign work_err_o = fault ? systole_pkg::ERR_BUFFER_RANGE :
                      pr_re_o && rd_conflict_i ? systole_pkg::ERR_CONFLICT : systole_pkg::ERR_NONE;
endmodule

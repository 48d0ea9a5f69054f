// The MATMUL engine: control, offset table, gather, weight buffer, skews, array, accumulators.
// Wiring only.
//
//   control --- base ---> gather <---> activation buffer    slot t; t+1: read; t+3: at the array
//      |   \--- row ----> weight buffer (WPORT banks)       load slot s; s+1: read; s+2: there
//      |                    |        |
//      |                  skew     skew      row r is r cycles late
//      |                    |        |
//      |- load, swap --->   a r r a y        psum of column c leaves at t+3+ROWS+c
//      |                       |
//      \-- entry ------> accumulators ----> POST            read t+3+ROWS+c, written t+5+ROWS+c
module systole_matmul #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int WGT_KIB = 128,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3,
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH),
  localparam int BB = $clog2(BANKS),                                    // bank bits
  localparam int RB = $clog2(systole_pkg::act_bytes(ACT_KIB)) - BB      // row bits of a bank
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

  // systole_act_buffer
  output logic [BANKS-1:0]    act_re_o,
  output logic [BANKS*RB-1:0] act_row_o,
  input  logic [8*BANKS-1:0]  act_data_i,
  input  logic                conflict_i,

  // systole_load
  input  logic                          wgt_we_i,
  input  logic                          ktab_we_i,
  input  logic [7:0]                    wgt_bank_i,
  input  logic [systole_pkg::BUF_W-1:0] buf_row_i,
  input  logic [7:0]                    buf_beat_i,
  input  logic [AXI_DATA_WIDTH-1:0]     buf_data_i,

  // systole_post: an entry of all columns (column COLS: row sum), data in the next cycle
  input  logic                            acc_re_i,
  input  logic                            acc_half_i,
  input  logic [systole_pkg::ENTRY_W-1:0] acc_addr_i,
  output logic [32*(COLS+1)-1:0]          acc_data_o
);
  localparam bit OUTPUT = DATAFLOWS % 4 > 1;
  localparam bit INPUT = DATAFLOWS > 3;
  localparam int CW = $clog2(COLS);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int ENTRY_W = systole_pkg::ENTRY_W;
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int WGT_ROWS = systole_pkg::wgt_rows(ROWS, WPORT, WGT_KIB);
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(ROWS, KTAB_KIB);
  localparam int WA = (WGT_ROWS > 1) ? $clog2(WGT_ROWS) : 1;
  localparam int KA = (KTAB_ROWS > 1) ? $clog2(KTAB_ROWS) : 1;
  localparam int EA = $clog2(ACC_DEPTH);

  logic load, load_parity, weight_re, ktab_re, slot, slot_swap, slot_last, slot_column;
  logic acc, acc_now_first, acc_now_half, acc_now_input;
  logic [CW-1:0] acc_now_turn, acc_now_pixels;
  logic load_input, gather, gather_first, slot_input;
  logic [1:0] slot_code, acc_diagonal;
  logic range_err, rule_err, acc_conflict;
  logic [BUF_W-1:0] weight_row;
  logic [systole_pkg::SLICE_W-1:0] ktab_row;
  logic [BUF_W:0] slot_base;
  logic [COL_W-1:0] slot_lanes;
  logic [ENTRY_W-1:0] acc_now_entry;
  systole_matmul_control #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
  ) u_control (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .head_i(head_i), .instr_i(instr_i),
    .start_i(start_i), .ready_o(ready_o), .working_o(working_o), .retire_o(retire_o),
    .late_err_o(late_err_o), .work_err_o(work_err_o), .macs_valid_o(macs_valid_o), .macs_o(macs_o),
    .load_o(load), .load_input_o(load_input), .load_parity_o(load_parity), .weight_re_o(weight_re),
    .weight_row_o(weight_row), .ktab_re_o(ktab_re), .ktab_row_o(ktab_row), .gather_o(gather),
    .gather_first_o(gather_first), .slot_o(slot), .slot_input_o(slot_input),
    .slot_swap_o(slot_swap), .slot_last_o(slot_last), .slot_column_o(slot_column),
    .slot_code_o(slot_code), .slot_base_o(slot_base), .slot_lanes_o(slot_lanes), .acc_o(acc),
    .acc_first_o(acc_now_first), .acc_half_o(acc_now_half), .acc_entry_o(acc_now_entry),
    .acc_input_o(acc_now_input), .acc_turn_o(acc_now_turn), .acc_pixels_o(acc_now_pixels),
    .acc_diagonal_o(acc_diagonal), .range_err_i(range_err), .rule_err_i(rule_err),
    .act_conflict_i(conflict_i), .acc_conflict_i(acc_conflict)
  );

  // ---- Activations. Input stationary they and the weights change places at the array's edge.
  logic load_input2, slot_input2;
  logic [8*ROWS*WPORT-1:0] weights;
  logic [16*ROWS-1:0] offsets;
  logic [8*ROWS-1:0] act, act_zeroed, act_skewed, gathered;
  logic valid3, own3, last3, empty3;  // of act; output stationary a slot without a vector
  assign act_zeroed = act & ~{8*ROWS{empty3}};
  systole_row_memory #(
    .ROW_BITS(16 * ROWS), .DEPTH(KTAB_ROWS), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_ktab (
    .clk_i(clk_i), .we_i(ktab_we_i), .row_i(buf_row_i), .beat_i(buf_beat_i), .data_i(buf_data_i),
    .re_i(ktab_re), .raddr_i(ktab_row[KA-1:0]), .rdata_o(offsets)
  );
  systole_gather #(.ROWS(ROWS), .BB(BB), .RB(RB), .INPUT(INPUT ? 1 : 0)) u_gather (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(gather), .first_i(gather_first),
    .base_i(slot_base), .lanes_i(slot_lanes), .offsets_i(offsets), .re_o(act_re_o),
    .row_o(act_row_o), .data_i(act_data_i), .row_valid_i(slot_input2), .row_i(weights[8*ROWS-1:0]),
    .lanes_o(gathered), .act_o(act), .range_err_o(range_err), .rule_err_o(rule_err)
  );
  systole_skew #(.N(ROWS), .W(8)) u_act_skew (
    .clk_i(clk_i), .valid_i(valid3 || empty3), .data_i(act_zeroed), .data_o(act_skewed)
  );

  // ---- Weights. Those of the first group are there with weight2.
  logic load2, parity2, swap2, weight2;
  logic [1:0] code2;
  logic [8*ROWS*WPORT-1:0] weights_skewed;
  systole_weight_buffer #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .WGT_KIB(WGT_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
  ) u_weights (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .we_i(wgt_we_i), .bank_i(wgt_bank_i),
    .wrow_i(buf_row_i), .beat_i(buf_beat_i), .data_i(buf_data_i), .valid_i(weight_re),
    .row_i(weight_row[WA-1:0]), .rows_o(weights)
  );
  for (genvar g = 0; g < WPORT; g++) begin : gen_weight_skew
    localparam bit LATER = g > 0;
    logic [8*ROWS-1:0] stationary;
    assign stationary = load_input2 ? gathered : weights[g*8*ROWS +: 8*ROWS];
    systole_skew #(.N(ROWS), .W(8)) u_skew (
      .clk_i(clk_i), .valid_i(LATER || weight2), .data_i(stationary),
      .data_o(weights_skewed[g*8*ROWS +: 8*ROWS])
    );
  end

  // ---- Array: weights, swap and code meet it two cycles after their slot, a vector three.
  systole_delay #(.W(3), .D(2)) u_array_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({load, load_parity, slot_swap}),
    .data_o({load2, parity2, swap2})
  );
  logic idle3, drain;
  if (INPUT) begin : gen_input
    systole_delay #(.W(2), .D(2)) u_input_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({load_input, slot_input}),
      .data_o({load_input2, slot_input2})
    );
  end else begin : gen_no_input
    assign load_input2 = 1'b0;
    assign slot_input2 = 1'b0;
  end
  if (OUTPUT) begin : gen_output
    logic weight_re2;
    systole_delay #(.W(3), .D(2)) u_code_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({weight_re, slot_code}),
      .data_o({weight_re2, code2})
    );
    assign weight2 = weight_re2 || load2;
    systole_delay #(.W(1), .D(3)) u_empty_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(slot_code != 2'd0 && !slot),
      .data_o(empty3)
    );
    systole_delay #(.W(1), .D(1)) u_idle_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(code2 == 2'd3), .data_o(idle3)
    );
    systole_delay #(.W(1), .D(ROWS - 1)) u_drain_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i(idle3), .data_o(drain)
    );
  end else begin : gen_weight_only
    assign weight2 = load2;
    assign code2 = 2'd0;
    assign empty3 = 1'b0;
    assign idle3 = 1'b0;
    assign drain = 1'b0;
  end
  systole_delay #(.W(3), .D(3)) u_vector_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .data_i({slot, slot_column, slot_last}),
    .data_o({valid3, own3, last3})
  );
  logic [32*COLS-1:0] psums;
  logic [15:0] rowsum;
  systole_array #(
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
  ) u_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .load_i(load2), .parity_i(parity2),
    .swap_i(swap2), .own_i(own3), .last_i(last3), .code_i(code2), .drain_i(drain),
    .valid_i(valid3 || empty3), .act_i(act_skewed), .weight_i(weights_skewed), .psum_o(psums),
    .rowsum_o(rowsum)
  );

  // ---- Accumulators.
  logic acc_valid, acc_first, acc_half, acc_input;
  logic [EA-1:0] acc_entry;
  logic [CW-1:0] acc_turn, acc_pixels;
  systole_delay #(.W(3 + EA), .D(ROWS + 3)) u_acc_delay (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
    .data_i({acc, acc_now_first, acc_now_half, acc_now_entry[EA-1:0]}),
    .data_o({acc_valid, acc_first, acc_half, acc_entry})
  );
  if (INPUT) begin : gen_diagonal
    systole_delay #(.W(1 + 2 * CW), .D(ROWS + 3)) u_turn_delay (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i),
      .data_i({acc_now_input, acc_now_turn, acc_now_pixels}),
      .data_o({acc_input, acc_turn, acc_pixels})
    );
  end else begin : gen_straight
    assign acc_input = 1'b0;
    assign acc_turn = '0;
    assign acc_pixels = '0;
  end
  systole_accumulators #(
    .ROWS(ROWS), .COLS(COLS), .ACC_DEPTH(ACC_DEPTH), .ROW_SUM(ROW_SUM), .DIAGONAL(INPUT ? 1 : 0)
  ) u_accumulators (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(acc_valid), .first_i(acc_first),
    .half_i(acc_half), .entry_i(acc_entry), .input_i(acc_input), .turn_i(acc_turn),
    .pixels_i(acc_pixels), .psum_i(psums), .rowsum_i(rowsum), .diagonal_i(acc_diagonal),
    .post_re_i(acc_re_i), .post_half_i(acc_half_i), .post_entry_i(acc_addr_i),
    .post_data_o(acc_data_o), .conflict_o(acc_conflict)
  );
endmodule

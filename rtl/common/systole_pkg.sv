// Opcodes, instruction fields (NAME_LSB, NAME_W), registers and their bits, counters, error codes,
// rounding modes, latencies, and the sizes that follow from the parameters.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
package systole_pkg;
  localparam int INSTR_W = 256;
  localparam int NUM_ENGINES = 4;
  localparam int ENGINE_LOAD = 0;
  localparam int ENGINE_MATMUL = 1;
  localparam int ENGINE_POST = 2;
  localparam int ENGINE_STORE = 3;
  localparam int ENGINE_FETCH = 4;
  localparam logic [31:0] ID_VALUE = 32'h53595354;
  localparam logic [31:0] VERSION_VALUE = 32'h00010000;

  localparam logic [7:0] OP_LOAD_ACT = 8'h10;
  localparam logic [7:0] OP_LOAD_WGT = 8'h11;
  localparam logic [7:0] OP_LOAD_KTAB = 8'h12;
  localparam logic [7:0] OP_LOAD_PAR = 8'h13;
  localparam logic [7:0] OP_FILL = 8'h14;
  localparam logic [7:0] OP_SYNC_LOAD = 8'h1F;
  localparam logic [7:0] OP_MATMUL = 8'h20;
  localparam logic [7:0] OP_ROW_CONV = 8'h21;
  localparam logic [7:0] OP_SYNC_MATMUL = 8'h2F;
  localparam logic [7:0] OP_POST = 8'h30;
  localparam logic [7:0] OP_POST_ACT = 8'h32;
  localparam logic [7:0] OP_POST_ACT_ADD = 8'h33;
  localparam logic [7:0] OP_SYNC_POST = 8'h3F;
  localparam logic [7:0] OP_STORE = 8'h40;
  localparam logic [7:0] OP_SYNC_STORE = 8'h4F;
  localparam logic [3:0] OP_SYNC_NIBBLE = 4'hF;

  localparam int OPCODE_LSB = 0;
  localparam int OPCODE_W = 8;
  localparam int POP_LOAD_LSB = 8;
  localparam int POP_LOAD_W = 3;
  localparam int POP_MATMUL_LSB = 11;
  localparam int POP_MATMUL_W = 3;
  localparam int POP_POST_LSB = 14;
  localparam int POP_POST_W = 3;
  localparam int POP_STORE_LSB = 17;
  localparam int POP_STORE_W = 3;
  localparam int PUSH_LSB = 20;
  localparam int PUSH_W = 4;
  localparam int LS_ADDR_LSB = 32;
  localparam int LS_ADDR_W = 64;
  localparam int LS_BYTES_LSB = 96;
  localparam int LS_BYTES_W = 24;
  localparam int LS_FILL_LSB = 120;
  localparam int LS_FILL_W = 8;
  localparam int LS_LINES_LSB = 128;
  localparam int LS_LINES_W = 16;
  localparam int LS_MEM_STRIDE_LSB = 160;
  localparam int LS_MEM_STRIDE_W = 32;
  localparam int LS_BUF_LSB = 192;
  localparam int LS_BUF_W = 24;
  localparam int LS_BUF_STRIDE_LSB = 224;
  localparam int LS_BUF_STRIDE_W = 24;
  localparam int MM_FIRST_LSB = 24;
  localparam int MM_FIRST_W = 1;
  localparam int MM_KTAB_INC_LSB = 25;
  localparam int MM_KTAB_INC_W = 1;
  localparam int MM_HALF_LSB = 26;
  localparam int MM_HALF_W = 1;
  localparam int MM_DATAFLOW_LSB = 28;
  localparam int MM_DATAFLOW_W = 2;
  localparam int MM_BASE_LSB = 32;
  localparam int MM_BASE_W = 24;
  localparam int MM_WCOLS_LSB = 56;
  localparam int MM_WCOLS_W = 7;
  localparam int MM_STRIDE_X_LSB = 64;
  localparam int MM_STRIDE_X_W = 16;
  localparam int MM_STRIDE_Y_LSB = 80;
  localparam int MM_STRIDE_Y_W = 16;
  localparam int MM_STRIDE_B_LSB = 96;
  localparam int MM_STRIDE_B_W = 24;
  localparam int MM_KLAST_LSB = 120;
  localparam int MM_KLAST_W = 7;
  localparam int MM_NX_LSB = 128;
  localparam int MM_NX_W = 10;
  localparam int MM_NY_LSB = 138;
  localparam int MM_NY_W = 10;
  localparam int MM_NB_LSB = 148;
  localparam int MM_NB_W = 10;
  localparam int MM_KSLICES_LSB = 160;
  localparam int MM_KSLICES_W = 16;
  localparam int MM_ACC_BASE_LSB = 176;
  localparam int MM_ACC_BASE_W = 10;
  localparam int MM_KTAB_LSB = 192;
  localparam int MM_KTAB_W = 16;
  localparam int MM_BASE_INC_LSB = 208;
  localparam int MM_BASE_INC_W = 16;
  localparam int MM_WGT_ROW_LSB = 224;
  localparam int MM_WGT_ROW_W = 24;
  localparam int MM_ACC_INC_LSB = 248;
  localparam int MM_ACC_INC_W = 8;
  localparam int RC_FIRST_LSB = 24;
  localparam int RC_FIRST_W = 1;
  localparam int RC_DEPTHWISE_LSB = 25;
  localparam int RC_DEPTHWISE_W = 1;
  localparam int RC_HALF_LSB = 26;
  localparam int RC_HALF_W = 1;
  localparam int RC_M0_LSB = 27;
  localparam int RC_M0_W = 5;
  localparam int RC_BASE_LSB = 32;
  localparam int RC_BASE_W = 24;
  localparam int RC_M3_LSB = 56;
  localparam int RC_M3_W = 5;
  localparam int RC_HS_LSB = 61;
  localparam int RC_HS_W = 3;
  localparam int RC_PITCH_LSB = 64;
  localparam int RC_PITCH_W = 12;
  localparam int RC_R1_LSB = 76;
  localparam int RC_R1_W = 4;
  localparam int RC_STRIDE_Y_LSB = 80;
  localparam int RC_STRIDE_Y_W = 16;
  localparam int RC_STRIDE_B_LSB = 96;
  localparam int RC_STRIDE_B_W = 24;
  localparam int RC_C1_LSB = 120;
  localparam int RC_C1_W = 5;
  localparam int RC_WS_LSB = 125;
  localparam int RC_WS_W = 3;
  localparam int RC_NX_LSB = 128;
  localparam int RC_NX_W = 10;
  localparam int RC_NY_LSB = 138;
  localparam int RC_NY_W = 10;
  localparam int RC_NB_LSB = 148;
  localparam int RC_NB_W = 6;
  localparam int RC_C2_LSB = 154;
  localparam int RC_C2_W = 6;
  localparam int RC_KSLICES_LSB = 160;
  localparam int RC_KSLICES_W = 8;
  localparam int RC_S1_LSB = 168;
  localparam int RC_S1_W = 6;
  localparam int RC_ACC_BASE_LSB = 176;
  localparam int RC_ACC_BASE_W = 10;
  localparam int RC_Q1_LSB = 186;
  localparam int RC_Q1_W = 6;
  localparam int RC_KTAB_LSB = 192;
  localparam int RC_KTAB_W = 8;
  localparam int RC_M2_LSB = 200;
  localparam int RC_M2_W = 6;
  localparam int RC_BASE_INC_LSB = 208;
  localparam int RC_BASE_INC_W = 16;
  localparam int RC_WGT_ROW_LSB = 224;
  localparam int RC_WGT_ROW_W = 24;
  localparam int RC_J_BASE_LSB = 248;
  localparam int RC_J_BASE_W = 6;
  localparam int PO_HALF_LSB = 24;
  localparam int PO_HALF_W = 1;
  localparam int PO_PAIR_LSB = 25;
  localparam int PO_PAIR_W = 1;
  localparam int PO_ROUNDING_LSB = 26;
  localparam int PO_ROUNDING_W = 3;
  localparam int PO_ACC_BASE_LSB = 32;
  localparam int PO_ACC_BASE_W = 10;
  localparam int PO_NX_LSB = 42;
  localparam int PO_NX_W = 10;
  localparam int PO_NY_LSB = 52;
  localparam int PO_NY_W = 10;
  localparam int PO_ES_X_LSB = 64;
  localparam int PO_ES_X_W = 10;
  localparam int PO_ES_Y_LSB = 74;
  localparam int PO_ES_Y_W = 10;
  localparam int PO_ES_TX_LSB = 84;
  localparam int PO_ES_TX_W = 10;
  localparam int PO_ES_TY_LSB = 96;
  localparam int PO_ES_TY_W = 10;
  localparam int PO_NTX_LSB = 106;
  localparam int PO_NTX_W = 4;
  localparam int PO_NTY_LSB = 110;
  localparam int PO_NTY_W = 4;
  localparam int PO_CS_TX_LSB = 114;
  localparam int PO_CS_TX_W = 7;
  localparam int PO_CS_TY_LSB = 121;
  localparam int PO_CS_TY_W = 7;
  localparam int PO_COL_LSB = 128;
  localparam int PO_COL_W = 7;
  localparam int PO_CS_PAIR_LSB = 135;
  localparam int PO_CS_PAIR_W = 7;
  localparam int PO_NCHAN_LSB = 142;
  localparam int PO_NCHAN_W = 7;
  localparam int PO_PAR_LSB = 149;
  localparam int PO_PAR_W = 11;
  localparam int PO_OUT_LSB = 160;
  localparam int PO_OUT_W = 24;
  localparam int PO_ZW_LSB = 184;
  localparam int PO_ZW_W = 8;
  localparam int PO_SX_LSB = 192;
  localparam int PO_SX_W = 16;
  localparam int PO_SY_LSB = 208;
  localparam int PO_SY_W = 16;
  localparam int PO_ZY_LSB = 224;
  localparam int PO_ZY_W = 8;
  localparam int PO_LO_LSB = 232;
  localparam int PO_LO_W = 8;
  localparam int PO_HI_LSB = 240;
  localparam int PO_HI_W = 8;
  localparam int PA_ROW_LSB = 24;
  localparam int PA_ROW_W = 1;
  localparam int PA_AFTER_LSB = 25;
  localparam int PA_AFTER_W = 1;
  localparam int PA_SUM_LSB = 29;
  localparam int PA_SUM_W = 1;
  localparam int PA_NCHAN_LSB = 30;
  localparam int PA_NCHAN_W = 12;
  localparam int PA_SRC_LSB = 62;
  localparam int PA_SRC_W = 24;
  localparam int PA_RS_Y_LSB = 86;
  localparam int PA_RS_Y_W = 16;
  localparam int PA_RS_X_LSB = 102;
  localparam int PA_RS_X_W = 16;
  localparam int PA_RS_TY_LSB = 118;
  localparam int PA_RS_TY_W = 16;
  localparam int PA_RS_TX_LSB = 134;
  localparam int PA_RS_TX_W = 15;
  localparam int PA_NTX_LSB = 184;
  localparam int PA_NTX_W = 6;
  localparam int PA_NTY_LSB = 248;
  localparam int PA_NTY_W = 6;
  localparam int PB_SRC_LSB = 102;
  localparam int PB_SRC_W = 24;
  localparam int PB_RS_Y_LSB = 126;
  localparam int PB_RS_Y_W = 16;

  // Widths of what passes between modules: an instruction's index, an error code, fields.
  localparam int PC_W = 32;
  localparam int CODE_W = 8;
  localparam int BUF_W = 24;
  localparam int ENTRY_W = 10;
  localparam int COL_W = 7;
  localparam int SLICE_W = 16;
  localparam int STRIDE_W = 16;
  localparam int CHAN_W = 12;
  localparam int TAP_W = 6;
  localparam int PAR_ROW_W = 11;

  localparam logic [11:0] REG_ID = 12'h000;
  localparam logic [11:0] REG_VERSION = 12'h004;
  localparam logic [11:0] REG_CTRL = 12'h008;
  localparam logic [11:0] REG_STATUS = 12'h00C;
  localparam logic [11:0] REG_ERROR = 12'h010;
  localparam logic [11:0] REG_ERROR_PC = 12'h014;
  localparam logic [11:0] REG_IRQ_ENABLE = 12'h018;
  localparam logic [11:0] REG_IRQ_STATUS = 12'h01C;
  localparam logic [11:0] REG_PROG_LO = 12'h020;
  localparam logic [11:0] REG_PROG_HI = 12'h024;
  localparam logic [11:0] REG_PROG_LEN = 12'h028;
  localparam logic [11:0] REG_WATCHDOG = 12'h02C;
  localparam logic [11:0] REG_RD_BASE_LO = 12'h030;
  localparam logic [11:0] REG_RD_BASE_HI = 12'h034;
  localparam logic [11:0] REG_RD_LAST_LO = 12'h038;
  localparam logic [11:0] REG_RD_LAST_HI = 12'h03C;
  localparam logic [11:0] REG_WR_BASE_LO = 12'h040;
  localparam logic [11:0] REG_WR_BASE_HI = 12'h044;
  localparam logic [11:0] REG_WR_LAST_LO = 12'h048;
  localparam logic [11:0] REG_WR_LAST_HI = 12'h04C;
  localparam logic [11:0] REG_PARAM0 = 12'h080;
  localparam logic [11:0] REG_PARAM1 = 12'h084;
  localparam logic [11:0] REG_PARAM2 = 12'h088;
  localparam logic [11:0] REG_PARAM3 = 12'h08C;
  localparam logic [11:0] REG_PARAM4 = 12'h090;
  localparam logic [11:0] REG_PARAM5 = 12'h094;
  localparam logic [11:0] REG_PARAM6 = 12'h098;
  localparam logic [11:0] REG_CNT_TOTAL = 12'h100;
  localparam logic [11:0] REG_CNT_MACS = 12'h108;
  localparam logic [11:0] REG_CNT_READ_BEATS = 12'h110;
  localparam logic [11:0] REG_CNT_WRITE_BEATS = 12'h118;
  localparam logic [11:0] REG_CNT_ENGINE = 12'h120;
  localparam logic [11:0] REG_CNT_FIRST = 12'h100;
  localparam logic [11:0] REG_CNT_LAST = 12'h19C;

  localparam int CTRL_START_BIT = 0;
  localparam int CTRL_SOFT_RESET_BIT = 1;
  localparam int STATUS_BUSY_BIT = 0;
  localparam int STATUS_DONE_BIT = 1;
  localparam int STATUS_ERROR_BIT = 2;
  localparam int STATUS_DRAINING_BIT = 3;
  localparam int IRQ_DONE_BIT = 0;
  localparam int IRQ_ERROR_BIT = 1;

  // A counter's place: its offset past REG_CNT_FIRST in steps of 8 bytes.
  localparam int CNT_TOTAL_INDEX = 0;
  localparam int CNT_MACS_INDEX = 1;
  localparam int CNT_READ_BEATS_INDEX = 2;
  localparam int CNT_WRITE_BEATS_INDEX = 3;
  localparam int CNT_ENGINE_INDEX = 4;
  localparam int NUM_COUNTERS = 20;
  localparam int COUNTER_INDEX_W = 5;
  localparam int NUM_CAUSES = 4;
  localparam int CAUSE_BUSY = 0;
  localparam int CAUSE_WAIT_TOKEN = 1;
  localparam int CAUSE_WAIT_DATA = 2;
  localparam int CAUSE_EMPTY = 3;

  localparam logic [7:0] ERR_NONE = 8'd0;  // none
  localparam logic [7:0] ERR_BAD_OPCODE = 8'd1;  // unknown opcode
  localparam logic [7:0] ERR_BAD_FIELD = 8'd2;  // illegal or unsupported field value
  localparam logic [7:0] ERR_BUFFER_RANGE = 8'd3;  // buffer address out of range
  localparam logic [7:0] ERR_READ_WINDOW = 8'd4;  // read outside the read window
  localparam logic [7:0] ERR_WRITE_WINDOW = 8'd5;  // write outside the write window
  localparam logic [7:0] ERR_TOKEN = 8'd6;  // token that never comes, or token counter overflow
  localparam logic [7:0] ERR_READ_RESPONSE = 8'd7;  // AXI read error response
  localparam logic [7:0] ERR_WRITE_RESPONSE = 8'd8;  // AXI write error response
  localparam logic [7:0] ERR_WATCHDOG = 8'd9;  // watchdog
  localparam logic [7:0] ERR_CONFLICT = 8'd10;

  localparam logic [2:0] ROUND_FLOOR = 3'd0;  // arithmetic right shift
  localparam logic [2:0] ROUND_HALF_UP = 3'd1;  // (p + 2^(s-1)) >> s
  localparam logic [2:0] ROUND_HALF_AWAY = 3'd2;  // nearest, ties away from zero
  localparam logic [2:0] ROUND_HALF_EVEN = 3'd3;  // nearest, ties to even
  localparam logic [2:0] ROUND_TFLITE = 3'd4;  // TensorFlow Lite's two roundings
  localparam logic [2:0] ROUND_FLOAT32 = 3'd5;  // three IEEE single precision roundings
  localparam int NUM_ROUNDINGS = 6;
  localparam int ALL_ROUNDINGS = 63;

  // cycles: all engines: issue -> MATMUL's first vector slot, POST's first tap, LOAD's first
  // address, Fill's first beat, STORE's first read
  localparam int PIPE_ISSUE_TO_WORK = 1;
  // cycles: MATMUL: a vector's slot -> its window is read from the activation buffer
  localparam int PIPE_SLOT_TO_ACTIVATION_READ = 1;
  // cycles: MATMUL: a vector's slot -> it is at the edge of the array; ROWS + c cycles later column
  // c's sum meets its accumulator
  localparam int PIPE_SLOT_TO_ARRAY = 3;
  // cycles: MATMUL, row stationary: a step's start at a row -> its first product's sum leaves the
  // row
  localparam int PIPE_START_TO_SUM = 4;
  // cycles: MATMUL: an accumulator entry is read -> it is written
  localparam int PIPE_ACCUMULATOR_READ_TO_WRITE = 2;
  // cycles: an error of MATMUL -> run control is told (the other engines tell in the same cycle)
  localparam int PIPE_MATMUL_ERROR_TO_CONTROL = 1;
  // cycles: POST: a tap's accumulator read -> its pixel's bytes are written, where it is the
  // pixel's last
  localparam int PIPE_TAP_TO_WRITE = 10;
  // cycles: POST: how much later the pixels of an addition are written than others, and how much
  // longer it keeps the engine
  localparam int PIPE_ADD_TO_WRITE = 5;
  // cycles: LOAD and Fill: a beat -> its write into the buffer, and the error that came with it
  localparam int PIPE_BEAT_TO_WRITE = 1;
  // cycles: STORE: a beat's read -> it is on the bus, the address with a burst's first
  localparam int PIPE_READ_TO_BUS = 3;
  // cycles: STORE: a response -> the error that came with it
  localparam int PIPE_RESPONSE_TO_ERROR = 1;
  // cycles: fetch: first cycle of the run -> first address
  localparam int PIPE_START_TO_FETCH = 1;
  // cycles: fetch: an instruction's last beat -> its dispatch
  localparam int PIPE_ARRIVAL_TO_DISPATCH = 1;
  // cycles: fetch: dispatch -> output of the engine's queue
  localparam int PIPE_DISPATCH_TO_HEAD = 1;
  // cycles: a token given -> taken
  localparam int PIPE_GIVE_TO_TAKE = 1;
  // cycles: the last retire -> DONE is seen by the register port
  localparam int PIPE_RETIRE_TO_DONE = 2;
  // cycles: MATMUL: last slot -> retire, beside ROWS + COLS
  localparam int MATMUL_TAIL = PIPE_SLOT_TO_ARRAY + PIPE_ACCUMULATOR_READ_TO_WRITE;
  // cycles: MATMUL, row stationary: a step's slot -> its first sum, beside RS_ROWS - 1
  localparam int ROW_TAIL = PIPE_SLOT_TO_ARRAY + PIPE_START_TO_SUM;
  // cycles: read-modify-write of an accumulator entry: shortest period of a fold
  localparam int ACC_TURN = PIPE_ACCUMULATOR_READ_TO_WRITE + 1;
  // cycles: POST: last accumulator read -> byte written and retire
  localparam int POST_TAIL = PIPE_TAP_TO_WRITE;
  // bytes: bursts are cut at addresses that are multiples of this
  localparam int BURST_BYTES = 256;
  // instructions: in a burst of the fetch unit
  localparam int FETCH_GROUP = 8;
  // bytes: of a channel in the parameter memory
  localparam int PAR_BYTES = 16;
  // bytes: of an offset in the offset table
  localparam int KTAB_BYTES = 2;
  // code: of MmDataflow: output stationary
  localparam int OUTPUT_STATIONARY = 1;
  // code: of MmDataflow: input stationary
  localparam int INPUT_STATIONARY = 2;
  // code: of MmDataflow: column mode
  localparam int COLUMN_MODE = 3;
  // tokens: that a counter holds
  localparam int TOKEN_MAX = 255;

  function automatic int larger(input int a, input int b);
    larger = (a > b) ? a : b;
  endfunction
  function automatic int smaller(input int a, input int b);
    smaller = (a < b) ? a : b;
  endfunction
  // bytes of an AXI beat
  function automatic int axi_bytes(input int axi_data_width);
    axi_bytes = axi_data_width / 8;
  endfunction
  // byte banks of the activation buffer
  function automatic int banks(input int rows, input int lanes, input int axi_data_width);
    banks = (1 << $clog2(larger(larger(rows, lanes), axi_bytes(axi_data_width))));
  endfunction
  // activation buffer
  function automatic int act_bytes(input int act_kib);
    act_bytes = act_kib * 1024;
  endfunction
  // an address group of the activation buffer
  function automatic int group_bytes(input int act_kib, input int act_groups);
    group_bytes = act_bytes(act_kib) / larger(1, act_groups);
  endfunction
  // rows of a weight bank
  function automatic int wgt_rows(input int rows, input int wport, input int wgt_kib);
    wgt_rows = (wgt_kib * 1024) / larger(1, rows * wport);
  endfunction
  // rows of the offset table
  function automatic int ktab_rows(input int rows, input int ktab_kib);
    ktab_rows = (ktab_kib * 1024) / larger(1, KTAB_BYTES * rows);
  endfunction
  // taps of a column's filter in column mode
  function automatic int tap_rows(input int rows, input int taps);
    tap_rows = smaller(taps, rows);
  endfunction
  // columns that weights can reach output stationary
  function automatic int os_cols(input int rows, input int cols, input int wport);
    os_cols = smaller(cols, rows * wport);
  endfunction
  // rows of the parameter memory
  function automatic int par_rows(input int lanes, input int par_kib);
    par_rows = (par_kib * 1024) / larger(1, PAR_BYTES * lanes);
  endfunction
  // Whether all rules hold.
  function automatic bit legal(
    input int rows,
    input int cols,
    input int wport,
    input int lanes,
    input int act_kib,
    input int act_groups,
    input int wgt_kib,
    input int par_kib,
    input int ktab_kib,
    input int acc_depth,
    input int axi_data_width,
    input int axi_addr_width,
    input int axi_id_width,
    input int outstanding,
    input int queue_depth,
    input int roundings,
    input int row_sum,
    input int dataflows,
    input int taps,
    input int post_act,
    input int add_unit,
    input int engine,
    input int rs_rows,
    input int rs_cols,
    input int ifmap_spad,
    input int wgt_spad,
    input int psum_spad
  );
    int banks_, group_bytes_, wgt_rows_, ktab_rows_, par_rows_;
    banks_ = banks(rows, lanes, axi_data_width);
    group_bytes_ = group_bytes(act_kib, act_groups);
    wgt_rows_ = wgt_rows(rows, wport, wgt_kib);
    ktab_rows_ = ktab_rows(rows, ktab_kib);
    par_rows_ = par_rows(lanes, par_kib);
    legal = (rows >= 2 && rows <= 64) &&
            (cols >= 2 && cols <= 64) &&
            (wport >= 1 && wport <= cols && (cols % larger(1, wport)) == 0) &&
            (lanes >= 1 && lanes <= cols) &&
            (act_kib >= 1 && act_kib <= 4096 && (act_kib & (act_kib - 1)) == 0) &&
            (act_groups >= 1 && act_groups <= 16 && (act_groups & (act_groups - 1)) == 0) &&
            ((group_bytes_ / larger(1, banks_)) >= 2) &&
            (wgt_kib >= 1 && wgt_kib <= 8192 && wgt_rows_ >= 2) &&
            (par_kib >= 1 && par_kib <= 256 && par_rows_ >= 1 && par_rows_ <= 2048) &&
            (ktab_kib >= 1 && ktab_kib <= 1024 && ktab_rows_ <= 65536) &&
            (acc_depth >= 4 && acc_depth <= 1024) &&
            ((axi_data_width == 32 || axi_data_width == 64 || axi_data_width == 128)) &&
            (axi_addr_width >= 32 && axi_addr_width <= 64) &&
            (axi_id_width >= 1 && axi_id_width <= 16) &&
            (outstanding >= 1 && outstanding <= 32) &&
            (queue_depth >= 2 && queue_depth <= 64 && (queue_depth & (queue_depth - 1)) == 0) &&
            (roundings >= 1 && roundings <= ALL_ROUNDINGS) &&
            (row_sum >= 0 && row_sum <= 1) &&
            ((dataflows == 1 || dataflows == 3 || dataflows == 5 || dataflows == 7)) &&
            (dataflows < 2 || (rows >= 3 && engine < 1 && (wport < 2 || cols <= (rows * wport)))) &&
            (dataflows < 4 || wport == 1) &&
            (taps >= 0 && taps <= 64) &&
            (post_act >= 0 && post_act <= 1) &&
            (add_unit >= 0 && add_unit <= post_act) &&
            (engine >= 0 && engine <= 1) &&
            (engine < 1 || ((rows & (rows - 1)) == 0 && (cols & (cols - 1)) == 0)) &&
            (engine < 1 || (wport == 1 && (acc_depth % larger(1, cols)) == 0)) &&
            (engine < 1 || (row_sum == 0 && taps == 0)) &&
            (rs_rows >= 0 && rs_rows <= 32) &&
            (rs_rows >= (2 * engine) && (rows * engine) >= rs_rows) &&
            (rs_cols >= 0 && rs_cols <= 32) &&
            (rs_cols >= (2 * engine) && (cols * engine) >= rs_cols) &&
            (ifmap_spad >= 0 && ifmap_spad <= 32) &&
            (ifmap_spad < 1 || (ifmap_spad & (ifmap_spad - 1)) == 0) &&
            (ifmap_spad >= (4 * engine) && (32 * engine) >= ifmap_spad) &&
            (wgt_spad >= 0 && wgt_spad <= 1022 && (wgt_spad % 2) == 0) &&
            (wgt_spad >= (2 * engine) && (1022 * engine) >= wgt_spad) &&
            (psum_spad >= 0 && psum_spad <= 31) &&
            (psum_spad >= engine && (31 * engine) >= psum_spad);
  endfunction
endpackage

// Refuses illegal elaboration parameters by name; the same rules as Validate() in
// sw/isa/config.cc. No logic.
// Generated from spec/parameters.toml by `make spec`: edit that, not this file.
`include "systole_assert.svh"

module systole_check_params #(
  parameter int ROWS = 16,
  parameter int COLS = 16,
  parameter int WPORT = 1,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int ACT_GROUPS = 4,
  parameter int WGT_KIB = 128,
  parameter int PAR_KIB = 8,
  parameter int KTAB_KIB = 4,
  parameter int ACC_DEPTH = 128,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int AXI_ADDR_WIDTH = 32,
  parameter int AXI_ID_WIDTH = 4,
  parameter int OUTSTANDING = 8,
  parameter int QUEUE_DEPTH = 8,
  parameter int ROUNDINGS = 63,
  parameter int ROW_SUM = 1,
  parameter int DATAFLOWS = 1,
  parameter int TAPS = 3,
  parameter int POST_ACT = 1,
  parameter int ADD_UNIT = 1,
  parameter int ENGINE = 0,
  parameter int RS_ROWS = 0,
  parameter int RS_COLS = 0,
  parameter int IFMAP_SPAD = 0,
  parameter int WGT_SPAD = 0,
  parameter int PSUM_SPAD = 0
) ();
  localparam int BANKS = systole_pkg::banks(
      systole_pkg::larger(ROWS, 1), systole_pkg::larger(LANES, 1),
      systole_pkg::larger(AXI_DATA_WIDTH, 1));
  localparam int GROUP_BYTES = systole_pkg::group_bytes(
      systole_pkg::larger(ACT_KIB, 1), systole_pkg::larger(ACT_GROUPS, 1));
  localparam int WGT_ROWS = systole_pkg::wgt_rows(
      systole_pkg::larger(ROWS, 1), systole_pkg::larger(WPORT, 1),
      systole_pkg::larger(WGT_KIB, 1));
  localparam int KTAB_ROWS = systole_pkg::ktab_rows(
      systole_pkg::larger(ROWS, 1), systole_pkg::larger(KTAB_KIB, 1));
  localparam int PAR_ROWS = systole_pkg::par_rows(
      systole_pkg::larger(LANES, 1), systole_pkg::larger(PAR_KIB, 1));

  `SYSTOLE_REQUIRE(ROWS,
      ROWS >= 2 && ROWS <= 64,
      "2 to 64")
  `SYSTOLE_REQUIRE(COLS,
      COLS >= 2 && COLS <= 64,
      "2 to 64")
  `SYSTOLE_REQUIRE(WPORT,
      WPORT >= 1 && WPORT <= COLS && (COLS % systole_pkg::larger(1, WPORT)) == 0,
      "a divisor of COLS")
  `SYSTOLE_REQUIRE(LANES,
      LANES >= 1 && LANES <= COLS,
      "1 to COLS")
  `SYSTOLE_REQUIRE(ACT_KIB,
      ACT_KIB >= 1 && ACT_KIB <= 4096 && (ACT_KIB & (ACT_KIB - 1)) == 0,
      "a power of two, 1 to 4096")
  `SYSTOLE_REQUIRE(ACT_GROUPS,
      ACT_GROUPS >= 1 && ACT_GROUPS <= 16 && (ACT_GROUPS & (ACT_GROUPS - 1)) == 0,
      "1, 2, 4, 8 or 16")
  if (1) begin : gen_act_kib_2
    `SYSTOLE_REQUIRE(ACT_KIB,
        (GROUP_BYTES / systole_pkg::larger(1, BANKS)) >= 2,
        "at least two rows of banks in each of ACT_GROUPS groups")
  end
  `SYSTOLE_REQUIRE(WGT_KIB,
      WGT_KIB >= 1 && WGT_KIB <= 8192 && WGT_ROWS >= 2,
      "1 to 8192, at least two rows of ROWS * WPORT bytes")
  `SYSTOLE_REQUIRE(PAR_KIB,
      PAR_KIB >= 1 && PAR_KIB <= 256 && PAR_ROWS >= 1 && PAR_ROWS <= 2048,
      "1 to 256, one to 2048 rows of 16 * LANES bytes")
  `SYSTOLE_REQUIRE(KTAB_KIB,
      KTAB_KIB >= 1 && KTAB_KIB <= 1024 && KTAB_ROWS <= 65536,
      "1 to 1024, at most 65536 rows of 2 * ROWS bytes")
  `SYSTOLE_REQUIRE(ACC_DEPTH,
      ACC_DEPTH >= 4 && ACC_DEPTH <= 1024,
      "4 to 1024")
  `SYSTOLE_REQUIRE(AXI_DATA_WIDTH,
      (AXI_DATA_WIDTH == 32 || AXI_DATA_WIDTH == 64 || AXI_DATA_WIDTH == 128),
      "32, 64 or 128")
  `SYSTOLE_REQUIRE(AXI_ADDR_WIDTH,
      AXI_ADDR_WIDTH >= 32 && AXI_ADDR_WIDTH <= 64,
      "32 to 64")
  `SYSTOLE_REQUIRE(AXI_ID_WIDTH,
      AXI_ID_WIDTH >= 1 && AXI_ID_WIDTH <= 16,
      "1 to 16")
  `SYSTOLE_REQUIRE(OUTSTANDING,
      OUTSTANDING >= 1 && OUTSTANDING <= 32,
      "1 to 32")
  `SYSTOLE_REQUIRE(QUEUE_DEPTH,
      QUEUE_DEPTH >= 2 && QUEUE_DEPTH <= 64 && (QUEUE_DEPTH & (QUEUE_DEPTH - 1)) == 0,
      "2, 4, 8, 16, 32 or 64")
  `SYSTOLE_REQUIRE(ROUNDINGS,
      ROUNDINGS >= 1 && ROUNDINGS <= systole_pkg::ALL_ROUNDINGS,
      "a mask of the rounding modes, 1 to 63")
  `SYSTOLE_REQUIRE(ROW_SUM,
      ROW_SUM >= 0 && ROW_SUM <= 1,
      "0 or 1")
  `SYSTOLE_REQUIRE(DATAFLOWS,
      (DATAFLOWS == 1 || DATAFLOWS == 3 || DATAFLOWS == 5 || DATAFLOWS == 7),
      "1 (ws), 3 (ws,os), 5 (ws,is) or 7 (ws,os,is)")
  if (1) begin : gen_dataflows_2
    `SYSTOLE_REQUIRE(DATAFLOWS,
        DATAFLOWS < 2 || (ROWS >= 3 && ENGINE < 1 && (WPORT < 2 || COLS <= (ROWS * WPORT))),
        "1, or more where ROWS is 3 or more, ENGINE 0, and WPORT 1 or COLS / WPORT at most ROWS")
  end
  if (1) begin : gen_dataflows_3
    `SYSTOLE_REQUIRE(DATAFLOWS,
        DATAFLOWS < 4 || WPORT == 1,
        "1 or 3, or 5 or 7 where WPORT is 1")
  end
  `SYSTOLE_REQUIRE(TAPS,
      TAPS >= 0 && TAPS <= 64,
      "0 to 64")
  `SYSTOLE_REQUIRE(POST_ACT,
      POST_ACT >= 0 && POST_ACT <= 1,
      "0 or 1")
  `SYSTOLE_REQUIRE(ADD_UNIT,
      ADD_UNIT >= 0 && ADD_UNIT <= POST_ACT,
      "0, or 1 with POST_ACT")
  `SYSTOLE_REQUIRE(ENGINE,
      ENGINE >= 0 && ENGINE <= 1,
      "0 or 1")
  if (1) begin : gen_engine_2
    `SYSTOLE_REQUIRE(ENGINE,
        ENGINE < 1 || ((ROWS & (ROWS - 1)) == 0 && (COLS & (COLS - 1)) == 0),
        "0, or 1 where ROWS and COLS are powers of two")
  end
  if (1) begin : gen_engine_3
    `SYSTOLE_REQUIRE(ENGINE,
        ENGINE < 1 || (WPORT == 1 && (ACC_DEPTH % systole_pkg::larger(1, COLS)) == 0),
        "0, or 1 where WPORT is 1 and ACC_DEPTH a multiple of COLS")
  end
  if (1) begin : gen_engine_4
    `SYSTOLE_REQUIRE(ENGINE,
        ENGINE < 1 || (ROW_SUM == 0 && TAPS == 0),
        "0, or 1 where ROW_SUM and TAPS are 0")
  end
  `SYSTOLE_REQUIRE(RS_ROWS,
      RS_ROWS >= 0 && RS_ROWS <= 32,
      "0 to 32")
  if (1) begin : gen_rs_rows_2
    `SYSTOLE_REQUIRE(RS_ROWS,
        RS_ROWS >= (2 * ENGINE) && (ROWS * ENGINE) >= RS_ROWS,
        "0 with ENGINE 0, 2 to ROWS with ENGINE 1")
  end
  `SYSTOLE_REQUIRE(RS_COLS,
      RS_COLS >= 0 && RS_COLS <= 32,
      "0 to 32")
  if (1) begin : gen_rs_cols_2
    `SYSTOLE_REQUIRE(RS_COLS,
        RS_COLS >= (2 * ENGINE) && (COLS * ENGINE) >= RS_COLS,
        "0 with ENGINE 0, 2 to COLS with ENGINE 1")
  end
  `SYSTOLE_REQUIRE(IFMAP_SPAD,
      IFMAP_SPAD >= 0 && IFMAP_SPAD <= 32,
      "0, 4, 8, 16 or 32")
  if (1) begin : gen_ifmap_spad_2
    `SYSTOLE_REQUIRE(IFMAP_SPAD,
        IFMAP_SPAD < 1 || (IFMAP_SPAD & (IFMAP_SPAD - 1)) == 0,
        "0, 4, 8, 16 or 32")
  end
  if (1) begin : gen_ifmap_spad_3
    `SYSTOLE_REQUIRE(IFMAP_SPAD,
        IFMAP_SPAD >= (4 * ENGINE) && (32 * ENGINE) >= IFMAP_SPAD,
        "0 with ENGINE 0, 4 or more with ENGINE 1")
  end
  `SYSTOLE_REQUIRE(WGT_SPAD,
      WGT_SPAD >= 0 && WGT_SPAD <= 1022 && (WGT_SPAD % 2) == 0,
      "an even number, 0 to 1022")
  if (1) begin : gen_wgt_spad_2
    `SYSTOLE_REQUIRE(WGT_SPAD,
        WGT_SPAD >= (2 * ENGINE) && (1022 * ENGINE) >= WGT_SPAD,
        "0 with ENGINE 0, 2 or more with ENGINE 1")
  end
  `SYSTOLE_REQUIRE(PSUM_SPAD,
      PSUM_SPAD >= 0 && PSUM_SPAD <= 31,
      "0 to 31")
  if (1) begin : gen_psum_spad_2
    `SYSTOLE_REQUIRE(PSUM_SPAD,
        PSUM_SPAD >= ENGINE && (31 * ENGINE) >= PSUM_SPAD,
        "0 with ENGINE 0, 1 or more with ENGINE 1")
  end
endmodule

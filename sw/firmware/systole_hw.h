/* The accelerator for firmware in C99: registers and their bits, counters, error codes, parameters
   as the PARAM registers tell them, opcodes, instruction fields, rounding modes.
   Generated from spec/ by `make spec`: edit the definitions there, not this file. */
#ifndef SYSTOLE_HW_H
#define SYSTOLE_HW_H

#include <stdint.h>

#define SYSTOLE_ID 0x53595354u
#define SYSTOLE_VERSION 0x00010000u

/* Registers, byte offsets */
#define SYSTOLE_REG_ID 0x000u      /* "SYST" */
#define SYSTOLE_REG_VERSION 0x004u /* major << 16, minor */
/* writing 0 to a bit does nothing; with both, SOFT_RESET alone is done */
#define SYSTOLE_REG_CTRL 0x008u
#define SYSTOLE_REG_STATUS 0x00Cu
/* [7:0] code, [15:8] engine: 0 LOAD, 1 MATMUL, 2 POST, 3 STORE, 4 fetch and dispatch */
#define SYSTOLE_REG_ERROR 0x010u
#define SYSTOLE_REG_ERROR_PC 0x014u /* index of the instruction, counted from 0 */
#define SYSTOLE_REG_IRQ_ENABLE 0x018u
/* the interrupt is high while IRQ_STATUS & IRQ_ENABLE is not 0 */
#define SYSTOLE_REG_IRQ_STATUS 0x01Cu
#define SYSTOLE_REG_PROG_LO 0x020u /* address of instruction 0, a multiple of 256 */
#define SYSTOLE_REG_PROG_HI 0x024u /* its high word */
/* number of instructions; 0 is a run of two cycles */
#define SYSTOLE_REG_PROG_LEN 0x028u
#define SYSTOLE_REG_WATCHDOG 0x02Cu /* cycles without progress that end a run; 0: off */
/* read window: first byte that LOAD and fetch may read */
#define SYSTOLE_REG_RD_BASE_LO 0x030u
#define SYSTOLE_REG_RD_BASE_HI 0x034u /* its high word */
#define SYSTOLE_REG_RD_LAST_LO 0x038u /* read window: last byte (inclusive) */
#define SYSTOLE_REG_RD_LAST_HI 0x03Cu /* its high word */
/* write window: first byte that STORE may write */
#define SYSTOLE_REG_WR_BASE_LO 0x040u
#define SYSTOLE_REG_WR_BASE_HI 0x044u /* its high word */
#define SYSTOLE_REG_WR_LAST_LO 0x048u /* write window: last byte (inclusive) */
#define SYSTOLE_REG_WR_LAST_HI 0x04Cu /* its high word */
#define SYSTOLE_REG_PARAM0 0x080u
#define SYSTOLE_REG_PARAM1 0x084u
#define SYSTOLE_REG_PARAM2 0x088u
#define SYSTOLE_REG_PARAM3 0x08Cu
#define SYSTOLE_REG_PARAM4 0x090u
#define SYSTOLE_REG_PARAM5 0x094u
#define SYSTOLE_REG_PARAM6 0x098u

/* Counters: low word, the high word 4 bytes on; read low, then high */
#define SYSTOLE_REG_CNT_TOTAL 0x100u /* cycles of the last run */
/* multiply-adds: lanes x columns, summed over vectors */
#define SYSTOLE_REG_CNT_MACS 0x108u
/* beats of the data port read (fetch is not counted) */
#define SYSTOLE_REG_CNT_READ_BEATS 0x110u
#define SYSTOLE_REG_CNT_WRITE_BEATS 0x118u /* beats of the data port written */
#define SYSTOLE_REG_CNT_ENGINE 0x120u
#define SYSTOLE_REG_CNT(engine, cause) (SYSTOLE_REG_CNT_ENGINE + 32u * (engine) + 8u * (cause))
#define SYSTOLE_CAUSE_BUSY 0 /* within an instruction's occupancy */
/* tokens of the instruction at the queue's output are missing */
#define SYSTOLE_CAUSE_WAIT_TOKEN 1
/* an instruction at the queue's output cannot issue for another reason */
#define SYSTOLE_CAUSE_WAIT_DATA 2
#define SYSTOLE_CAUSE_EMPTY 3 /* nothing at the queue's output */

/* Bits of registers, as masks */
#define SYSTOLE_CTRL_START 0x1u
#define SYSTOLE_CTRL_SOFT_RESET 0x2u
#define SYSTOLE_STATUS_BUSY 0x1u
#define SYSTOLE_STATUS_DONE 0x2u
#define SYSTOLE_STATUS_ERROR 0x4u
#define SYSTOLE_STATUS_DRAINING 0x8u
#define SYSTOLE_IRQ_DONE 0x1u
#define SYSTOLE_IRQ_ERROR 0x2u

/* Parameters: PARAM register, lowest bit, width */
/* array rows: lanes of the reduction axis K */
#define SYSTOLE_PARAM_ROWS_REG SYSTOLE_REG_PARAM0
#define SYSTOLE_PARAM_ROWS_LSB 0
#define SYSTOLE_PARAM_ROWS_W 8
#define SYSTOLE_PARAM_COLS_REG SYSTOLE_REG_PARAM0 /* array columns: filters */
#define SYSTOLE_PARAM_COLS_LSB 8
#define SYSTOLE_PARAM_COLS_W 8
#define SYSTOLE_PARAM_WPORT_REG SYSTOLE_REG_PARAM0 /* weight columns loaded per cycle */
#define SYSTOLE_PARAM_WPORT_LSB 16
#define SYSTOLE_PARAM_WPORT_W 8
#define SYSTOLE_PARAM_LANES_REG SYSTOLE_REG_PARAM0 /* requantize lanes */
#define SYSTOLE_PARAM_LANES_LSB 24
#define SYSTOLE_PARAM_LANES_W 8
#define SYSTOLE_PARAM_ACT_KIB_REG SYSTOLE_REG_PARAM1 /* activation buffer, KiB */
#define SYSTOLE_PARAM_ACT_KIB_LSB 0
#define SYSTOLE_PARAM_ACT_KIB_W 16
/* its address groups: one reader and one writer each */
#define SYSTOLE_PARAM_ACT_GROUPS_REG SYSTOLE_REG_PARAM1
#define SYSTOLE_PARAM_ACT_GROUPS_LSB 16
#define SYSTOLE_PARAM_ACT_GROUPS_W 6
#define SYSTOLE_PARAM_WGT_KIB_REG SYSTOLE_REG_PARAM2 /* weight buffer, KiB */
#define SYSTOLE_PARAM_WGT_KIB_LSB 0
#define SYSTOLE_PARAM_WGT_KIB_W 16
/* parameter memory, KiB (16 bytes a channel) */
#define SYSTOLE_PARAM_PAR_KIB_REG SYSTOLE_REG_PARAM2
#define SYSTOLE_PARAM_PAR_KIB_LSB 16
#define SYSTOLE_PARAM_PAR_KIB_W 16
/* offset table, KiB (2 bytes a lane) */
#define SYSTOLE_PARAM_KTAB_KIB_REG SYSTOLE_REG_PARAM3
#define SYSTOLE_PARAM_KTAB_KIB_LSB 16
#define SYSTOLE_PARAM_KTAB_KIB_W 16
/* accumulator entries per half */
#define SYSTOLE_PARAM_ACC_DEPTH_REG SYSTOLE_REG_PARAM3
#define SYSTOLE_PARAM_ACC_DEPTH_LSB 0
#define SYSTOLE_PARAM_ACC_DEPTH_W 16
/* data bits of both memory ports */
#define SYSTOLE_PARAM_AXI_DATA_WIDTH_REG SYSTOLE_REG_PARAM4
#define SYSTOLE_PARAM_AXI_DATA_WIDTH_LSB 0
#define SYSTOLE_PARAM_AXI_DATA_WIDTH_W 8
/* address bits of both memory ports; addresses that need more are outside every window */
#define SYSTOLE_PARAM_AXI_ADDR_WIDTH_REG SYSTOLE_REG_PARAM4
#define SYSTOLE_PARAM_AXI_ADDR_WIDTH_LSB 16
#define SYSTOLE_PARAM_AXI_ADDR_WIDTH_W 8
/* identifier bits of both memory ports */
#define SYSTOLE_PARAM_AXI_ID_WIDTH_REG SYSTOLE_REG_PARAM4
#define SYSTOLE_PARAM_AXI_ID_WIDTH_LSB 24
#define SYSTOLE_PARAM_AXI_ID_WIDTH_W 8
/* read and write bursts in flight */
#define SYSTOLE_PARAM_OUTSTANDING_REG SYSTOLE_REG_PARAM5
#define SYSTOLE_PARAM_OUTSTANDING_LSB 8
#define SYSTOLE_PARAM_OUTSTANDING_W 8
/* instructions queued per engine */
#define SYSTOLE_PARAM_QUEUE_DEPTH_REG SYSTOLE_REG_PARAM5
#define SYSTOLE_PARAM_QUEUE_DEPTH_LSB 0
#define SYSTOLE_PARAM_QUEUE_DEPTH_W 8
/* bit r: rounding mode r is included */
#define SYSTOLE_PARAM_ROUNDINGS_REG SYSTOLE_REG_PARAM5
#define SYSTOLE_PARAM_ROUNDINGS_LSB 16
#define SYSTOLE_PARAM_ROUNDINGS_W 8
/* 1: the row-sum column (asymmetric weights) is included */
#define SYSTOLE_PARAM_ROW_SUM_REG SYSTOLE_REG_PARAM5
#define SYSTOLE_PARAM_ROW_SUM_LSB 24
#define SYSTOLE_PARAM_ROW_SUM_W 1
/* bit 0: weight stationary; bit 1: output stationary too; bit 2: input stationary too */
#define SYSTOLE_PARAM_DATAFLOWS_REG SYSTOLE_REG_PARAM5
#define SYSTOLE_PARAM_DATAFLOWS_LSB 25
#define SYSTOLE_PARAM_DATAFLOWS_W 7
/* array rows that take their column's own lane in column mode; 0: it is not built */
#define SYSTOLE_PARAM_TAPS_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_TAPS_LSB 0
#define SYSTOLE_PARAM_TAPS_W 8
/* 1: POST reads the activation buffer too (PostAct: pools, rescaling, copies) */
#define SYSTOLE_PARAM_POST_ACT_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_POST_ACT_LSB 8
#define SYSTOLE_PARAM_POST_ACT_W 1
/* 1: POST adds two tensors (PostActAdd) */
#define SYSTOLE_PARAM_ADD_UNIT_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_ADD_UNIT_LSB 9
#define SYSTOLE_PARAM_ADD_UNIT_W 1
/* MATMUL's array: 0 weight stationary, 1 row stationary (RowConv for Matmul) */
#define SYSTOLE_PARAM_ENGINE_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_ENGINE_LSB 10
#define SYSTOLE_PARAM_ENGINE_W 1
/* rows of the row-stationary array */
#define SYSTOLE_PARAM_RS_ROWS_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_RS_ROWS_LSB 11
#define SYSTOLE_PARAM_RS_ROWS_W 6
#define SYSTOLE_PARAM_RS_COLS_REG SYSTOLE_REG_PARAM6 /* its columns */
#define SYSTOLE_PARAM_RS_COLS_LSB 17
#define SYSTOLE_PARAM_RS_COLS_W 6
/* input words that each of its elements keeps */
#define SYSTOLE_PARAM_IFMAP_SPAD_REG SYSTOLE_REG_PARAM6
#define SYSTOLE_PARAM_IFMAP_SPAD_LSB 23
#define SYSTOLE_PARAM_IFMAP_SPAD_W 6
/* weights that each of its elements keeps, in two halves */
#define SYSTOLE_PARAM_WGT_SPAD_REG SYSTOLE_REG_PARAM1
#define SYSTOLE_PARAM_WGT_SPAD_LSB 22
#define SYSTOLE_PARAM_WGT_SPAD_W 10
/* sums that each of its elements keeps */
#define SYSTOLE_PARAM_PSUM_SPAD_REG SYSTOLE_REG_PARAM4
#define SYSTOLE_PARAM_PSUM_SPAD_LSB 8
#define SYSTOLE_PARAM_PSUM_SPAD_W 8

/* Register ERROR: [7:0] code, [15:8] engine */
#define SYSTOLE_ENGINE_LOAD 0
#define SYSTOLE_ENGINE_MATMUL 1
#define SYSTOLE_ENGINE_POST 2
#define SYSTOLE_ENGINE_STORE 3
#define SYSTOLE_ENGINE_FETCH 4
#define SYSTOLE_ERR_NONE 0           /* none */
#define SYSTOLE_ERR_BAD_OPCODE 1     /* unknown opcode */
#define SYSTOLE_ERR_BAD_FIELD 2      /* illegal or unsupported field value */
#define SYSTOLE_ERR_BUFFER_RANGE 3   /* buffer address out of range */
#define SYSTOLE_ERR_READ_WINDOW 4    /* read outside the read window */
#define SYSTOLE_ERR_WRITE_WINDOW 5   /* write outside the write window */
#define SYSTOLE_ERR_TOKEN 6          /* token that never comes, or token counter overflow */
#define SYSTOLE_ERR_READ_RESPONSE 7  /* AXI read error response */
#define SYSTOLE_ERR_WRITE_RESPONSE 8 /* AXI write error response */
#define SYSTOLE_ERR_WATCHDOG 9       /* watchdog */
/* two readers or two writers on one activation group, or lanes in one bank */
#define SYSTOLE_ERR_CONFLICT 10

#define SYSTOLE_INSTRUCTION_WORDS 8
#define SYSTOLE_OP_LOAD_ACT 0x10  /* memory -> activation buffer, lines with strides */
#define SYSTOLE_OP_LOAD_WGT 0x11  /* memory -> weight buffer rows */
#define SYSTOLE_OP_LOAD_KTAB 0x12 /* memory -> offset table rows */
#define SYSTOLE_OP_LOAD_PAR 0x13  /* memory -> parameter rows */
#define SYSTOLE_OP_FILL 0x14      /* constant -> activation buffer (halos) */
#define SYSTOLE_OP_SYNC_LOAD 0x1F /* tokens only */
/* activations x weights -> accumulators: one column fold of one tile */
#define SYSTOLE_OP_MATMUL 0x20
/* likewise on the row-stationary array: one mapping's steps over a tile */
#define SYSTOLE_OP_ROW_CONV 0x21
#define SYSTOLE_OP_SYNC_MATMUL 0x2F /* tokens only */
#define SYSTOLE_OP_POST 0x30        /* accumulators -> pool, requantize -> activation buffer */
/* activation buffer -> pool or sum, requantize -> activation buffer */
#define SYSTOLE_OP_POST_ACT 0x32
/* the sum of two tensors in the activation buffer -> activation buffer */
#define SYSTOLE_OP_POST_ACT_ADD 0x33
#define SYSTOLE_OP_SYNC_POST 0x3F  /* tokens only */
#define SYSTOLE_OP_STORE 0x40      /* activation buffer -> memory, lines with strides */
#define SYSTOLE_OP_SYNC_STORE 0x4F /* tokens only */

#define SYSTOLE_ROUND_FLOOR 0     /* arithmetic right shift */
#define SYSTOLE_ROUND_HALF_UP 1   /* (p + 2^(s-1)) >> s */
#define SYSTOLE_ROUND_HALF_AWAY 2 /* nearest, ties away from zero */
#define SYSTOLE_ROUND_HALF_EVEN 3 /* nearest, ties to even */
#define SYSTOLE_ROUND_TFLITE 4    /* TensorFlow Lite's two roundings */
#define SYSTOLE_ROUND_FLOAT32 5   /* three IEEE single precision roundings */

/* Instruction fields: lowest bit, width */
#define SYSTOLE_FIELD_OPCODE 0, 8 /* engine + 1 in the high nibble */
/* tokens taken at issue from engine LOAD (own engine: must be 0) */
#define SYSTOLE_FIELD_POP_LOAD 8, 3
#define SYSTOLE_FIELD_POP_MATMUL 11, 3 /* likewise from MATMUL */
#define SYSTOLE_FIELD_POP_POST 14, 3   /* likewise from POST */
#define SYSTOLE_FIELD_POP_STORE 17, 3  /* likewise from STORE */
/* at retire: one token to each engine e whose bit e is set (own bit: must be 0) */
#define SYSTOLE_FIELD_PUSH 20, 4
/* memory byte address of line 0 (a multiple of the AXI beat) */
#define SYSTOLE_FIELD_LS_ADDR 32, 64
/* bytes per line, 1 or more; the last beat of a line may be partial */
#define SYSTOLE_FIELD_LS_BYTES 96, 24
#define SYSTOLE_FIELD_LS_FILL 120, 8   /* FILL: the value */
#define SYSTOLE_FIELD_LS_LINES 128, 16 /* number of lines, 1 or more */
/* bytes from line to line in memory (a multiple of the beat) */
#define SYSTOLE_FIELD_LS_MEM_STRIDE 160, 32
/* activation buffer: byte address; other buffers: row index */
#define SYSTOLE_FIELD_LS_BUF 192, 24
/* activation buffer: bytes from line to line (other buffers: 0, LsLines = 1) */
#define SYSTOLE_FIELD_LS_BUF_STRIDE 224, 24
/* slice 0 writes the accumulators without reading them */
#define SYSTOLE_FIELD_MM_FIRST 24, 1
/* 1: slice i uses offset row MmKtab + i; 0: every slice uses row MmKtab */
#define SYSTOLE_FIELD_MM_KTAB_INC 25, 1
#define SYSTOLE_FIELD_MM_HALF 26, 1 /* accumulator half */
/* 0 weight stationary; 1 output stationary; 2 input stationary; 3 weight stationary in column
   mode */
#define SYSTOLE_FIELD_MM_DATAFLOW 28, 2
/* activation byte address of the first window (slice 0) */
#define SYSTOLE_FIELD_MM_BASE 32, 24
/* columns used, 1 to COLS; in column mode lanes too, 1 to min(ROWS, COLS); output stationary 1
   to OS_COLS; input stationary the filters, 1 or more */
#define SYSTOLE_FIELD_MM_WCOLS 56, 7
/* window base strides of the three nested counters, x fastest */
#define SYSTOLE_FIELD_MM_STRIDE_X 64, 16
#define SYSTOLE_FIELD_MM_STRIDE_Y 80, 16 /* likewise for y */
#define SYSTOLE_FIELD_MM_STRIDE_B 96, 24 /* likewise for b */
/* valid lanes of the last slice, 1 to ROWS (all others: ROWS); in column mode the taps of a
   slice that count as MACs, 1 to TAP_ROWS */
#define SYSTOLE_FIELD_MM_KLAST 120, 7
/* M = Nx * Ny * Nb vectors; weight stationary MmAccBase + M <= ACC_DEPTH, output stationary
   MmWgtRow + M <= WGT_ROWS; input stationary Nb tiles of Nx * Ny pixels, at most COLS */
#define SYSTOLE_FIELD_MM_NX 128, 10
#define SYSTOLE_FIELD_MM_NY 138, 10 /* likewise for y */
#define SYSTOLE_FIELD_MM_NB 148, 10 /* likewise for b */
/* F, number of K-slices (folds), output stationary of tiles of ROWS pixels, 1 or more */
#define SYSTOLE_FIELD_MM_KSLICES 160, 16
/* vector v goes to accumulator entry MmAccBase + v; output stationary lane j of tile i to
   MmAccBase + i * ROWS + j */
#define SYSTOLE_FIELD_MM_ACC_BASE 176, 10
#define SYSTOLE_FIELD_MM_KTAB 192, 16 /* offset table row of slice 0 */
/* added to the window base at each further slice */
#define SYSTOLE_FIELD_MM_BASE_INC 208, 16
/* weight buffer row (per weight bank) of slice 0; output stationary of vector 0, input
   stationary of filter 0 in slice 0, of every tile */
#define SYSTOLE_FIELD_MM_WGT_ROW 224, 24
/* input stationary: accumulator entries from COLS filters to the next COLS; others: not used */
#define SYSTOLE_FIELD_MM_ACC_INC 248, 8
/* slice 0 writes the accumulators without reading them */
#define SYSTOLE_FIELD_RC_FIRST 24, 1
/* 1: groups m2 take channel m2 and make output m2 */
#define SYSTOLE_FIELD_RC_DEPTHWISE 25, 1
#define SYSTOLE_FIELD_RC_HALF 26, 1 /* accumulator half */
#define SYSTOLE_FIELD_RC_M0 27, 5   /* filters in an element */
/* activation byte address of the first window (slice 0) */
#define SYSTOLE_FIELD_RC_BASE 32, 24
#define SYSTOLE_FIELD_RC_M3 56, 5 /* filters along columns: x = q + Q1 m3 */
#define SYSTOLE_FIELD_RC_HS 61, 3 /* stride across input rows */
/* bytes from one column of the input to the next */
#define SYSTOLE_FIELD_RC_PITCH 64, 12
#define SYSTOLE_FIELD_RC_R1 76, 4 /* taps along a row in an element */
/* window base strides of y and b; x moves Ws columns */
#define SYSTOLE_FIELD_RC_STRIDE_Y 80, 16
#define SYSTOLE_FIELD_RC_STRIDE_B 96, 24 /* likewise for b */
#define SYSTOLE_FIELD_RC_C1 120, 5       /* channels in an element */
#define SYSTOLE_FIELD_RC_WS 125, 3       /* stride along input rows */
/* M = Nx * Ny * Nb output positions, AccBase + M * COLS <= ACC_DEPTH */
#define SYSTOLE_FIELD_RC_NX 128, 10
#define SYSTOLE_FIELD_RC_NY 138, 10 /* likewise for y */
#define SYSTOLE_FIELD_RC_NB 148, 6  /* likewise for b */
#define SYSTOLE_FIELD_RC_C2 154, 6  /* channels along rows: y = s + S1 (c2 + C2 m2) */
/* F, sets of weights whose sums add up, 1 or more */
#define SYSTOLE_FIELD_RC_KSLICES 160, 8
#define SYSTOLE_FIELD_RC_S1 168, 6 /* taps across rows along rows */
/* position v, column x: accumulator entry AccBase + v * COLS + x; a multiple of COLS */
#define SYSTOLE_FIELD_RC_ACC_BASE 176, 10
#define SYSTOLE_FIELD_RC_Q1 186, 6 /* output rows along columns */
/* offset table row of the first ROWS input rows; the others follow */
#define SYSTOLE_FIELD_RC_KTAB 192, 8
#define SYSTOLE_FIELD_RC_M2 200, 6 /* filters along rows */
/* added to the window base at each further slice */
#define SYSTOLE_FIELD_RC_BASE_INC 208, 16
/* weight buffer row of slice 0; a slice takes M3 M0 R1 C1 rows */
#define SYSTOLE_FIELD_RC_WGT_ROW 224, 24
/* column of the entry that channel 0 goes to, JBase + M2 M0 <= COLS */
#define SYSTOLE_FIELD_RC_J_BASE 248, 6
#define SYSTOLE_FIELD_PO_HALF 24, 1 /* accumulator half */
/* 1: each tap is the max of columns col and col + PoCsPair */
#define SYSTOLE_FIELD_PO_PAIR 25, 1
#define SYSTOLE_FIELD_PO_ROUNDING 26, 3 /* rounding mode */
/* accumulator entry = base + y*EsY + x*EsX + ty*EsTy + tx*EsTx (modulo 2^10) */
#define SYSTOLE_FIELD_PO_ACC_BASE 32, 10
#define SYSTOLE_FIELD_PO_NX 42, 10    /* output pixels in x */
#define SYSTOLE_FIELD_PO_NY 52, 10    /* output pixels in y */
#define SYSTOLE_FIELD_PO_ES_X 64, 10  /* entries from pixel to pixel in x (modular) */
#define SYSTOLE_FIELD_PO_ES_Y 74, 10  /* entries from pixel to pixel in y (modular) */
#define SYSTOLE_FIELD_PO_ES_TX 84, 10 /* entries from tap to tap in x (modular) */
#define SYSTOLE_FIELD_PO_ES_TY 96, 10 /* entries from tap to tap in y (modular) */
#define SYSTOLE_FIELD_PO_NTX 106, 4   /* taps in x */
#define SYSTOLE_FIELD_PO_NTY 110, 4   /* taps in y */
/* column = PoCol + chunk*LANES + lane + ty*CsTy + tx*CsTx (modulo 2^7) */
#define SYSTOLE_FIELD_PO_CS_TX 114, 7
#define SYSTOLE_FIELD_PO_CS_TY 121, 7 /* columns from tap to tap in y (modular) */
#define SYSTOLE_FIELD_PO_COL 128, 7   /* column of channel 0, tap (0, 0) */
/* columns from a tap to the other of its pair (modular) */
#define SYSTOLE_FIELD_PO_CS_PAIR 135, 7
/* channels written per output pixel; chunks = ceil(Nchan / LANES) */
#define SYSTOLE_FIELD_PO_NCHAN 142, 7
/* parameter row of chunk 0 (a row holds LANES channels) */
#define SYSTOLE_FIELD_PO_PAR 149, 11
/* activation byte address = PoOut + y*SY + x*SX + chunk*LANES + lane */
#define SYSTOLE_FIELD_PO_OUT 160, 24
#define SYSTOLE_FIELD_PO_ZW 184, 8  /* weight zero point, int8 */
#define SYSTOLE_FIELD_PO_SX 192, 16 /* bytes from pixel to pixel in x */
#define SYSTOLE_FIELD_PO_SY 208, 16 /* bytes from pixel to pixel in y */
#define SYSTOLE_FIELD_PO_ZY 224, 8  /* output zero point, int8 */
#define SYSTOLE_FIELD_PO_LO 232, 8  /* clamp, int8: lowest */
#define SYSTOLE_FIELD_PO_HI 240, 8  /* clamp, int8: highest */
/* 1: every chunk takes parameter row PoPar; 0: chunk k takes row PoPar + k */
#define SYSTOLE_FIELD_PA_ROW 24, 1
/* 1: waits until every earlier instruction of POST has retired */
#define SYSTOLE_FIELD_PA_AFTER 25, 1
#define SYSTOLE_FIELD_PA_SUM 29, 1 /* 1: the sum of the taps; 0: their maximum */
/* channels written per output pixel; chunks = ceil(Nchan / LANES) */
#define SYSTOLE_FIELD_PA_NCHAN 30, 12
/* activation byte read = PaSrc + y*RsY + x*RsX + ty*RsTy + tx*RsTx + chunk*LANES + lane */
#define SYSTOLE_FIELD_PA_SRC 62, 24
#define SYSTOLE_FIELD_PA_RS_Y 86, 16   /* bytes from pixel to pixel in y */
#define SYSTOLE_FIELD_PA_RS_X 102, 16  /* bytes from pixel to pixel in x */
#define SYSTOLE_FIELD_PA_RS_TY 118, 16 /* bytes from tap to tap in y */
#define SYSTOLE_FIELD_PA_RS_TX 134, 15 /* bytes from tap to tap in x */
#define SYSTOLE_FIELD_PA_NTX 184, 6    /* taps in x */
#define SYSTOLE_FIELD_PA_NTY 248, 6    /* taps in y */
/* second operand: activation byte = PbSrc + y*PbRsY + x*SX + chunk*LANES + lane */
#define SYSTOLE_FIELD_PB_SRC 102, 24
#define SYSTOLE_FIELD_PB_RS_Y 126, 16 /* its bytes from pixel to pixel in y */

/* An instruction: SYSTOLE_INSTRUCTION_WORDS little-endian 32-bit words. Fields are named by
   SYSTOLE_FIELD_<NAME>, which stands for the pair (lowest bit, width). */
static inline void systole_set(uint32_t *words, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned i = 0; i < width; ++i) {
    const uint32_t mask = (uint32_t)1 << ((lsb + i) % 32);
    const uint32_t bit = (uint32_t)(value >> i) & 1 ? mask : 0;
    words[(lsb + i) / 32] = (words[(lsb + i) / 32] & ~mask) | bit;
  }
}

static inline uint64_t systole_get(const uint32_t *words, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) {
    value |= (uint64_t)(words[(lsb + i) / 32] >> ((lsb + i) % 32) & 1) << i;
  }
  return value;
}

#endif

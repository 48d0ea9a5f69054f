// The accelerator: control registers, fetch, four engines, their queues and tokens, the buffers
// between them. Wiring only.
//
//   s_axil_* --> systole_csr --> systole_control --> everything
//   m_axi_fetch_* --> systole_fetch --> checks --> systole_queue, systole_engine_frame --> engines
//   m_axi_ar/r --> systole_load --> buffers --> systole_matmul --> accumulators -->
//     systole_post --> buffers --> systole_store --> m_axi_aw/w/b
//
// Timing: docs/timing.md. Protocol: AXI4-Lite register port (docs/registers.md), AXI4 INCR
// full-width bursts, AxID 0.
`include "systole_assert.svh"

module systole_top #(
  // spec: begin parameters
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
  // spec: end
) (
  input  logic clk_i,
  input  logic rst_ni,
  output logic irq_o,

  // Host: registers (AXI4-Lite)
  input  logic [11:0] s_axil_awaddr,
  input  logic [2:0]  s_axil_awprot,
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  output logic [1:0]  s_axil_bresp,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  input  logic [11:0] s_axil_araddr,
  input  logic [2:0]  s_axil_arprot,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,

  // Memory: data (AXI4). LOAD reads, STORE writes.
  output logic [AXI_ID_WIDTH-1:0]     m_axi_awid,
  output logic [AXI_ADDR_WIDTH-1:0]   m_axi_awaddr,
  output logic [7:0]                  m_axi_awlen,
  output logic [2:0]                  m_axi_awsize,
  output logic [1:0]                  m_axi_awburst,
  output logic                        m_axi_awlock,
  output logic [3:0]                  m_axi_awcache,
  output logic [2:0]                  m_axi_awprot,
  output logic [3:0]                  m_axi_awqos,
  output logic                        m_axi_awvalid,
  input  logic                        m_axi_awready,
  output logic [AXI_DATA_WIDTH-1:0]   m_axi_wdata,
  output logic [AXI_DATA_WIDTH/8-1:0] m_axi_wstrb,
  output logic                        m_axi_wlast,
  output logic                        m_axi_wvalid,
  input  logic                        m_axi_wready,
  input  logic [AXI_ID_WIDTH-1:0]     m_axi_bid,
  input  logic [1:0]                  m_axi_bresp,
  input  logic                        m_axi_bvalid,
  output logic                        m_axi_bready,
  output logic [AXI_ID_WIDTH-1:0]     m_axi_arid,
  output logic [AXI_ADDR_WIDTH-1:0]   m_axi_araddr,
  output logic [7:0]                  m_axi_arlen,
  output logic [2:0]                  m_axi_arsize,
  output logic [1:0]                  m_axi_arburst,
  output logic                        m_axi_arlock,
  output logic [3:0]                  m_axi_arcache,
  output logic [2:0]                  m_axi_arprot,
  output logic [3:0]                  m_axi_arqos,
  output logic                        m_axi_arvalid,
  input  logic                        m_axi_arready,
  input  logic [AXI_ID_WIDTH-1:0]     m_axi_rid,
  input  logic [AXI_DATA_WIDTH-1:0]   m_axi_rdata,
  input  logic [1:0]                  m_axi_rresp,
  input  logic                        m_axi_rlast,
  input  logic                        m_axi_rvalid,
  output logic                        m_axi_rready,

  // Memory: program (AXI4, read only)
  output logic [AXI_ID_WIDTH-1:0]   m_axi_fetch_arid,
  output logic [AXI_ADDR_WIDTH-1:0] m_axi_fetch_araddr,
  output logic [7:0]                m_axi_fetch_arlen,
  output logic [2:0]                m_axi_fetch_arsize,
  output logic [1:0]                m_axi_fetch_arburst,
  output logic                      m_axi_fetch_arlock,
  output logic [3:0]                m_axi_fetch_arcache,
  output logic [2:0]                m_axi_fetch_arprot,
  output logic [3:0]                m_axi_fetch_arqos,
  output logic                      m_axi_fetch_arvalid,
  input  logic                      m_axi_fetch_arready,
  input  logic [AXI_ID_WIDTH-1:0]   m_axi_fetch_rid,
  input  logic [AXI_DATA_WIDTH-1:0] m_axi_fetch_rdata,
  input  logic [1:0]                m_axi_fetch_rresp,
  input  logic                      m_axi_fetch_rlast,
  input  logic                      m_axi_fetch_rvalid,
  output logic                      m_axi_fetch_rready
);
  localparam int CODE_W = systole_pkg::CODE_W;
  localparam int PC_W = systole_pkg::PC_W;
  // Observation points for a test bench (read hierarchically, never driven), engine e = LOAD 0,
  // MATMUL 1, POST 2, STORE 3:
  //   run            high in every cycle of a run, cycle 0 included
  //   issue[e] with head_pc[32*e +: 32]; sync[e]: the issue of a Sync (it retires with it)
  //   retire[e] with oldest_pc[32*e +: 32]
  //   ld_act_we, ld_act_addr, ld_act_n, ld_act_data   and   po_we, po_addr, po_n, po_data: writes
  //   to the activation buffer
  // The activation buffer's banks, and the bits of a row number in one.
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH);
  localparam int ROW_BITS = $clog2(systole_pkg::act_bytes(ACT_KIB)) - $clog2(BANKS);

  systole_check_params #(
    // spec: begin pass
    .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_KIB(ACT_KIB),
    .ACT_GROUPS(ACT_GROUPS), .WGT_KIB(WGT_KIB), .PAR_KIB(PAR_KIB), .KTAB_KIB(KTAB_KIB),
    .ACC_DEPTH(ACC_DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH),
    .AXI_ID_WIDTH(AXI_ID_WIDTH), .OUTSTANDING(OUTSTANDING), .QUEUE_DEPTH(QUEUE_DEPTH),
    .ROUNDINGS(ROUNDINGS), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS),
    .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT), .ENGINE(ENGINE), .RS_ROWS(RS_ROWS),
    .RS_COLS(RS_COLS), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
    // spec: end
  ) u_check_params ();

  // ---- Registers and run control
  logic start_run, soft_reset, locked, run, stop, clear, count, bus_idle, progress, write_beat;
  logic [31:0] watchdog, prog_len, error_pc, next_pc, fetch_err_pc;
  logic [63:0] prog, rd_base, rd_last, wr_base, wr_last, counter;
  logic [3:0] status;
  logic [15:0] error;
  logic [1:0] irq_set;
  logic [systole_pkg::COUNTER_INDEX_W-1:0] counter_index;
  logic counter_read;
  logic fetch_err_valid, fetch_idle, load_idle, store_idle, dispatch_blocked;
  logic [CODE_W-1:0] fetch_err_code;

  // ---- Engines, bit e (or slice e) each
  localparam int LOAD = systole_pkg::ENGINE_LOAD;
  localparam int MATMUL = systole_pkg::ENGINE_MATMUL;
  localparam int POST = systole_pkg::ENGINE_POST;
  localparam int STORE = systole_pkg::ENGINE_STORE;
  // A Matmul or RowConv is in flight until the array has drained, and one may start every ACC_TURN
  // cycles.
  localparam int DRAIN = (ENGINE == 0) ? ROWS + COLS + systole_pkg::MATMUL_TAIL :
                         RS_ROWS + systole_pkg::ROW_TAIL + systole_pkg::ACC_TURN;
  localparam int MATMULS = DRAIN / systole_pkg::ACC_TURN + 3;
  localparam int POSTS = systole_pkg::POST_TAIL + 2;
  localparam int TRANSFERS = OUTSTANDING + 3;

  logic [3:0] push, full, queued, tokens, issue, sync, busy, inflight, err_valid, overflow;
  logic [3:0] head_there, start, ready, working, retire;
  logic [systole_pkg::INSTR_W-1:0] fetched;
  logic [PC_W*systole_pkg::NUM_ENGINES-1:0] head_pc, oldest_pc, err_pc;
  logic [CODE_W*systole_pkg::NUM_ENGINES-1:0] check_code, err_code, late_err, work_err;
  logic [47:0] pops;
  logic [15:0] give;  // tokens at a retire
  logic filling, post_works, macs_valid;
  logic [12:0] macs;

  // ---- Memories between the engines
  logic ld_act_we, wgt_we, ktab_we, par_we;
  logic [systole_pkg::BUF_W-1:0] ld_act_addr, buf_row;
  logic [7:0] ld_act_n, wgt_bank, buf_beat;
  logic [AXI_DATA_WIDTH-1:0] ld_act_data, buf_data;
  logic po_we, pr_re;
  logic [systole_pkg::BUF_W-1:0] po_addr, pr_addr;
  logic [7:0] po_n, pr_n;
  logic [8*LANES-1:0] po_data, pr_data;
  logic [BANKS-1:0] mm_re;
  logic [BANKS*ROW_BITS-1:0] mm_row;
  logic [8*BANKS-1:0] mm_data;
  logic st_re;
  logic [systole_pkg::BUF_W-1:0] st_addr;
  logic [7:0] st_n;
  logic [AXI_DATA_WIDTH-1:0] st_data;
  logic rd_conflict, pr_conflict, wr_conflict;
  logic acc_re, acc_half;
  logic [systole_pkg::ENTRY_W-1:0] acc_addr;
  logic [32*(COLS+1)-1:0] acc_data;

  // What is inside can only be elaborated with sensible sizes; others have just been refused by
  // name.
  localparam bit SENSIBLE = systole_pkg::legal(
    // spec: begin names
    ROWS, COLS, WPORT, LANES, ACT_KIB, ACT_GROUPS, WGT_KIB, PAR_KIB, KTAB_KIB, ACC_DEPTH,
    AXI_DATA_WIDTH, AXI_ADDR_WIDTH, AXI_ID_WIDTH, OUTSTANDING, QUEUE_DEPTH, ROUNDINGS,
    ROW_SUM, DATAFLOWS, TAPS, POST_ACT, ADD_UNIT, ENGINE, RS_ROWS, RS_COLS, IFMAP_SPAD,
    WGT_SPAD, PSUM_SPAD
    // spec: end
  );

  if (SENSIBLE) begin : gen_accelerator
    systole_csr #(
      // spec: begin pass
      .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_KIB(ACT_KIB),
      .ACT_GROUPS(ACT_GROUPS), .WGT_KIB(WGT_KIB), .PAR_KIB(PAR_KIB), .KTAB_KIB(KTAB_KIB),
      .ACC_DEPTH(ACC_DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH),
      .AXI_ID_WIDTH(AXI_ID_WIDTH), .OUTSTANDING(OUTSTANDING), .QUEUE_DEPTH(QUEUE_DEPTH),
      .ROUNDINGS(ROUNDINGS), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS),
      .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT), .ENGINE(ENGINE), .RS_ROWS(RS_ROWS),
      .RS_COLS(RS_COLS), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD), .PSUM_SPAD(PSUM_SPAD)
      // spec: end
    ) u_csr (
      .clk_i(clk_i), .rst_ni(rst_ni), .awaddr_i(s_axil_awaddr), .awvalid_i(s_axil_awvalid),
      .awready_o(s_axil_awready), .wdata_i(s_axil_wdata), .wstrb_i(s_axil_wstrb),
      .wvalid_i(s_axil_wvalid), .wready_o(s_axil_wready), .bresp_o(s_axil_bresp),
      .bvalid_o(s_axil_bvalid), .bready_i(s_axil_bready), .araddr_i(s_axil_araddr),
      .arvalid_i(s_axil_arvalid), .arready_o(s_axil_arready), .rdata_o(s_axil_rdata),
      .rresp_o(s_axil_rresp), .rvalid_o(s_axil_rvalid), .rready_i(s_axil_rready), .irq_o(irq_o),
      .start_o(start_run), .soft_reset_o(soft_reset), .watchdog_o(watchdog), .status_i(status),
      .locked_i(locked), .error_i(error), .error_pc_i(error_pc), .irq_set_i(irq_set), .prog_o(prog),
      .prog_len_o(prog_len), .rd_base_o(rd_base), .rd_last_o(rd_last), .wr_base_o(wr_base),
      .wr_last_o(wr_last), .read_o(counter_read), .index_o(counter_index), .value_i(counter)
    );

    systole_progress u_progress (
      .push_i(push), .issue_i(issue), .retire_i(retire), .inflight_i(inflight),
      .post_works_i(post_works), .filling_i(filling), .ar_i({m_axi_arvalid, m_axi_arready}),
      .aw_i({m_axi_awvalid, m_axi_awready}), .w_i({m_axi_wvalid, m_axi_wready}),
      .fetch_ar_i({m_axi_fetch_arvalid, m_axi_fetch_arready}), .r_i(m_axi_rvalid),
      .b_i(m_axi_bvalid), .fetch_r_i(m_axi_fetch_rvalid), .load_idle_i(load_idle),
      .store_idle_i(store_idle), .fetch_idle_i(fetch_idle), .progress_o(progress),
      .bus_idle_o(bus_idle), .write_beat_o(write_beat)
    );

    systole_control u_control (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(start_run), .soft_reset_i(soft_reset),
      .watchdog_i(watchdog), .prog_len_i(prog_len), .status_o(status), .locked_o(locked),
      .error_o(error), .error_pc_o(error_pc), .irq_set_o(irq_set), .clear_o(clear), .stop_o(stop),
      .run_o(run), .count_o(count), .bus_idle_i(bus_idle), .progress_i(progress),
      .head_valid_i(queued), .tokens_i(tokens), .head_pc_i(head_pc), .inflight_i(inflight),
      .oldest_pc_i(oldest_pc), .retire_i(retire), .sync_i(sync), .err_valid_i(err_valid),
      .err_code_i(err_code), .err_pc_i(err_pc), .overflow_i(overflow),
      .fetch_err_valid_i(fetch_err_valid), .fetch_err_code_i(fetch_err_code),
      .fetch_err_pc_i(fetch_err_pc), .next_pc_i(next_pc), .blocked_i(dispatch_blocked)
    );

    systole_counters u_counters (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .run_i(count), .busy_i(busy),
      .valid_i(queued), .tokens_i(tokens), .macs_valid_i(macs_valid), .macs_i(macs),
      .read_beats_i(m_axi_rvalid), .write_beats_i(write_beat), .read_i(counter_read),
      .index_i(counter_index), .value_o(counter)
    );

    systole_fetch #(
      .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH), .AXI_ID_WIDTH(AXI_ID_WIDTH),
      .ENGINE(ENGINE)
    ) u_fetch (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .stop_i(stop), .prog_i(prog),
      .prog_len_i(prog_len), .rd_base_i(rd_base), .rd_last_i(rd_last),
      .err_valid_o(fetch_err_valid), .err_code_o(fetch_err_code), .err_pc_o(fetch_err_pc),
      .bus_idle_o(fetch_idle), .next_pc_o(next_pc), .blocked_o(dispatch_blocked), .push_o(push),
      .instr_o(fetched), .full_i(full), .arid_o(m_axi_fetch_arid), .araddr_o(m_axi_fetch_araddr),
      .arlen_o(m_axi_fetch_arlen), .arsize_o(m_axi_fetch_arsize), .arburst_o(m_axi_fetch_arburst),
      .arlock_o(m_axi_fetch_arlock), .arcache_o(m_axi_fetch_arcache), .arprot_o(m_axi_fetch_arprot),
      .arqos_o(m_axi_fetch_arqos), .arvalid_o(m_axi_fetch_arvalid), .arready_i(m_axi_fetch_arready),
      .rdata_i(m_axi_fetch_rdata), .rresp_i(m_axi_fetch_rresp), .rlast_i(m_axi_fetch_rlast),
      .rvalid_i(m_axi_fetch_rvalid), .rready_o(m_axi_fetch_rready)
    );

    // ---- Checks of what is dispatched; queues and frames
    systole_ls_check #(
      .ENGINE(LOAD), .ROWS(ROWS), .LANES(LANES), .WPORT(WPORT), .ACT_KIB(ACT_KIB),
      .WGT_KIB(WGT_KIB), .PAR_KIB(PAR_KIB), .KTAB_KIB(KTAB_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
    ) u_load_check (
      .instr_i(fetched), .code_o(check_code[CODE_W*LOAD +: CODE_W])
    );
    if (ENGINE == 0) begin : gen_matmul_check
      systole_matmul_check #(
        .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .WGT_KIB(WGT_KIB), .KTAB_KIB(KTAB_KIB),
        .ACC_DEPTH(ACC_DEPTH), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
      ) u_matmul_check (
        .instr_i(fetched), .code_o(check_code[CODE_W*MATMUL +: CODE_W])
      );
    end else begin : gen_row_check
      systole_rs_check #(
        .ROWS(ROWS), .COLS(COLS), .WGT_KIB(WGT_KIB), .KTAB_KIB(KTAB_KIB), .ACC_DEPTH(ACC_DEPTH),
        .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD),
        .PSUM_SPAD(PSUM_SPAD)
      ) u_check (
        .instr_i(fetched), .code_o(check_code[CODE_W*MATMUL +: CODE_W])
      );
    end
    systole_post_check #(
      .COLS(COLS), .LANES(LANES), .ACT_KIB(ACT_KIB), .PAR_KIB(PAR_KIB), .ROUNDINGS(ROUNDINGS),
      .ROW_SUM(ROW_SUM), .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT)
    ) u_post_check (
      .instr_i(fetched), .code_o(check_code[CODE_W*POST +: CODE_W])
    );
    systole_ls_check #(
      .ENGINE(STORE), .ACT_KIB(ACT_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH)
    ) u_store_check (
      .instr_i(fetched), .code_o(check_code[CODE_W*STORE +: CODE_W])
    );

    for (genvar e = 0; e < systole_pkg::NUM_ENGINES; e++) begin : gen_engine
      logic [systole_pkg::INSTR_W-1:0] head;  // the instruction at the queue's output
      logic [CODE_W-1:0] head_code;

      systole_queue #(.WIDTH(8 + 32 + systole_pkg::INSTR_W), .DEPTH(QUEUE_DEPTH)) u_queue (
        .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .push_i(push[e]),
        .data_i({check_code[CODE_W*e +: CODE_W], next_pc, fetched}), .full_o(full[e]),
        .valid_o(queued[e]), .data_o({head_code, head_pc[PC_W*e +: PC_W], head}), .pop_i(issue[e])
      );
      systole_engine_frame #(
        .ENGINE(e), .LATE((e == MATMUL) ? 1 : 0),
        .IN_FLIGHT((e == MATMUL) ? MATMULS : (e == POST) ? POSTS : TRANSFERS)
      ) u_frame (
        .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .stop_i(stop), .valid_i(queued[e]),
        .instr_i(head), .pc_i(head_pc[PC_W*e +: PC_W]), .code_i(head_code),
        .pops_o(pops[12*e +: 12]), .tokens_i(tokens[e]), .issue_o(issue[e]), .sync_o(sync[e]),
        .push_o(give[4*e +: 4]), .busy_o(busy[e]), .inflight_o(inflight[e]),
        .oldest_pc_o(oldest_pc[PC_W*e +: PC_W]), .err_valid_o(err_valid[e]),
        .err_code_o(err_code[CODE_W*e +: CODE_W]), .err_pc_o(err_pc[PC_W*e +: PC_W]),
        .head_o(head_there[e]), .start_o(start[e]), .ready_i(ready[e]), .working_i(working[e]),
        .retire_i(retire[e]), .late_err_i(late_err[CODE_W*e +: CODE_W]),
        .work_err_i(work_err[CODE_W*e +: CODE_W])
      );
    end

    systole_tokens u_tokens (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .head_pop_i(pops), .tokens_o(tokens),
      .issue_i(issue), .retire_i(retire), .push_i(give), .overflow_o(overflow)
    );

    // ---- Engines
    systole_load #(
      .ROWS(ROWS), .LANES(LANES), .WPORT(WPORT), .WGT_KIB(WGT_KIB), .AXI_DATA_WIDTH(AXI_DATA_WIDTH),
      .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH), .AXI_ID_WIDTH(AXI_ID_WIDTH), .OUTSTANDING(OUTSTANDING)
    ) u_load (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .stop_i(stop),
      .instr_i(gen_engine[LOAD].head), .start_i(start[LOAD]), .inflight_i(inflight[LOAD]),
      .ready_o(ready[LOAD]), .working_o(working[LOAD]), .retire_o(retire[LOAD]),
      .late_err_o(late_err[CODE_W*LOAD +: CODE_W]), .work_err_o(work_err[CODE_W*LOAD +: CODE_W]),
      .rd_base_i(rd_base), .rd_last_i(rd_last), .bus_idle_o(load_idle), .filling_o(filling),
      .arid_o(m_axi_arid), .araddr_o(m_axi_araddr), .arlen_o(m_axi_arlen), .arsize_o(m_axi_arsize),
      .arburst_o(m_axi_arburst), .arlock_o(m_axi_arlock), .arcache_o(m_axi_arcache),
      .arprot_o(m_axi_arprot), .arqos_o(m_axi_arqos), .arvalid_o(m_axi_arvalid),
      .arready_i(m_axi_arready), .rdata_i(m_axi_rdata), .rresp_i(m_axi_rresp),
      .rlast_i(m_axi_rlast), .rvalid_i(m_axi_rvalid), .rready_o(m_axi_rready), .act_we_o(ld_act_we),
      .act_addr_o(ld_act_addr), .act_n_o(ld_act_n), .act_data_o(ld_act_data), .wgt_we_o(wgt_we),
      .ktab_we_o(ktab_we), .par_we_o(par_we), .wgt_bank_o(wgt_bank), .buf_row_o(buf_row),
      .buf_beat_o(buf_beat), .buf_data_o(buf_data)
    );

    if (ENGINE == 0) begin : gen_matmul
      systole_matmul #(
        .ROWS(ROWS), .COLS(COLS), .WPORT(WPORT), .LANES(LANES), .ACT_KIB(ACT_KIB),
        .WGT_KIB(WGT_KIB), .KTAB_KIB(KTAB_KIB), .ACC_DEPTH(ACC_DEPTH),
        .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROW_SUM(ROW_SUM), .DATAFLOWS(DATAFLOWS), .TAPS(TAPS)
      ) u_matmul (
        .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .head_i(head_there[MATMUL]),
        .instr_i(gen_engine[MATMUL].head), .start_i(start[MATMUL]), .ready_o(ready[MATMUL]),
        .working_o(working[MATMUL]), .retire_o(retire[MATMUL]),
        .late_err_o(late_err[CODE_W*MATMUL +: CODE_W]),
        .work_err_o(work_err[CODE_W*MATMUL +: CODE_W]), .macs_valid_o(macs_valid), .macs_o(macs),
        .act_re_o(mm_re), .act_row_o(mm_row), .act_data_i(mm_data), .conflict_i(rd_conflict),
        .wgt_we_i(wgt_we), .ktab_we_i(ktab_we), .wgt_bank_i(wgt_bank), .buf_row_i(buf_row),
        .buf_beat_i(buf_beat), .buf_data_i(buf_data), .acc_re_i(acc_re), .acc_half_i(acc_half),
        .acc_addr_i(acc_addr), .acc_data_o(acc_data)
      );
    end else begin : gen_row
      systole_rs_matmul #(
        .ROWS(ROWS), .COLS(COLS), .LANES(LANES), .ACT_KIB(ACT_KIB), .WGT_KIB(WGT_KIB),
        .KTAB_KIB(KTAB_KIB), .ACC_DEPTH(ACC_DEPTH), .AXI_DATA_WIDTH(AXI_DATA_WIDTH),
        .RS_ROWS(RS_ROWS), .RS_COLS(RS_COLS), .IFMAP_SPAD(IFMAP_SPAD), .WGT_SPAD(WGT_SPAD),
        .PSUM_SPAD(PSUM_SPAD)
      ) u_matmul (
        .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .head_i(head_there[MATMUL]),
        .instr_i(gen_engine[MATMUL].head), .start_i(start[MATMUL]), .ready_o(ready[MATMUL]),
        .working_o(working[MATMUL]), .retire_o(retire[MATMUL]),
        .late_err_o(late_err[CODE_W*MATMUL +: CODE_W]),
        .work_err_o(work_err[CODE_W*MATMUL +: CODE_W]), .macs_valid_o(macs_valid), .macs_o(macs),
        .act_re_o(mm_re), .act_row_o(mm_row), .act_data_i(mm_data), .conflict_i(rd_conflict),
        .wgt_we_i(wgt_we), .ktab_we_i(ktab_we), .wgt_bank_i(wgt_bank), .buf_row_i(buf_row),
        .buf_beat_i(buf_beat), .buf_data_i(buf_data), .acc_re_i(acc_re), .acc_half_i(acc_half),
        .acc_addr_i(acc_addr), .acc_data_o(acc_data)
      );
    end

    systole_post #(
      .COLS(COLS), .LANES(LANES), .PAR_KIB(PAR_KIB), .ACC_DEPTH(ACC_DEPTH),
      .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .ROUNDINGS(ROUNDINGS), .ROW_SUM(ROW_SUM),
      .POST_ACT(POST_ACT), .ADD_UNIT(ADD_UNIT)
    ) u_post (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .instr_i(gen_engine[POST].head),
      .start_i(start[POST]), .ready_o(ready[POST]), .working_o(working[POST]), .works_o(post_works),
      .retire_o(retire[POST]), .late_err_o(late_err[CODE_W*POST +: CODE_W]),
      .work_err_o(work_err[CODE_W*POST +: CODE_W]), .acc_re_o(acc_re), .acc_half_o(acc_half),
      .acc_addr_o(acc_addr), .acc_data_i(acc_data), .par_we_i(par_we), .buf_row_i(buf_row),
      .buf_beat_i(buf_beat), .buf_data_i(buf_data), .po_we_o(po_we), .po_addr_o(po_addr),
      .po_n_o(po_n), .po_data_o(po_data), .conflict_i(wr_conflict), .pr_re_o(pr_re),
      .pr_addr_o(pr_addr), .pr_n_o(pr_n), .pr_data_i(pr_data), .rd_conflict_i(pr_conflict)
    );

    systole_store #(
      .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .AXI_ADDR_WIDTH(AXI_ADDR_WIDTH), .AXI_ID_WIDTH(AXI_ID_WIDTH),
      .OUTSTANDING(OUTSTANDING)
    ) u_store (
      .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear), .stop_i(stop),
      .instr_i(gen_engine[STORE].head), .start_i(start[STORE]), .ready_o(ready[STORE]),
      .working_o(working[STORE]), .retire_o(retire[STORE]),
      .late_err_o(late_err[CODE_W*STORE +: CODE_W]), .work_err_o(work_err[CODE_W*STORE +: CODE_W]),
      .wr_base_i(wr_base), .wr_last_i(wr_last), .bus_idle_o(store_idle), .st_re_o(st_re),
      .st_addr_o(st_addr), .st_n_o(st_n), .st_data_i(st_data), .awid_o(m_axi_awid),
      .awaddr_o(m_axi_awaddr), .awlen_o(m_axi_awlen), .awsize_o(m_axi_awsize),
      .awburst_o(m_axi_awburst), .awlock_o(m_axi_awlock), .awcache_o(m_axi_awcache),
      .awprot_o(m_axi_awprot), .awqos_o(m_axi_awqos), .awvalid_o(m_axi_awvalid),
      .awready_i(m_axi_awready), .wdata_o(m_axi_wdata), .wstrb_o(m_axi_wstrb),
      .wlast_o(m_axi_wlast), .wvalid_o(m_axi_wvalid), .wready_i(m_axi_wready),
      .bresp_i(m_axi_bresp), .bvalid_i(m_axi_bvalid), .bready_o(m_axi_bready)
    );

    systole_act_buffer #(
      .ROWS(ROWS), .LANES(LANES), .ACT_KIB(ACT_KIB), .ACT_GROUPS(ACT_GROUPS),
      .AXI_DATA_WIDTH(AXI_DATA_WIDTH), .POST_ACT(POST_ACT)
    ) u_act_buffer (
      .clk_i(clk_i), .ld_we_i(ld_act_we), .ld_addr_i(ld_act_addr), .ld_n_i(ld_act_n),
      .ld_data_i(ld_act_data), .po_we_i(po_we), .po_addr_i(po_addr), .po_n_i(po_n),
      .po_data_i(po_data), .pr_re_i(pr_re), .pr_addr_i(pr_addr), .pr_n_i(pr_n), .pr_data_o(pr_data),
      .mm_re_i(mm_re), .mm_row_i(mm_row), .mm_data_o(mm_data), .st_re_i(st_re), .st_addr_i(st_addr),
      .st_n_i(st_n), .st_data_o(st_data), .rd_conflict_o(rd_conflict), .pr_conflict_o(pr_conflict),
      .wr_conflict_o(wr_conflict)
    );
  end
endmodule

// Sequencer of a row of the row-stationary array: a start pulse runs one step of W = M0 RC cycles
// through the row's elements, three stages deep.
//
//   go = start_i, at a row that begins a group of other filters (lag_i) M0 cycles later
//   cycle go + 1 + k M0 + m   stage A of product (k, m):  k < RC input words, m < M0 filters
//                             input word base + k (modulo the spad), weight half + k M0 + m
//   stages B and C follow; the sum of filter m is complete in stage C of k = RC - 1
//
// Pulses are at least W cycles apart. They end at the first row that is not used: below it they
// could meet the next mapping.
module systole_rs_sequencer #(
  parameter int IFMAP_SPAD = 32,
  parameter int WGT_SPAD = 64,
  parameter int PSUM_SPAD = 16,
  localparam int XA = $clog2(IFMAP_SPAD),
  localparam int WA = $clog2(WGT_SPAD),
  localparam int MA = (PSUM_SPAD > 1) ? $clog2(PSUM_SPAD) : 1,
  localparam int START_W = XA + 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // Mapping
  input  logic                          used_i,
  input  logic                          lag_i,
  input  logic [systole_pkg::COL_W-1:0] m0_i,
  input  logic [systole_pkg::COL_W-1:0] rc_i,

  // Pulse: first input word, half of the weights, whether sums begin and whether they leave
  input  logic               start_i,
  input  logic [START_W-1:0] start_data_i,
  output logic               go_o,
  output logic [START_W-1:0] go_data_o,

  // Elements of the row
  output logic          x_re_o,
  output logic [XA-1:0] x_addr_o,
  output logic          w_re_o,
  output logic [WA-1:0] w_addr_o,
  output logic          mul_o,
  output logic          add_o,
  output logic          init_o,
  output logic          emit_o,
  output logic [MA-1:0] m_o
);
  localparam int COL_W = systole_pkg::COL_W;
  localparam int HALF = WGT_SPAD / 2;

  // ---- The pulse, later where the row lags.
  logic start, waiting_q, waited;
  logic [COL_W-1:0] wait_q;
  logic [START_W-1:0] held_q;
  assign start = start_i && used_i;
  assign waited = waiting_q && wait_q == '0;
  assign go_o = lag_i ? waited : start;
  assign go_data_o = lag_i ? held_q : start_data_i;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) waiting_q <= 1'b0;
    else if (clear_i) waiting_q <= 1'b0;
    else waiting_q <= (start && lag_i) || (waiting_q && !waited);
  end
  always_ff @(posedge clk_i) begin
    if (start && lag_i) begin
      wait_q <= m0_i - COL_W'(1);
      held_q <= start_data_i;
    end else if (waiting_q) begin
      wait_q <= wait_q - COL_W'(1);
    end
  end

  // ---- Stage A.
  logic [XA-1:0] base;
  logic half, init, emit, active_q, init_q, emit_q;
  logic [COL_W-1:0] k_q, m_q;
  logic [XA-1:0] x_addr_q;
  logic [WA-1:0] w_addr_q;
  logic m_last, k_last;
  assign {half, init, emit, base} = go_data_o;
  assign m_last = m_q == m0_i - COL_W'(1);
  assign k_last = k_q == rc_i - COL_W'(1);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) active_q <= 1'b0;
    else if (clear_i) active_q <= 1'b0;
    else active_q <= go_o || (active_q && !(m_last && k_last));
  end
  always_ff @(posedge clk_i) begin
    if (go_o) begin
      k_q <= '0;
      m_q <= '0;
      x_addr_q <= base;
      w_addr_q <= half ? WA'(HALF) : '0;
      init_q <= init;
      emit_q <= emit;
    end else if (active_q) begin
      w_addr_q <= w_addr_q + WA'(1);
      m_q <= m_last ? '0 : m_q + COL_W'(1);
      if (m_last) begin
        k_q <= k_q + COL_W'(1);
        x_addr_q <= x_addr_q + XA'(1);
      end
    end
  end
  assign x_re_o = active_q && m_q == '0;
  assign x_addr_o = x_addr_q;
  assign w_re_o = active_q;
  assign w_addr_o = w_addr_q;

  // ---- Stages B and C.
  logic mul_q, add_q, initb_q, emitb_q, initc_q, emitc_q;
  logic [MA-1:0] mb_q, mc_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mul_q <= 1'b0;
      add_q <= 1'b0;
    end else if (clear_i) begin
      mul_q <= 1'b0;
      add_q <= 1'b0;
    end else begin
      mul_q <= active_q;
      add_q <= mul_q;
    end
  end
  always_ff @(posedge clk_i) begin
    initb_q <= init_q && k_q == '0;
    emitb_q <= emit_q && k_last;
    mb_q <= m_q[MA-1:0];
    initc_q <= initb_q;
    emitc_q <= emitb_q;
    mc_q <= mb_q;
  end
  assign mul_o = mul_q;
  assign add_o = add_q;
  assign init_o = initc_q;
  assign emit_o = emitc_q;
  assign m_o = mc_q;
endmodule

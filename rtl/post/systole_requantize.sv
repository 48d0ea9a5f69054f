// One requantize lane: a 32-bit accumulator (bias included) to an int8 output, in one of six
// rounding modes.
//
//     y = clamp(zy + R(x * m, s), lo, hi)
//
//     mode          operand x                R(p, s)
//     0 floor       acc                      floor(p / 2^s)
//     1 half_up     acc                      nearest, ties up
//     2 half_away   acc                      nearest, ties away from zero
//     3 half_even   acc                      nearest, ties to even
//     4 tflite      sat32(acc * 2^left)      nearest, ties up, at 2^31; then nearest, ties away, at
//                                            2^right;
//                     left = max(0, 31 - s), right = max(0, s - 31)
//     5 float32     RNE24(acc)               RNE24(p), then nearest, ties to even, at 2^s
//
// RNE24 keeps 24 significant bits, nearest, ties to even. One multiplier serves all modes: what
// differs is done before it (operand) and in two rounding steps after it, both in two's complement.
// The first clears bits in place:
//
//     p (64 bit)  --first step-->  p' = p rounded at 2^31 (tflite), or at 2^(excess over 24 bits)
//                                  (float32), or p
//     p'          --last step--->  floor(p' / 2^shift) + up,  shift = max(s, 31) for tflite, else s
//
// Latency: 5 cycles, one result per cycle: operand, multiply, multiply, first rounding, last
// rounding and clamp. Registers move only where a valid value moves. Modes whose bit in ROUNDINGS
// is 0 are not built (result undefined).
`include "systole_assert.svh"

module systole_requantize #(
  parameter int ROUNDINGS = systole_pkg::ALL_ROUNDINGS  // bit r: mode r is included
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               any_i,        // valid_i, or something is in the stages; 1 will do
  input  logic               valid_i,
  input  logic signed [31:0] acc_i,
  input  logic [30:0]        m_i,
  input  logic [5:0]         s_i,          // 0..62
  input  logic [2:0]         mode_i,
  input  logic signed [7:0]  zy_i,
  input  logic signed [7:0]  lo_i,
  input  logic signed [7:0]  hi_i,
  input  logic               sum_valid_i,  // a cycle after valid_i: sum_i stands for x * m
  input  logic signed [63:0] sum_i,
  output logic               valid_o,      // valid_i, 5 cycles later
  output logic [7:0]         y_o
);
  localparam logic [systole_pkg::NUM_ROUNDINGS-1:0] MODES = systole_pkg::NUM_ROUNDINGS'(ROUNDINGS);
  localparam logic [systole_pkg::PO_ROUNDING_W-1:0]
      HALF_UP = systole_pkg::ROUND_HALF_UP, HALF_AWAY = systole_pkg::ROUND_HALF_AWAY,
      HALF_EVEN = systole_pkg::ROUND_HALF_EVEN, TFLITE = systole_pkg::ROUND_TFLITE,
      FLOAT32 = systole_pkg::ROUND_FLOAT32;

  // x to 24 significant bits. |x| <= 2^62. The excess is the bit length of (|x| >> 24), read from
  // the one's complement: that differs from |x| only where |x| is a power of two, which is exact at
  // either excess.
  function automatic logic signed [63:0] round24(input logic signed [63:0] x);
    logic [38:0] rest;
    logic [5:0] excess;
    logic [63:0] below, unit;
    logic odd;
    rest = x[63] ? ~x[62:24] : x[62:24];
    excess = 6'd0;
    if (rest[38:32] != 7'd0) begin
      excess = 6'd32;
      rest = rest >> 32;
    end
    if (rest[31:16] != 16'd0) begin
      excess = excess | 6'd16;
      rest = rest >> 16;
    end
    if (rest[15:8] != 8'd0) begin
      excess = excess | 6'd8;
      rest = rest >> 8;
    end
    if (rest[7:4] != 4'd0) begin
      excess = excess | 6'd4;
      rest = rest >> 4;
    end
    if (rest[3:2] != 2'd0) begin
      excess = excess | 6'd2;
      rest = rest >> 2;
    end
    excess = excess + {4'd0, rest[1:0] == 2'b00 ? 2'd0 : rest[1] ? 2'd2 : 2'd1};
    unit = 64'd1 << excess;
    below = unit - 64'd1;
    // Half a unit, less one where the kept part is even: a tie then stays below the carry.
    odd = excess != 6'd0 && (x & $signed(unit)) != 0;
    round24 = (x + $signed(below >> 1) + $signed({63'd0, odd})) & $signed(~below);
  endfunction

  // acc * 2^(31 - s) for s < 31, limited to int32; acc otherwise.
  function automatic logic signed [31:0] shift_left(input logic signed [31:0] acc,
                                                    input logic [5:0] s);
    logic [63:0] wide;
    wide = {{32{acc[31]}}, acc} << (s[5] ? 5'd0 : ~s[4:0]);
    shift_left = wide[63:31] == {33{acc[31]}} ? wide[31:0] : {acc[31], {31{!acc[31]}}};
  endfunction

  logic [4:1] valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {valid_o, valid_q} <= '0;
    else if (clear_i) {valid_o, valid_q} <= '0;
    else if (`SYSTOLE_ANY(any_i)) {valid_o, valid_q} <= {valid_q, valid_i};
  end

  // What travels beside the data: mode, zy, lo, hi and the shift of the last step.
  logic [32:0] control1_q, control2_q, control3_q, control4_q;

  // ---- Cycle 0: operand and shift.
  logic signed [32:0] x_q;
  logic [30:0] m_q;
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_i) begin
        x_q <= 33'(acc_i);
        m_q <= m_i;
        control1_q <= {mode_i, zy_i, lo_i, hi_i, s_i};
        if (MODES[TFLITE] && mode_i == TFLITE) begin
          x_q <= 33'(shift_left(acc_i, s_i));
          control1_q[5:0] <= s_i < 6'd31 ? 6'd31 : s_i;
        end
        if (MODES[FLOAT32] && mode_i == FLOAT32) x_q <= 33'(round24(64'(acc_i)));
      end
    end
  end

  // ---- Cycles 1 and 2: product.
  logic signed [63:0] product;
  systole_requantize_mul u_mul (
    .clk_i, .en_i(valid_q[1]), .en1_i(valid_q[2]), .x_i(x_q), .m_i(m_q), .sum_valid_i(sum_valid_i),
    .sum_i(sum_i), .p_o(product)
  );
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[1]) control2_q <= control1_q;
      if (valid_q[2]) control3_q <= control2_q;
    end
  end

  // ---- Cycle 3: first rounding, in place.
  logic signed [63:0] first_q;
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[3]) begin
        control4_q <= control3_q;
        first_q <= product;
        if (MODES[TFLITE] && control3_q[32:30] == TFLITE)
          first_q <= (product + 64'sh4000_0000) & ~64'sh7FFF_FFFF;
        if (MODES[FLOAT32] && control3_q[32:30] == FLOAT32) first_q <= round24(product);
      end
    end
  end

  // ---- Cycle 4: last rounding, zero point, clamp. `up`: whether the result lies above the floor,
  // by the mode, from the part below 2^shift: half (its highest bit), rest (any other bit).
  function automatic logic round_up(input logic signed [63:0] p, input logic [5:0] shift,
                                    input logic odd, input logic [2:0] mode);
    logic [63:0] below;
    logic half, rest;
    below = (64'd1 << shift) - 64'd1;
    half = (p & $signed(below ^ (below >> 1))) != 0;
    rest = (p & $signed(below >> 1)) != 0;
    round_up = 1'b0;
    if (MODES[HALF_UP] && mode == HALF_UP) round_up = half;
    if ((MODES[HALF_AWAY] && mode == HALF_AWAY) || (MODES[TFLITE] && mode == TFLITE))
      round_up = half && (rest || !p[63]);
    if ((MODES[HALF_EVEN] && mode == HALF_EVEN) || (MODES[FLOAT32] && mode == FLOAT32))
      round_up = half && (rest || odd);
  endfunction

  // The floor limited to 10 bits: beyond that the clamp decides alike for every zy and every
  // rounding.
  function automatic logic signed [7:0] last_step(input logic signed [63:0] p,
                                                  input logic [32:0] control);
    logic signed [63:0] floor;
    logic signed [11:0] sum;
    logic up;
    floor = p >>> control[5:0];
    sum = {{2{floor[63]}},
           floor[63:9] == {55{floor[63]}} ? floor[9:0] : {floor[63], {9{!floor[63]}}}};
    up = round_up(p, control[5:0], floor[0], control[32:30]);
    sum = sum + 12'($signed(control[29:22])) + $signed({11'd0, up});
    last_step = sum < 12'($signed(control[21:14])) ? $signed(control[21:14])
        : sum > 12'($signed(control[13:6])) ? $signed(control[13:6]) : sum[7:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[4]) y_o <= last_step(first_q, control4_q);
    end
  end
endmodule

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
// RNE24 keeps 24 significant bits, nearest, ties to even. One multiplier serves all modes. The
// product is shifted once, whatever the mode; what the modes differ in is told by the bits below:
//
//     p / 2^s = floor + 0.f1 f2 f3 ..        up = 1 where the result is floor + 1:
//     half_up    f1
//     half_away  f1 and (any of f2 f3 .. or floor >= 0)
//     half_even  f1 and (any of f2 f3 .. or floor odd)
//     tflite     as half_away, or floor >= 0 and f1 = 0 and all of f2 f3 ..: bit 30 of p stands for
//                those below it, s is at least 31
//     float32    as half_even of RNE24(p): f2 .. f(23-d) are kept, d the place of p's highest bit
//                over 2^s; rounded at half a unit, to even; a carry is one into f1
//
// A floor beyond -256 .. 255 is the nearest of these: the clamp decides alike, whatever zy and up.
//
// Latency: 5 cycles, one result per cycle: operand, multiply, multiply, shift, rounding and clamp.
// Registers move only where a valid value moves. mode3_i and mode4_i are mode_i, 3 and 4 cycles
// later, zy4_i, lo4_i and hi4_i belong to the value that entered 4 cycles before: lanes beside each
// other share the delay. Modes whose bit in ROUNDINGS is 0 are not built (result undefined).
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
  input  logic [2:0]         mode3_i,
  input  logic [2:0]         mode4_i,
  input  logic signed [7:0]  zy4_i,
  input  logic signed [7:0]  lo4_i,
  input  logic signed [7:0]  hi4_i,
  input  logic               sum_valid_i,  // a cycle after valid_i: sum_a_i + sum_b_i for x * m
  input  logic signed [63:0] sum_a_i,
  input  logic signed [63:0] sum_b_i,
  output logic               valid_o,      // valid_i, 5 cycles later
  output logic [7:0]         y_o
);
  localparam logic [systole_pkg::NUM_ROUNDINGS-1:0] MODES = systole_pkg::NUM_ROUNDINGS'(ROUNDINGS);
  localparam logic [systole_pkg::PO_ROUNDING_W-1:0]
      HALF_UP = systole_pkg::ROUND_HALF_UP, HALF_AWAY = systole_pkg::ROUND_HALF_AWAY,
      HALF_EVEN = systole_pkg::ROUND_HALF_EVEN, TFLITE = systole_pkg::ROUND_TFLITE,
      FLOAT32 = systole_pkg::ROUND_FLOAT32;

  // acc to 24 significant bits: below = 2^excess - 1, excess the bit length of |acc| >> 24, read
  // from the one's complement: that differs only where |acc| is a power of two, exact either way.
  function automatic logic signed [32:0] round24(input logic signed [31:0] acc);
    logic [6:0] over, below;
    logic [7:0] unit;
    over = acc[30:24] ^ {7{acc[31]}};
    below = {over[6], |over[6:5], |over[6:4], |over[6:3], |over[6:2], |over[6:1], |over};
    unit = {below, 1'b0} & ~{1'b0, below};
    // Half a unit, less one where the kept part is even: a tie then stays below the carry.
    round24 = (33'(acc) + $signed({27'd0, below[6:1]}) + $signed({32'd0, |(acc[7:0] & unit)})) &
              $signed({26'h3FF_FFFF, ~below});
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

  logic [5:0] s1_q, s2_q, s3_q;  // the shift of the last step, beside the data

  // ---- Cycle 0: operand and shift.
  logic signed [32:0] x_q;
  logic [30:0] m_q;
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_i) begin
        x_q <= 33'(acc_i);
        m_q <= m_i;
        s1_q <= s_i;
        if (MODES[TFLITE] && mode_i == TFLITE) begin
          x_q <= 33'(shift_left(acc_i, s_i));
          if (s_i < 6'd31) s1_q <= 6'd31;
        end
        if (MODES[FLOAT32] && mode_i == FLOAT32) x_q <= round24(acc_i);
      end
    end
  end

  // ---- Cycles 1 and 2: product.
  logic signed [63:0] product;
  systole_requantize_mul u_mul (
    .clk_i, .en_i(valid_q[1]), .en1_i(valid_q[2]), .x_i(x_q), .m_i(m_q), .sum_valid_i(sum_valid_i),
    .sum_a_i(sum_a_i), .sum_b_i(sum_b_i), .p_o(product)
  );
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[1]) s2_q <= s1_q;
      if (valid_q[2]) s3_q <= s2_q;
    end
  end

  // ---- Cycle 3: shift. For every s 64 bits hold 25 places below the point and 8 above it. Of what
  // falls below them: is any bit set, are all (tflite).
  function automatic logic [36:0] shift(input logic signed [63:0] x, input logic [5:0] places,
                                        input logic tflite);
    logic signed [63:0] p, aligned;
    logic [30:0] dropped, kept;
    logic beyond, any, all;
    p = {x[63:30], tflite ? {30{x[30]}} : x[29:0]};
    aligned = places[5] ? p >>> 7 : p <<< 25;
    dropped = aligned[30:0];
    kept = 31'h7FFF_FFFF << places[4:0];
    beyond = ((p[63:8] ^ {56{p[63]}}) & (56'hFF_FFFF_FFFF_FFFF << places)) != 56'd0;
    any = (dropped & ~kept) != 31'd0 || (places[5] && p[6:0] != 7'd0);
    all = p[0] && (!places[5] || (dropped | kept) == 31'h7FFF_FFFF);
    shift = {any, all, beyond, p[63], 33'(aligned >>> places[4:0])};
  endfunction

  logic [36:0] shifted_q;
  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[3]) begin
        shifted_q <= shift(product, s3_q, MODES[TFLITE] && mode3_i == TFLITE);
      end
    end
  end

  // ---- Cycle 4: up, zero point, clamp. part[24:0] = f1 .. f25.
  function automatic logic round_up(input logic any, input logic all, input logic [33:0] shifted,
                                    input logic [2:0] mode);
    logic [7:0] high;
    logic [24:0] part;
    logic [9:0] cut;  // cut[i]: part[i] is not kept in float32
    logic negative, odd, rest, unit;
    part = shifted[24:0];
    negative = shifted[33];
    odd = shifted[25];
    rest = part[23:0] != 24'd0 || any;
    round_up = 1'b0;
    if (MODES[HALF_UP] && mode == HALF_UP) round_up = part[24];
    if ((MODES[HALF_AWAY] && mode == HALF_AWAY) || (MODES[TFLITE] && mode == TFLITE))
      round_up = part[24] && (rest || !negative);
    if (MODES[TFLITE] && mode == TFLITE && !negative && part[23:0] == 24'hFF_FFFF && all)
      round_up = 1'b1;
    if (MODES[HALF_EVEN] && mode == HALF_EVEN) round_up = part[24] && (rest || odd);
    if (MODES[FLOAT32] && mode == FLOAT32) begin
      high = shifted[32:25] ^ {8{negative}};
      high = high | (high >> 1);
      high = high | (high >> 2);
      high = high | (high >> 4);
      cut = {1'b0, high, 1'b1};
      unit = (part[8:0] & cut[8:0] & ~cut[9:1]) != 9'd0 &&
             ((part[9:1] & ~cut[9:1] & cut[8:0]) != 9'd0 || (part[7:0] & cut[8:1]) != 8'd0 || any);
      rest = part[23:10] != 14'd0 || (part[9:1] & ~cut[9:1]) != 9'd0 || unit;
      round_up = (part[24] && (rest || odd)) ||
                 (unit && odd && part[23:10] == 14'h3FFF && (part[9:1] | cut[9:1]) == 9'h1FF);
    end
  endfunction

  function automatic logic signed [7:0] last_step(input logic [36:0] shifted,
                                                  input logic [2:0] mode, input logic [23:0] ends);
    logic signed [7:0] zy, lo, hi;
    logic signed [8:0] floor;
    logic signed [9:0] sum;
    {zy, lo, hi} = ends;
    floor = {shifted[33], shifted[34] ? {8{!shifted[33]}} : shifted[32:25]};
    sum = 10'(floor) + 10'(zy) +
          $signed({9'd0, round_up(shifted[36], shifted[35], shifted[33:0], mode)});
    last_step = sum < 10'(lo) ? lo : sum > 10'(hi) ? hi : sum[7:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (`SYSTOLE_ANY(any_i)) begin
      if (valid_q[4]) y_o <= last_step(shifted_q, mode4_i, {zy4_i, lo4_i, hi4_i});
    end
  end
endmodule

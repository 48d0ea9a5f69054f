// What a requantize lane must do, written as comparisons of exact integers: no right shift, no
// rounding constant, no carry (a left shift is a product with a power of two). Used by
// requantize_proof.sv only.
//
//   x_ok_o      x is the operand of the multiplication
//   first_ok_o  float32: first, any number at all, is p rounded to 24 bits
//   y_ok_o      y is clamp(zy + R(p, s), lo, hi), given lo <= hi (float32: R of first)
//
// Nothing is rounded here. A number of 24 bits is the right one if it is a multiple of the unit and
// no more than half a unit away (if just half, an even multiple). "R >= k" is an inequality between
// p and a multiple of 2^s (function at_least), and y is right iff
//   lo <= y <= hi,   y = lo or R >= y - zy,   y = hi or not R >= y + 1 - zy.
module requantize_spec (
  input  logic [2:0]         mode_i,
  input  logic [5:0]         s_i,
  input  logic signed [31:0] acc_i,
  input  logic signed [32:0] x_i,
  output logic               x_ok_o,

  input  logic signed [63:0] p_i,
  input  logic signed [63:0] first_i,
  output logic               first_ok_o,

  input  logic signed [7:0] zy_i,
  input  logic signed [7:0] lo_i,
  input  logic signed [7:0] hi_i,
  input  logic signed [7:0] y_i,
  output logic              y_ok_o
);
  localparam logic [systole_pkg::PO_ROUNDING_W-1:0]
      FLOOR = systole_pkg::ROUND_FLOOR, HALF_UP = systole_pkg::ROUND_HALF_UP,
      HALF_AWAY = systole_pkg::ROUND_HALF_AWAY, HALF_EVEN = systole_pkg::ROUND_HALF_EVEN,
      TFLITE = systole_pkg::ROUND_TFLITE, FLOAT32 = systole_pkg::ROUND_FLOAT32;

  // Whether v is p to 24 bits: for |p| in [2^(23+e), 2^(24+e)) the unit is 2^e.
  function automatic nearest24(input signed [63:0] p, input signed [63:0] v);
    reg [63:0] magnitude, distance;
    integer e;
    begin
      magnitude = p < 0 ? -p : p;
      distance = v < p ? p - v : v - p;
      nearest24 = v == p;
      for (e = 1; e <= 39; e = e + 1) begin
        if (magnitude >= (64'd1 << (23 + e)) && magnitude < (64'd1 << (24 + e)))
          nearest24 = (v & ((64'd1 << e) - 1)) == 0 && distance <= (64'd1 << (e - 1))
              && (distance != (64'd1 << (e - 1)) || v[e] == 1'b0);
      end
    end
  endfunction

  // Operand.
  wire signed [63:0] acc = {{32{acc_i[31]}}, acc_i};
  wire signed [63:0] x = {{31{x_i[32]}}, x_i};
  wire signed [63:0] scaled = s_i < 31 ? acc <<< (31 - s_i) : acc;  // below 2^63 in magnitude
  assign x_ok_o = mode_i == FLOAT32 ? nearest24(acc, x)
      : mode_i != TFLITE ? x == acc
      : x == (scaled > 64'sd2147483647 ? 64'sd2147483647
              : scaled < -64'sd2147483648 ? -64'sd2147483648 : scaled);

  assign first_ok_o = nearest24(p_i, first_i);

  // Result. All sums below stay within 80 bits: |k| <= 256, s <= 62, |p| <= 2^62.
  wire signed [63:0] from = mode_i == FLOAT32 ? first_i : p_i;
  wire signed [79:0] p = {{16{from[63]}}, from};

  // R(p, s) >= k.
  function automatic at_least(input [2:0] mode, input signed [79:0] p, input [5:0] s,
                              input signed [79:0] k);
    reg signed [79:0] middle, h;
    begin
      middle = (2 * k - 1) <<< s;  // twice the value halfway between k - 1 and k, times 2^s
      case (mode)
        FLOOR: at_least = p >= (k <<< s);
        HALF_UP: at_least = 2 * p >= middle;
        HALF_AWAY: at_least = k > 0 ? 2 * p >= middle : 2 * p > middle;
        TFLITE: begin
          // h >= H, where h = p / 2^31 rounded with ties up; then R = h / 2^right with ties away
          // from zero.
          if (s <= 31) h = k;
          else h = ((2 * k - 1) <<< (s - 32)) + (k > 0 ? 80'sd0 : 80'sd1);
          at_least = 2 * p >= ((2 * h - 1) <<< 31);
        end
        default:  // half_even; float32 with p already rounded to 24 bits
        at_least = k[0] == 1'b0 ? 2 * p >= middle : 2 * p > middle;
      endcase
    end
  endfunction

  wire signed [79:0] k = $signed({{72{y_i[7]}}, y_i}) - $signed({{72{zy_i[7]}}, zy_i});
  assign y_ok_o = y_i >= lo_i && y_i <= hi_i
      && (y_i == lo_i || at_least(mode_i, p, s_i, k))
      && (y_i == hi_i || !at_least(mode_i, p, s_i, k + 80'sd1));
endmodule

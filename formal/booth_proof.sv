// Proof that systole_booth multiplies, for every pair of numbers, by parts that are easy each:
//
//   ROW   row i, its end and its place of the sign are digit_i * 4^i * a, digit by digit
//   SUM   p is the sum of all rows, ends and places
//   LAW   the digits times their fours are b[2*DIGITS:1], signed, + b[0]
//
// That p = a * b follows by the distributive law. dut_rows is inside the unit, wired by prove.sh.
module booth_proof #(
  parameter int A_W = 33,
  parameter int DIGITS = 8
) (
  input  logic clk_i
);
  localparam int P_W = A_W + 2 * DIGITS;
  (* anyconst *) wire signed [A_W-1:0] a;
  (* anyconst *) wire [2*DIGITS:0] b;
  wire signed [P_W-1:0] p;
  systole_booth #(.A_W(A_W), .DIGITS(DIGITS)) u_dut (
    .used_i(1'b1), .a_i(a), .b_i(b), .p_o(p)
  );
  (* keep *) wire [P_W*DIGITS-1:0] dut_rows;

  reg step = 1'b0;
  always @(posedge clk_i) step <= 1'b1;

  // -2 x + y + z of three bits, times a.
  function signed [P_W-1:0] times(input signed [P_W-1:0] n, input [2:0] bits);
    case (bits)
      3'd1, 3'd2: times = n;
      3'd3: times = n + n;
      3'd4: times = -(n + n);
      3'd5, 3'd6: times = -n;
      default: times = 0;
    endcase
  endfunction

  reg [P_W-1:0] place, one, row, sum, places, ends;
  reg signed [P_W-1:0] wide, value, digits;
  integer i;
  always @* begin
    wide = a;
    one = 1;
    digits = 0;
    places = 0;
    ends = 0;
    for (i = 0; i < DIGITS; i = i + 1) places = places - (one << (A_W + 2 * i));
    sum = places;
    for (i = 0; i < DIGITS; i = i + 1) begin
      place = one << (A_W + 2 * i);
      row = dut_rows[P_W*i +: P_W];
      assert (row - place + ({{(P_W-1){1'b0}}, b[2*i+2]} << (2 * i)) ==
              times(wide, b[2*i +: 3]) << (2 * i));
      digits = digits + (times(1, b[2*i +: 3]) << (2 * i));
      ends[2*i] = b[2*i+2];
      sum = sum + row;
    end
    assert (p == sum + ends);
    value = $signed(b[2*DIGITS:1]);
    assert (digits == value + {{(P_W-1){1'b0}}, b[0]});
  end
endmodule

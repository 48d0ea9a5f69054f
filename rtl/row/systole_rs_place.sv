// Where a row of the row-stationary array stands in the mapping, and from that the row below it.
//
//   row y = s + S1 (c2 + C2 m2):  s runs fastest, then c2, then m2; rows past M2 are not used
//   tag   = c2, depthwise m2      which of a word's channels the row takes
//   first = tag PH                number of that channel's first vector, PH (phases) a channel
//   lag   = s = c2 = 0, m2 > 0    the first row of a group that makes other filters
//
// map_i, map_o: {depthwise, phases, M2, C2, S1, RC, M0, used, first, m2, c2, s}. Combinational.
module systole_rs_place #(
  parameter int INDEX_W = 8,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int MAP_W = 9 * COL_W + 2 + INDEX_W
) (
  input  logic [MAP_W-1:0] map_i,
  output logic [MAP_W-1:0] below_o,

  // Parts of map_i
  output logic [COL_W-1:0]   m0_o,
  output logic [COL_W-1:0]   rc_o,
  output logic [COL_W-1:0]   s_o,
  output logic [INDEX_W-1:0] first_o,
  output logic               used_o,
  output logic               lag_o
);
  logic depthwise;
  logic [COL_W-1:0] phases, m2_count, c2_count, s1_count, m2, c2;
  assign {depthwise, phases, m2_count, c2_count, s1_count, rc_o, m0_o, used_o, first_o, m2, c2,
          s_o} = map_i;
  assign lag_o = s_o == '0 && c2 == '0 && m2 != '0;

  logic s_last, c_last, m_last;
  logic [COL_W-1:0] s_below, c_below, m_below;
  logic [INDEX_W-1:0] first_below;
  assign s_last = s_o == s1_count - COL_W'(1);
  assign c_last = c2 == c2_count - COL_W'(1);
  assign m_last = m2 == m2_count - COL_W'(1);
  assign s_below = s_last ? '0 : s_o + COL_W'(1);
  assign c_below = !s_last ? c2 : c_last ? '0 : c2 + COL_W'(1);
  assign m_below = (s_last && c_last) ? m2 + COL_W'(1) : m2;
  assign first_below = !s_last ? first_o :
                      (c_last && !depthwise) ? '0 : first_o + INDEX_W'(phases);
  assign below_o = {depthwise, phases, m2_count, c2_count, s1_count, rc_o, m0_o,
                    used_o && !(s_last && c_last && m_last), first_below, m_below, c_below,
                    s_below};
endmodule

#!/bin/sh
# Shows that the proof can fail: changes one detail of the lane at a time and expects prove.sh to
# refute it.
#
#   formal/prove_mutants.sh [WORK_DIR]
set -u
work=${1:-build/formal_mutants}
. "$(dirname "$0")/mutant.sh"

lane() {
  mutant prove.sh "$1" "$2" post/systole_requantize.sv post/systole_requantize_mul.sv \
    common/systole_booth.sv
}

lane 0.5 's/shifted\[34\] ? {8{!shifted\[33\]}} : //'              # no limit before the zero point
lane 0.5 's/: sum\[7:0\];/: sum[7:0] ^ 8'"'"'d1;/'                # lowest bit
lane 0.5 's/if (valid_q\[2\]) s3_q/if (valid_q[1]) s3_q/'  # a neighbour's shift
lane 1.5 's/round_up = part\[24\];/round_up = part[24] \&\& rest;/'  # ties down
lane 2.5 's/part\[24\] && (rest || !negative)/part[24]/'          # negative ties up
lane 3.5 's/(rest || odd)/(rest || !odd)/'                        # ties to odd
lane 3.5 's/ || (places\[5\] && p\[6:0\] != 7.d0)//'              # the lowest seven bits forgotten
lane 4.5 's/tflite ? {30{x\[30\]}} : //'                          # first rounding: down
lane 4.5 's/if (s_i < 6.d31) s1_q/if (1'"'"'b0) s1_q/'                       # left shift not undone
lane 4.1 's/wide\[63:31\] == {33{acc\[31\]}}/1'"'"'b1/'           # no saturation
lane 5.1 's/if (MODES\[FLOAT32\] && mode_i == FLOAT32)/if (1'"'"'b0)/'  # accumulator not rounded
lane 5.1 's/|over\[6:1\], |over}/|over[6:1], |over[6:1]}/'        # one bit too many kept
lane 5.1 's/|(acc\[7:0\] & unit)/~|(acc[7:0] \& unit)/'           # ties to odd at 24 bits
lane 5.5 's/high | (high >> 4)/high/'                             # bits of the product kept
lane 5.5 's/(unit && odd && /(unit \&\& /'                        # a carry to a tie goes up
lane mul 's/(high) <<< 16/(high) <<< 15/'
lane mul 's/{1.b0, m_i\[30:15\]}/{2'"'"'b0, m_i[29:15]}/'          # top bit of m lost
lane booth 's/(bits\[2\] ^ bits/(bits/'                            # two where it is one or none
lane booth 's/ends\[2\*i\] = b/ends[2*i] = 1'"'"'b0 \& b/'          # one's complement for two's

[ $failures -eq 0 ]

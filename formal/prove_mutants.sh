#!/bin/sh
# Shows that the proof can fail: changes one detail of the lane at a time and expects prove.sh to
# refute it.
#
#   formal/prove_mutants.sh [WORK_DIR]
set -u
work=${1:-build/formal_mutants}
. "$(dirname "$0")/mutant.sh"

lane() { mutant prove.sh "$1" "$2" post/systole_requantize.sv post/systole_requantize_mul.sv; }

lane 0.5 's/{floor\[63\], {9{!floor\[63\]}}}/floor[9:0]/'         # no limit before the zero point
lane 0.5 's/: sum\[7:0\];/: sum[7:0] ^ 8'"'"'d1;/'                # lowest bit
lane 0.5 's/if (valid_q\[2\]) control3_q/if (valid_q[1]) control3_q/'  # a neighbour's shift
lane 1.5 's/round_up = half;/round_up = half \&\& rest;/'         # ties down
lane 2.5 's/half && (rest || !p\[63\])/half/'                     # negative ties up
lane 3.5 's/(rest || odd)/(rest || !odd)/'                        # ties to odd
lane 4.5 's/64.sh4000_0000/64'"'"'sh3FFF_FFFF/'                   # first rounding: ties down
lane 4.5 's/s_i < 6.d31 ? 6.d31 : s_i/s_i/'                       # left shift not undone
lane 4.1 's/wide\[63:31\] == {33{acc\[31\]}}/1'"'"'b1/'           # no saturation
lane 5.1 's/if (MODES\[FLOAT32\] && mode_i == FLOAT32)/if (1'"'"'b0)/'  # accumulator not rounded
lane 5.4 's/rest\[1\] ? 2.d2 : 2.d1/2'"'"'d1/'                    # one bit too many kept
# ties to odd at 24 bits
lane 5.4 's/below >> 1) + \$signed({63.d0, odd/below >> 1) - $signed({63'"'"'d0, odd/'
lane mul 's/high_q <<< 16/high_q <<< 15/'
lane mul 's/{49.b0, m_i\[30:16\]}/{50'"'"'b0, m_i[29:16]}/'       # top bit of m lost

[ $failures -eq 0 ]

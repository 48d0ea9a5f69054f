#!/bin/sh
# Shows that the proof can fail: changes one detail of the lane at a time and expects prove.sh to
# refute it.
#
#   formal/prove_mutants.sh [WORK_DIR]
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-build/formal_mutants}
failures=0
number=0

# mutant NAME SED: in a copy of the sources, SED changes something and proof NAME is refuted.
mutant() {
  number=$((number + 1))
  dir=$work/$number
  rm -rf "$dir"
  mkdir -p "$dir"
  for file in systole_requantize.sv systole_requantize_mul.sv; do
    sed "$2" "$here/../rtl/post/$file" >"$dir/$file"
  done
  if cmp -s "$dir/systole_requantize.sv" "$here/../rtl/post/systole_requantize.sv" &&
    cmp -s "$dir/systole_requantize_mul.sv" "$here/../rtl/post/systole_requantize_mul.sv"; then
    echo "mutant $number changes nothing: $2" >&2
    failures=$((failures + 1))
    return
  fi
  sh "$here/prove.sh" -r "$dir" -o "$dir" "$1" >"$dir/out" 2>&1
  status=$?
  if [ $status -eq 1 ]; then
    echo "refuted  $1  $2"
  else
    echo "mutant $number was not refuted (status $status): $1  $2" >&2
    failures=$((failures + 1))
  fi
}

mutant 0.5 's/{floor\[63\], {9{!floor\[63\]}}}/floor[9:0]/'         # no limit before the zero point
mutant 0.5 's/: sum\[7:0\];/: sum[7:0] ^ 8'"'"'d1;/'                # lowest bit
mutant 0.5 's/if (valid_q\[2\]) control3_q/if (valid_q[1]) control3_q/'  # a neighbour's shift
mutant 1.5 's/round_up = half;/round_up = half \&\& rest;/'         # ties down
mutant 2.5 's/half && (rest || !p\[63\])/half/'                     # negative ties up
mutant 3.5 's/(rest || odd)/(rest || !odd)/'                        # ties to odd
mutant 4.5 's/64.sh4000_0000/64'"'"'sh3FFF_FFFF/'                   # first rounding: ties down
mutant 4.5 's/s_i < 6.d31 ? 6.d31 : s_i/s_i/'                       # left shift not undone
mutant 4.1 's/wide\[63:31\] == {33{acc\[31\]}}/1'"'"'b1/'           # no saturation
mutant 5.1 's/if (MODES\[FLOAT32\] && mode_i == FLOAT32)/if (1'"'"'b0)/'  # accumulator not rounded
mutant 5.4 's/rest\[1\] ? 2.d2 : 2.d1/2'"'"'d1/'                    # one bit too many kept
# ties to odd at 24 bits
mutant 5.4 's/below >> 1) + \$signed({63.d0, odd/below >> 1) - $signed({63'"'"'d0, odd/'
mutant mul 's/high_q <<< 16/high_q <<< 15/'
mutant mul 's/{49.b0, m_i\[30:16\]}/{50'"'"'b0, m_i[29:16]}/'       # top bit of m lost

[ $failures -eq 0 ]

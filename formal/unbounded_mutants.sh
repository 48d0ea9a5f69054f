#!/bin/sh
# Shows that the unbounded proofs can fail: changes one detail at a time and expects unbounded.sh to
# refute it.
#
#   formal/unbounded_mutants.sh [WORK_DIR]
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-build/unbounded_mutants}
failures=0
number=0

# mutant NAME FILE SED: in a copy of the RTL, SED changes FILE and proof NAME is refuted.
mutant() {
  number=$((number + 1))
  dir=$work/$number
  rm -rf "$dir"
  mkdir -p "$dir/$(dirname "$2")"
  sed "$3" "$here/../rtl/$2" >"$dir/$2"
  if cmp -s "$dir/$2" "$here/../rtl/$2"; then
    echo "mutant $number changes nothing: $3" >&2
    failures=$((failures + 1))
    return
  fi
  sh "$here/unbounded.sh" -r "$dir" -o "$dir" "$1" >"$dir/out" 2>&1
  status=$?
  if [ $status -eq 1 ]; then
    echo "refuted  $1  $3"
  else
    echo "mutant $number was not refuted (status $status): $1  $3" >&2
    failures=$((failures + 1))
  fi
}

csr=shell/systole_csr.sv
queue=common/systole_queue.sv
mutant csr $csr 's/w_valid && (!bvalid_o || bready_i)/w_valid/'      # an answer written over
mutant csr $csr 's/ar_valid && (!rvalid_o || rready_i)/ar_valid/'
mutant csr $csr 's/if (write) begin/if (write \&\& !locked_i) begin/'  # a write without an answer
mutant csr $csr 's/if (bready_i) begin/if (!bready_i) begin/'
mutant csr $csr 's/ && !soft_reset_o;/;/'                            # start and reset at once
mutant csr $csr "s/SLVERR = 2'b10/SLVERR = 2'b11/"
mutant queue3 $queue 's/rd_q == PTR_W.(DEPTH - 1)/rd_q == PTR_W'"'"'(DEPTH - 2)/'
mutant queue3 $queue 's/if (push_i && !pop_i)/if (push_i)/'          # push and pop at once
mutant queue3 $queue 's/count_q == CNT_W.(DEPTH)/count_q == CNT_W'"'"'(DEPTH - 1)/'
mutant queue5 $queue 's/if (push_i) mem/if (push_i \&\& !pop_i) mem/'
[ $failures -eq 0 ]

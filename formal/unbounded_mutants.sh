#!/bin/sh
# Shows that the unbounded proofs can fail: changes one detail at a time and expects unbounded.sh to
# refute it.
#
#   formal/unbounded_mutants.sh [WORK_DIR]
set -u
work=${1:-build/unbounded_mutants}
. "$(dirname "$0")/mutant.sh"

csr() { mutant unbounded.sh csr "$1" shell/systole_csr.sv; }
queue() { mutant unbounded.sh "$1" "$2" common/systole_queue.sv; }

csr 's/w_valid && (!bvalid_o || bready_i)/w_valid/'      # an answer written over
csr 's/ar_valid && (!rvalid_o || rready_i)/ar_valid/'
csr 's/if (write) begin/if (write \&\& !locked_i) begin/'  # a write without an answer
csr 's/if (bready_i) begin/if (!bready_i) begin/'
csr 's/ && !soft_reset_o;/;/'                            # start and reset at once
csr "s/SLVERR = 2'b10/SLVERR = 2'b11/"
queue queue3 's/rd_q == PTR_W.(DEPTH - 1)/rd_q == PTR_W'"'"'(DEPTH - 2)/'
queue queue3 's/if (push_i && !pop_i)/if (push_i)/'          # push and pop at once
queue queue3 's/count_q == CNT_W.(DEPTH)/count_q == CNT_W'"'"'(DEPTH - 1)/'
queue queue5 's/if (push_i) mem/if (push_i \&\& !pop_i) mem/'
[ $failures -eq 0 ]

// The depths of the RTL's pipelines in cycles: every offset of the timing laws, each once. All
// stamps (matmul_law.h, post_law.h, transfer_law.h, fetch_law.h) are sums of these. What the RTL
// takes from its package, too, comes from spec/ (sw/isa/pipeline.h).
#pragma once

#include "sw/isa/pipeline.h"

namespace systole {

struct Pipeline {
  // All engines: issue -> MATMUL's first vector slot, POST's first tap, LOAD's first address,
  // Fill's first beat, STORE's first read.
  int issue_to_work = 1;

  // MATMUL: a vector's slot -> its window is read from the activation buffer -> it is at the edge
  // of the array; ROWS + c cycles later column c's sum meets its accumulator: read, and written
  // later.
  int slot_to_activation_read = 1;
  int accumulator_read_to_write = pipeline::kAccTurn - 1;
  int slot_to_array = pipeline::kMatmulTail - accumulator_read_to_write;
  // An error of MATMUL -> run control is told (the other engines tell in the same cycle).
  int matmul_error_to_control = 1;

  // POST: a tap's accumulator read -> its pixel's bytes are written, where it is the pixel's last.
  int tap_to_write = pipeline::kPostTail;

  // LOAD and Fill: a beat -> its write into the buffer, and the error that came with it.
  int beat_to_write = 1;

  // STORE: a beat's read -> it is on the bus, the address with a burst's first. A response -> the
  // error that came with it.
  int read_to_bus = pipeline::kStoreLead;
  int response_to_error = 1;

  // Fetch: first cycle of the run -> first address; an instruction's last beat -> its dispatch;
  // dispatch -> output of the engine's queue.
  int start_to_fetch = 1;
  int arrival_to_dispatch = 1;
  int dispatch_to_head = 1;

  // A token given -> taken; the last retire -> DONE is seen by the register port.
  int give_to_take = 1;
  int retire_to_done = 2;
};

}  // namespace systole

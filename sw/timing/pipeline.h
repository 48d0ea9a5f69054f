// The depths of the RTL's pipelines in cycles: every offset of the timing laws, each once. All
// stamps (matmul_law.h, post_law.h, transfer_law.h, fetch_law.h) are sums of these.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

namespace systole {

struct Pipeline {
  // all engines: issue -> MATMUL's first vector slot, POST's first tap, LOAD's first address,
  // Fill's first beat, STORE's first read
  int issue_to_work = 1;
  // MATMUL: a vector's slot -> its window is read from the activation buffer
  int slot_to_activation_read = 1;
  // MATMUL: a vector's slot -> it is at the edge of the array; ROWS + c cycles later column c's sum
  // meets its accumulator
  int slot_to_array = 3;
  // MATMUL, row stationary: a step's start at a row -> its first product's sum leaves the row
  int start_to_sum = 4;
  // MATMUL: an accumulator entry is read -> it is written
  int accumulator_read_to_write = 2;
  // an error of MATMUL -> run control is told (the other engines tell in the same cycle)
  int matmul_error_to_control = 1;
  // POST: a tap's accumulator read -> its pixel's bytes are written, where it is the pixel's last
  int tap_to_write = 10;
  // POST: how much later the pixels of an addition are written than others, and how much longer it
  // keeps the engine
  int add_to_write = 5;
  // LOAD and Fill: a beat -> its write into the buffer, and the error that came with it
  int beat_to_write = 1;
  // STORE: a beat's read -> it is on the bus, the address with a burst's first
  int read_to_bus = 3;
  // STORE: a response -> the error that came with it
  int response_to_error = 1;
  // fetch: first cycle of the run -> first address
  int start_to_fetch = 1;
  // fetch: an instruction's last beat -> its dispatch
  int arrival_to_dispatch = 1;
  // fetch: dispatch -> output of the engine's queue
  int dispatch_to_head = 1;
  // a token given -> taken
  int give_to_take = 1;
  // the last retire -> DONE is seen by the register port
  int retire_to_done = 2;
};

}  // namespace systole

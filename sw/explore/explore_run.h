// `systole explore SPACE.toml`, once its options are read.
#pragma once

#include <cstdint>
#include <string>

#include "sw/explore/engine/store.h"

namespace systole::explore {

struct RunOptions {
  std::string space_file;
  Overrides overrides;
  int threads = 1;
  std::string store, csv, html, json;  // paths; empty: none
  bool resume = false;
  Shard shard;
  bool sharded = false;
  int64_t top = 10;        // rows of the printed table
  int64_t verify_rtl = 0;  // designs to run as RTL
};

// Exit status: 0; 1 where the RTL differs from what was predicted; 2 where none of it could run;
// 128 + signal after Ctrl-C. Throws InputError.
int RunExplore(const RunOptions& options);

}  // namespace systole::explore

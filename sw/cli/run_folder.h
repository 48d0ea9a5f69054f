// `systole run FOLDER`: a folder that compile wrote (docs/program.md), on TLM and RTL.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compare/target.h"

namespace systole {

struct FolderJob {
  std::string folder;
  std::string images;  // file; empty: the folder's own
  int64_t first = -1;
  std::vector<std::string> backends;  // of tlm, rtl
  TargetSettings target;              // memory_latency 0: the folder's own
  std::string outputs;                // .npy; empty: none
};

// Returns the exit status: every backend's stored outputs and observed tensors equal what the
// folder expects (of its own images), its cycles those of the cycle model and of the folder, and
// backends each other. Throws InputError and HardwareError.
int RunFolder(const FolderJob& job);

}  // namespace systole

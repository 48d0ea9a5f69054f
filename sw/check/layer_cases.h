// The table of named layer cases. Each states only what matters for it; every description of the
// accelerator runs all.
#pragma once

#include <string>
#include <vector>

#include "sw/check/net_builder.h"
#include "sw/isa/config.h"

namespace systole {

struct LayerCase {
  std::string name;
  NetBuilder net;
  Rounding rounding = Rounding::kFloat32;
  int images = 1, batch = 1;
};

const std::vector<LayerCase>& LayerCases();

// The default configuration with an array of this shape (lanes: at most 8); every case fits.
HwConfig CaseConfig(int rows, int cols);

}  // namespace systole

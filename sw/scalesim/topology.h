// SCALE-Sim's topology .csv.
//
// The first line is dropped, blank lines are skipped, and of each row the field after the last
// comma.
//   conv: name, H, W, fh, fw, channels, filters, stride [, stride_w [, ignored whole numbers...]],
//   gemm: name, M, N, K [, ignored...],
// A conv row whose name contains DP stands for `channels` layers of one channel, each with all its
// filters. v3: the field after the stride (conv) or after K (gemm) is the sparsity "N:M"; no
// stride_w.
#pragma once

#include <string>
#include <vector>

#include "sw/scalesim/types.h"

namespace systole::scalesim {

enum class InputType { kConv, kGemm };

struct NamedLayer {
  std::string name;
  Layer layer;
};

// Throws InputError that names the file, the line and what is wrong.
std::vector<NamedLayer> ParseTopology(const std::string& text, const std::string& file,
                                      InputType type, Compat compat);

}  // namespace systole::scalesim

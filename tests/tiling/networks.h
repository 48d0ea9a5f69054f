// Networks of the literature by their shapes, with random weights: what the compiler makes of them
// is the same for any weights.
#pragma once

#include <string>

#include "sw/model/model.h"

namespace systole {

// "resnet50", "resnet18", "mobilenet_v1", "mobilenet_v2", "vgg16", MLPerf Tiny's "vww", "kws" and
// "resnet8"; batch normalization is folded.
// Without `sums` residual connections are left out, and convolutions in them are further outputs.
Model Network(const std::string& name, bool sums = true);

}  // namespace systole

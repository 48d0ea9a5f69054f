// Labels of images, and how many of them a model finds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

// Throws InputError, "FILE: ...", where these labels cannot be those of `count` images of a model
// with this output: too few, a label that is no class, an output that is no list of scores.
void CheckLabels(const std::string& file, const std::vector<uint8_t>& labels, int64_t count,
                 const Tensor& output);

// The share of images, 0 to 1, whose first largest score is their label's. scores: images x
// classes.
double Accuracy(const int8_t* scores, int64_t classes, int64_t count,
                const std::vector<uint8_t>& labels);

}  // namespace systole

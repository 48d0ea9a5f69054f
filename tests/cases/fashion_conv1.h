// The first layer of a published Fashion-MNIST accelerator (3x3 filter, padding 1, ReLU, 2x2 max
// pooling), one filter: its image, weights, bias and expected output as its authors give them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

struct FashionConv1 {
  Model model;                // multipliers not chosen
  std::vector<int8_t> image;  // 28 x 28, int8 domain
  std::vector<int> expected;  // 14 x 14, uint8
};

// Reads the folder `fashion_conv1` under the data folder.
FashionConv1 ReadFashionConv1(const std::string& data_folder);

// Outputs (int8 domain, 196) against the file: how many are equal, and the largest difference.
struct FashionDifference {
  int equal = 0, largest = 0;
};
FashionDifference CompareFashionConv1(const FashionConv1& vector,
                                      const std::vector<int8_t>& outputs);

}  // namespace systole

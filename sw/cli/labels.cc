#include "sw/cli/labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/error.h"

namespace systole {

void CheckLabels(const std::string& file, const std::vector<uint8_t>& labels, int64_t count,
                 const Tensor& output) {
  if (output.h != 1 || output.w != 1) {
    throw InputError(
        fmt::format("{}: the model's output is {}x{}x{}, no list of class scores; leave --labels "
                    "out",
                    file, output.c, output.h, output.w));
  }
  if (static_cast<int64_t>(labels.size()) < count)
    throw InputError(fmt::format("{}: {} labels for {} images", file, labels.size(), count));
  for (int64_t i = 0; i < count; ++i) {
    if (labels[i] >= output.c) {
      throw InputError(
          fmt::format("{}: label {} of image {} is none of the model's {} classes, 0 to {}; give "
                      "the labels of this model's images",
                      file, labels[i], i, output.c, output.c - 1));
    }
  }
}

double Accuracy(const int8_t* scores, int64_t classes, int64_t count,
                const std::vector<uint8_t>& labels) {
  int64_t right = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int8_t* begin = scores + i * classes;
    right += std::max_element(begin, begin + classes) - begin == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(count);
}

}  // namespace systole

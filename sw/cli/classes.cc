#include "sw/cli/classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "sw/base/error.h"
#include "sw/model/bytes.h"

namespace systole {

std::vector<std::string> ReadClasses(const std::string& file, const Tensor& output) {
  if (output.h != 1 || output.w != 1) {
    throw InputError(
        fmt::format("{}: the model's output is {}x{}x{}, no list of class scores; leave --classes "
                    "out",
                    file, output.c, output.h, output.w));
  }
  std::vector<std::string> classes;
  std::string line;
  const auto add = [&] {
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
    classes.push_back(line);
    line.clear();
  };
  for (uint8_t byte : ReadFile(file)) {
    if (byte == '\n') {
      add();
    } else {
      line += byte < 0x20 && byte != '\t' && byte != '\r' ? '?' : static_cast<char>(byte);
    }
  }
  if (!line.empty()) add();
  while (!classes.empty() && classes.back().empty()) classes.pop_back();
  if (static_cast<int>(classes.size()) != output.c) {
    throw InputError(
        fmt::format("{}: has {} names, but the model's output '{}' has {} classes; "
                    "give a name a line",
                    file, classes.size(), output.name, output.c));
  }
  return classes;
}

std::string BestClasses(const std::vector<std::string>& classes, const Images& images,
                        const Tensor& output, const int8_t* scores) {
  const size_t shown = std::min<size_t>(5, classes.size());
  std::string text;
  std::vector<int> order(classes.size());
  for (int64_t i = 0; i < images.count; ++i) {
    const int8_t* const score = scores + i * output.c;
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + shown, order.end(), [&](int a, int b) {
      return score[a] != score[b] ? score[a] > score[b] : a < b;
    });
    text += images.names.empty() ? fmt::format("image {}\n", i) : images.names[i] + "\n";
    for (size_t k = 0; k < shown; ++k) {
      const double real = double{output.scale} * (score[order[k]] - output.zero_point);
      text += fmt::format("  {:8.4f}  {:>4}  {}\n", real, order[k], classes[order[k]]);
    }
  }
  return text;
}

}  // namespace systole

#include "sw/model/text_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sw/base/error.h"
#include "sw/model/bytes.h"

namespace systole {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The whole word as T, or false.
template <typename T>
bool Parse(const std::string& word, T* value) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), *value);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

std::vector<TextLine> ReadTextLines(const std::string& path) {
  const std::vector<uint8_t> bytes = ReadFile(path);
  std::vector<TextLine> lines;
  TextLine line;
  line.number = 1;
  bool comment = false, in_word = false;
  const auto finish = [&] {
    if (!line.words.empty()) lines.push_back(line);
    line.words.clear();
    ++line.number;
    comment = in_word = false;
  };
  for (uint8_t byte : bytes) {
    const char c = static_cast<char>(byte);
    if (c == '\n') {
      finish();
    } else if (comment || c == '#') {
      comment = true;
    } else if (IsSpace(c)) {
      in_word = false;
    } else {
      if (!in_word) line.words.emplace_back();
      in_word = true;
      line.words.back() += c;
    }
  }
  finish();
  return lines;
}

void RefuseLine(const std::string& path, int number, const std::string& what) {
  throw InputError(fmt::format("{}: line {}: {}", path, number, what));
}

int64_t TextInteger(const std::string& path, int number, const std::string& word, int64_t lo,
                    int64_t hi) {
  int64_t value = 0;
  if (!Parse(word, &value) || value < lo || value > hi) {
    RefuseLine(path, number, fmt::format("'{}' is no integer from {} to {}", word, lo, hi));
  }
  return value;
}

double TextReal(const std::string& path, int number, const std::string& word) {
  double value = 0;
  if (!Parse(word, &value) || !std::isfinite(value)) {
    RefuseLine(path, number, fmt::format("'{}' is no finite number", word));
  }
  return value;
}

float TextScale(const std::string& path, int number, const std::string& word) {
  float value = 0;
  if (!Parse(word, &value) || !std::isfinite(value) || !(value > 0)) {
    RefuseLine(
        path, number,
        fmt::format("the scale '{}' is no positive finite number of single precision", word));
  }
  return value;
}

std::vector<int64_t> ReadTextIntegers(const std::string& path, int64_t count, int64_t lo,
                                      int64_t hi, const std::string& what) {
  std::vector<int64_t> values;
  for (const TextLine& line : ReadTextLines(path)) {
    for (const std::string& word : line.words)
      values.push_back(TextInteger(path, line.number, word, lo, hi));
  }
  if (static_cast<int64_t>(values.size()) != count) {
    throw InputError(
        fmt::format("{}: holds {} integers; {} need {}", path, values.size(), what, count));
  }
  return values;
}

}  // namespace systole

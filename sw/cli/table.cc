#include "sw/cli/table.h"

#include <algorithm>
#include <cctype>

namespace systole {
namespace {

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

size_t Letters(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !Continues(c); }));
}

std::string ShortName(const std::string& name, size_t width) {
  std::string text = name;
  for (char& c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  size_t letters = Letters(text);
  if (letters <= width) return text;
  size_t begin = 0;
  for (; letters > width - 3; --letters) {
    do {
      ++begin;
    } while (begin < text.size() && Continues(text[begin]));
  }
  return "..." + text.substr(begin);
}

}  // namespace systole

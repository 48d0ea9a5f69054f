// Names of the definitions as C and SystemVerilog write them.
#pragma once

#include <cctype>
#include <string>

namespace systole {

// "PopLoad", "half_up" -> "POP_LOAD", "HALF_UP"
inline std::string Upper(const std::string& name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && std::isupper(static_cast<unsigned char>(name[i]))) out += '_';
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
  }
  return out;
}

}  // namespace systole

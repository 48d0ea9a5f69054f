// Names in tables.
#pragma once

#include <string>

namespace systole {

// The most columns that a name takes in a table.
inline constexpr size_t kWidestName = 32;

// The name, or "..." and its last characters: exporters put what tells names apart at their end.
inline std::string ShortName(const std::string& name, size_t width = kWidestName) {
  return name.size() <= width ? name : "..." + name.substr(name.size() - (width - 3));
}

}  // namespace systole

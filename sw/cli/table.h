// Names in tables: of any length, and of any bytes.
#pragma once

#include <cstddef>
#include <string>

namespace systole {

// The most columns that a name takes in a table.
inline constexpr size_t kWidestName = 32;

// Columns of a text: its UTF-8 characters.
size_t Letters(const std::string& text);

// The name, or "..." and its last characters: exporters put what tells names apart at their end. A
// control character becomes '?'.
std::string ShortName(const std::string& name, size_t width = kWidestName);

}  // namespace systole

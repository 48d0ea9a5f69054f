// Files as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole {

// Larger files are refused (a decompressed .gz too), before they fill the memory.
inline constexpr int64_t kMaxFileBytes = int64_t{1} << 31;

// The whole file. Throws InputError if it cannot be read or is larger than kMaxFileBytes.
std::vector<uint8_t> ReadFile(const std::string& path);

// The same, decompressed if it is gzip data. Throws InputError for a damaged or truncated gzip file
// too.
std::vector<uint8_t> ReadMaybeGzip(const std::string& path);

}  // namespace systole

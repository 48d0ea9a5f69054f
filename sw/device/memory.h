// The memory that host and accelerator share: sparse, zero where nothing was written.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <unordered_map>

namespace systole {

class Memory {
 public:
  static constexpr uint64_t kPageBytes = uint64_t{1} << 20;

  // The page that holds `address`; allocated when first touched. The last page asked for is found
  // without a search.
  uint8_t* At(uint64_t address) {
    const uint64_t number = address / kPageBytes;
    if (number != last_number_) {
      std::unique_ptr<uint8_t[]>& page = pages_[number];
      if (!page) page.reset(new uint8_t[kPageBytes]());
      last_number_ = number;
      last_page_ = page.get();
    }
    return last_page_ + address % kPageBytes;
  }

  void Write(uint64_t address, const void* data, size_t bytes) {
    const auto* from = static_cast<const uint8_t*>(data);
    while (bytes > 0) {
      const size_t n = std::min<uint64_t>(bytes, kPageBytes - address % kPageBytes);
      std::memcpy(At(address), from, n);
      address += n, from += n, bytes -= n;
    }
  }

  void Read(uint64_t address, void* data, size_t bytes) {
    auto* to = static_cast<uint8_t*>(data);
    while (bytes > 0) {
      const size_t n = std::min<uint64_t>(bytes, kPageBytes - address % kPageBytes);
      std::memcpy(to, At(address), n);
      address += n, to += n, bytes -= n;
    }
  }

 private:
  std::unordered_map<uint64_t, std::unique_ptr<uint8_t[]>> pages_;
  uint64_t last_number_ = ~uint64_t{0};
  uint8_t* last_page_ = nullptr;
};

}  // namespace systole

// Bytes that copies share: a network's weights are copied with everything that describes a layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace systole {

class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(std::vector<int8_t> bytes)  // NOLINT: as a vector is assigned
      : bytes_(std::make_shared<const std::vector<int8_t>>(std::move(bytes))) {}

  const std::vector<int8_t>& get() const {
    static const std::vector<int8_t> kNone;
    return bytes_ == nullptr ? kNone : *bytes_;
  }
  int8_t operator[](size_t i) const { return (*bytes_)[i]; }
  const int8_t* data() const { return get().data(); }
  size_t size() const { return get().size(); }
  bool empty() const { return size() == 0; }

 private:
  std::shared_ptr<const std::vector<int8_t>> bytes_;
};

}  // namespace systole

#include "sw/cli/tensor_npy.h"

namespace systole {

NpyArray ToNpy(const Model& model, const Tensor& tensor, const int8_t* values, int64_t count) {
  const bool last = model.channels_last, is_uint8 = tensor.boundary == DType::kUint8;
  NpyArray array;
  array.type = is_uint8 ? NpyType::kUint8 : NpyType::kInt8;
  array.shape = {count, tensor.c, tensor.h, tensor.w};
  if (last) array.shape = {count, tensor.h, tensor.w, tensor.c};
  array.bytes.resize(count * tensor.Elements());
  const uint8_t flip = is_uint8 ? 0x80 : 0;
  const int64_t plane = int64_t{tensor.h} * tensor.w;
  const int64_t channel = last ? 1 : plane, pixel = last ? tensor.c : 1;
  for (int64_t i = 0; i < count; ++i) {
    const int8_t* const from = values + i * tensor.Elements();
    uint8_t* const to = array.bytes.data() + i * tensor.Elements();
    for (int64_t c = 0; c < tensor.c; ++c) {
      for (int64_t p = 0; p < plane; ++p) {
        to[c * channel + p * pixel] = static_cast<uint8_t>(from[c * plane + p]) ^ flip;
      }
    }
  }
  return array;
}

}  // namespace systole

// The layers without filters on tensors H x W x C of bytes x + 128.
#pragma once

#include <cstdint>

#include "sw/model/model.h"

namespace systole {

void FastMaxPool(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                 uint8_t* y);
void FastAveragePool(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                     uint8_t* y);
// One input of a concatenation; `to` is its first channel in `out`.
void FastCopyChannels(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                      uint8_t* to);
void FastPad(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x, uint8_t* y);
void FastTable(const Layer& layer, const Tensor& out, const uint8_t* x, uint8_t* y);
void FastSoftmax(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                 uint8_t* y);

}  // namespace systole

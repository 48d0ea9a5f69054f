#include "sw/driver/host_step.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/arith/add.h"
#include "sw/arith/softmax.h"
#include "sw/program/layout.h"

namespace systole {
namespace {

// Bytes of a tensor's lines as they lie, with what lies between them.
std::vector<int8_t> Read(const TensorLayout& t, Device* device) {
  std::vector<int8_t> lines(SpanBytes(t));
  device->ReadMemory(t.address, lines.data(), lines.size());
  return lines;
}

int8_t Clamp(int y, const HostStep& step) {
  return static_cast<int8_t>(std::clamp(y, step.lo, step.hi));
}

// The channels of one pixel.
void DoPixel(const HostStep& step, const int8_t* x1, const int8_t* x2, int8_t* y) {
  const int channels = step.output.c;
  switch (step.kind) {
    case HostStep::Kind::kAdd:
      for (int c = 0; c < channels; ++c)
        y[c] = static_cast<int8_t>(
            AddQuantized(x1[c], x2[c], step.add, step.rounding, step.lo, step.hi));
      break;
    case HostStep::Kind::kTable: {
      const size_t per_channel = step.table.size() > 256 ? 256 : 0;
      for (int c = 0; c < channels; ++c)
        y[c] = Clamp(step.table[c * per_channel + static_cast<size_t>(x1[c] + 128)], step);
      break;
    }
    case HostStep::Kind::kSoftmax:
      Softmax(step.softmax, x1, channels, y);
      for (int c = 0; c < channels; ++c) y[c] = Clamp(y[c], step);
      break;
  }
}

}  // namespace

void RunHostStep(const HostStep& step, Device* device) {
  std::vector<std::vector<int8_t>> x;
  for (const TensorLayout& t : step.inputs) x.push_back(Read(t, device));
  const TensorLayout &a = step.inputs.front(), &b = step.inputs.back(), &out = step.output;
  std::vector<int8_t> y = Read(out, device);
  for (int row = 0; row < out.h; ++row) {
    for (int col = 0; col < out.w; ++col) {
      DoPixel(step, &x.front()[row * a.line_stride + col * a.PixelStride()],
              &x.back()[row * b.line_stride + col * b.PixelStride()],
              &y[row * out.line_stride + col * out.PixelStride()]);
    }
  }
  device->WriteMemory(out.address, y.data(), y.size());
}

}  // namespace systole

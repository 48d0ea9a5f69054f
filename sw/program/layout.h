// Images as planes (C x H x W, as models and files have them) and as lines (H lines of W x C bytes,
// as the accelerator has them in memory).
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "sw/program/program.h"

namespace systole {

// From the first byte of an image in memory to the one past its last.
inline uint64_t SpanBytes(const TensorLayout& t) {
  return (t.h - 1) * t.line_stride + uint64_t(t.w - 1) * t.PixelStride() + t.c;
}

// Does a write that begins at `address` belong to the tensor (whose pixels may be channels of
// larger ones)?
inline bool BeginsIn(const TensorLayout& t, uint64_t address) {
  if (address < t.address || address >= t.address + SpanBytes(t)) return false;
  const uint64_t in_line = (address - t.address) % t.line_stride;
  return in_line % t.PixelStride() < static_cast<uint64_t>(t.c);
}

// The first address that the code writes.
inline uint64_t WriteBase(const Program& p) {
  return p.write_base != 0 ? p.write_base : p.output.address;
}

// First address past what the code writes: its outputs, and in a program without setup the tensors
// between its layers, which lie from there to the constants.
inline uint64_t WriteEnd(const Program& p) {
  if (p.write_end != 0) return p.write_end;
  if (p.setup.empty()) return p.constants_address;
  const uint64_t beat = static_cast<uint64_t>(p.config.AxiBytes());
  const uint64_t end =
      p.output.address + (p.options.images - 1) * p.output_stride + SpanBytes(p.output);
  return (end + beat - 1) / beat * beat;
}

// C x H x W to SpanBytes(t) bytes; those between lines are 0.
inline std::vector<int8_t> PlanesToLines(const TensorLayout& t, const int8_t* planes) {
  std::vector<int8_t> lines(SpanBytes(t));
  const size_t plane = size_t(t.h) * t.w, pixel = t.PixelStride();
  for (int y = 0; y < t.h; ++y) {
    int8_t* line = lines.data() + y * t.line_stride;
    for (int x = 0; x < t.w; ++x) {
      for (int ch = 0; ch < t.c; ++ch)
        line[x * pixel + ch] = planes[ch * plane + size_t(y) * t.w + x];
    }
  }
  return lines;
}

// Is the whole of an h x w x c tensor observed?
inline bool IsWhole(const Observation& o, int h, int c) {
  return o.layout.h == h && o.layout.c == c;
}

// What an observation sees of an H x W tensor's planes.
inline std::vector<int8_t> PartOf(const Observation& o, int h, int w,
                                  const std::vector<int8_t>& planes) {
  const size_t plane = size_t(h) * w, part = size_t(o.layout.h) * w;
  std::vector<int8_t> seen;
  seen.reserve(part * o.layout.c);
  for (int c = 0; c < o.layout.c; ++c) {
    const auto from =
        planes.begin() + static_cast<std::ptrdiff_t>((o.c0 + c) * plane + size_t(o.y0) * w);
    seen.insert(seen.end(), from, from + static_cast<std::ptrdiff_t>(part));
  }
  return seen;
}

// The pixels at a layout in the activation buffer, without what lies between them.
inline std::vector<int8_t> PixelsAt(const TensorLayout& t, const int8_t* buffer) {
  std::vector<int8_t> pixels(size_t(t.h) * t.w * t.c);
  int8_t* to = pixels.data();
  const bool lines = t.PixelStride() == uint64_t(t.c);
  for (int y = 0; y < t.h; ++y) {
    const int8_t* line = buffer + t.address + y * t.line_stride;
    for (int x = 0; x < (lines ? 1 : t.w); ++x) {
      const size_t bytes = size_t(t.c) * (lines ? t.w : 1);
      std::memcpy(to, line + x * t.PixelStride(), bytes);
      to += bytes;
    }
  }
  return pixels;
}

// SpanBytes(t) bytes to C x H x W.
inline void LinesToPlanes(const TensorLayout& t, const int8_t* lines, int8_t* planes) {
  const size_t plane = size_t(t.h) * t.w, pixel = t.PixelStride();
  for (int y = 0; y < t.h; ++y) {
    const int8_t* line = lines + y * t.line_stride;
    for (int x = 0; x < t.w; ++x) {
      for (int ch = 0; ch < t.c; ++ch)
        planes[ch * plane + size_t(y) * t.w + x] = line[x * pixel + ch];
    }
  }
}

}  // namespace systole

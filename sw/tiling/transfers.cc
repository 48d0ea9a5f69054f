#include "sw/tiling/transfers.h"

#include "sw/base/check.h"
#include "sw/tiling/put.h"

namespace systole {
namespace {

bool Meet(int a0, int a1, int b0, int b1) { return a0 < b1 && b0 < a1; }

}  // namespace

int64_t StoreLog::Last(int root, const Area& a) const {
  const auto it = stores_.find(root);
  if (it == stores_.end()) return -1;
  for (auto e = it->second.rbegin(); e != it->second.rend(); ++e) {
    const Area& b = e->area;
    if (Meet(a.image0, a.image1, b.image0, b.image1) && Meet(a.y0, a.y1, b.y0, b.y1) &&
        Meet(a.c0, a.c1, b.c0, b.c1))
      return e->op;
  }
  return -1;
}

void PutLoad(Opcode opcode, const std::string& who, int64_t bytes, int64_t lines, int64_t buf,
             int64_t buf_stride, Instruction* i) {
  FieldWriter(opcode, who, i)
      .Put(field::kLsBytes, bytes)
      .Put(field::kLsLines, lines)
      .Put(field::kLsBuf, buf)
      .Put(field::kLsBufStride, lines > 1 ? buf_stride : 0);
}

void AddFills(const std::string& who, const Padding& pad, int pad_value, int h, int w, int c,
              int pitch, int64_t at, Work* work) {
  const int lines = pad.top + h + pad.bottom;
  auto fill = [&](int64_t bytes, int64_t n, int64_t from, int64_t stride, int row0, int row1) {
    if (bytes <= 0 || n <= 0) return;
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kFill, who, bytes, n, at + from, stride, &piece.instruction);
    piece.instruction.Set(field::kLsFill, static_cast<uint8_t>(pad_value));
    piece.row0 = row0;
    piece.row1 = row1;
  };
  if (h == 0 || w == 0) {
    fill(int64_t{lines} * pitch, 1, 0, 0, 0, lines);
    return;
  }
  if (pad.left > 0 && pad.right > 0 && h > 1) {
    // The end of a line and the beginning of the next one lie side by side.
    const int64_t first = int64_t{pad.top} * pitch + int64_t{pad.left} * c;
    const int64_t side = pitch - int64_t{w} * c;
    fill(first, 1, 0, 0, 0, pad.top + 1);
    fill(side, h - 1, first + int64_t{w} * c, pitch, pad.top, pad.top + h);
    fill(pitch - int64_t{pad.left + w} * c + int64_t{pad.bottom} * pitch, 1,
         int64_t{pad.top + h - 1} * pitch + int64_t{pad.left + w} * c, 0, pad.top + h - 1, lines);
    return;
  }
  fill(int64_t{pad.top} * pitch, 1, 0, 0, 0, pad.top);
  fill(int64_t{pad.bottom} * pitch, 1, int64_t{pad.top + h} * pitch, 0, pad.top + h, lines);
  const int64_t inner = int64_t{pad.top} * pitch;
  fill(int64_t{pad.left} * c, h, inner, pitch, pad.top, pad.top + h);
  fill(int64_t{pad.right} * c, h, inner + int64_t{pad.left + w} * c, pitch, pad.top, pad.top + h);
}

void AddStores(const std::string& who, const StoredRect& rect, const HwConfig& config, int item,
               int32_t row, Work* work) {
  const MemoryView& view = rect.view;
  const int rows = rect.y1 - rect.y0, cols = rect.x1 - rect.x0, channels = rect.channels;
  const uint64_t first = view.address + rect.y0 * view.line_stride + rect.x0 * view.pixel_stride +
                         static_cast<uint64_t>(rect.channel);
  auto store = [&](uint64_t address, int64_t bytes, int64_t lines, uint64_t stride, int64_t buf,
                   int64_t buf_stride) {
    Op& op = work->ops.emplace_back();
    op.output = item;
    op.row = row;
    op.job = work->ops.size() > 1 ? work->ops[work->ops.size() - 2].job : 0;
    PutLoad(Opcode::kStore, who, bytes, lines, buf, buf_stride, &op.instruction);
    Check(address % config.AxiBytes() == 0 && (lines == 1 || stride % config.AxiBytes() == 0),
          "a result does not begin on a beat");
    op.instruction.Set(field::kLsAddr, address);
    op.instruction.Set(field::kLsMemStride, lines > 1 ? stride : 0);
    work->last_of_item[item] = static_cast<uint32_t>(work->ops.size()) - 1;
  };
  const bool whole = view.pixel_stride == static_cast<uint64_t>(channels);
  if (whole) {
    store(first, int64_t{cols} * channels, rows, view.line_stride, 0, int64_t{cols} * channels);
  } else if (cols == 1) {
    store(first, channels, rows, view.line_stride, 0, channels);
  } else if (view.line_stride == view.pixel_stride * cols) {
    store(first, channels, int64_t{rows} * cols, view.pixel_stride, 0, channels);
  } else {
    for (int y = 0; y < rows; ++y) {
      store(first + y * view.line_stride, channels, cols, view.pixel_stride,
            int64_t{y} * cols * channels, channels);
    }
  }
}

}  // namespace systole

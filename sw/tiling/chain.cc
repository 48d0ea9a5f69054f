#include "sw/tiling/chain.h"

#include <algorithm>

namespace systole {

int Chain::PoolingOf(size_t n) const {
  const ChainNode& k = nodes[n];
  if (k.writer == nullptr || k.other >= 0) return -1;
  // Lines are done when all their channels are.
  const Mapping& mapping = k.writer->part().mapping();
  if (mapping.folds.size() > 1 && !mapping.joint) return -1;
  for (size_t m = n + 1; m < nodes.size(); ++m) {
    if (nodes[m].in != k.out) continue;
    return nodes[m].writer == nullptr && nodes[m].pools->out_h > 1 ? static_cast<int>(m) : -1;
  }
  return -1;
}

void Chain::SetLate() {
  for (const ChainNode& k : nodes) {
    if (!k.whole || k.writer == nullptr) continue;
    const Mapping& mapping = k.writer->part().mapping();
    tensors[k.out].late =
        !mapping.joint && mapping.folds.size() > 1 ? mapping.folds.back().first_column : 0;
  }
}

bool Chain::SetStrip(int oy0, int oy1) {
  for (ChainTensor& t : tensors) {
    t.y0 = t.h;
    t.y1 = t.top = t.bottom = 0;
    if (t.kind != ChainTensor::Kind::kStored) continue;
    t.y0 = oy0;
    t.y1 = oy1;
  }
  for (auto k = nodes.rbegin(); k != nodes.rend(); ++k) {
    const ChainTensor& out = tensors[k->out];
    const Stage& s = k->stage();
    k->rect = CutRect(s, out.y0, out.y1, 0, s.out_w);
    if (k->rect.iy0 >= k->rect.iy1 || k->rect.ix0 >= k->rect.ix1) return false;
    ChainTensor& in = tensors[k->in];
    in.y0 = std::min(in.y0, k->rect.iy0);
    in.y1 = std::max(in.y1, k->rect.iy1);
    if (k->other < 0) continue;
    ChainTensor& other = tensors[k->other];
    other.y0 = std::min(other.y0, out.y0);
    other.y1 = std::max(other.y1, out.y1);
  }
  for (const ChainNode& k : nodes) {
    ChainTensor& in = tensors[k.in];
    in.top = std::max(in.top, k.rect.stage.pad.top);
    in.bottom = std::max(in.bottom, k.rect.stage.pad.bottom);
  }
  return true;
}

}  // namespace systole

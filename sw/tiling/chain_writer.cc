#include "sw/tiling/chain_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/check.h"
#include "sw/model/graph.h"
#include "sw/tiling/chain_place.h"
#include "sw/tiling/pool_unit.h"
#include "sw/tiling/post_unit.h"

namespace systole {
namespace {

bool WholeLines(const RectPlan& plan, int w) {
  return std::all_of(plan.tiles.begin(), plan.tiles.end(),
                     [&](const Tile& t) { return t.ox0 == 0 && t.ox1 == w; });
}

}  // namespace

// A line of a batch is an image.
MemoryView ChainWriter::ViewOf(const ChainTensor& t, const MemoryPlan& memory, int image) const {
  MemoryView view = memory.View(t.tensor, image);
  if (chain_.batched) view.line_stride = view.image_stride;
  return view;
}

StoreLog::Area ChainWriter::AreaOf(int image, int y0, int y1, int c0, int c1) const {
  if (chain_.batched) return {image + y0, image + y1, 0, 1, c0, c1};
  return {image, image + 1, y0, y1, c0, c1};
}

void ChainWriter::AddLoads(const ChainTensor& t, const MemoryPlan& memory, int image,
                           const StoreLog& log, Work* work) const {
  const MemoryView view = ViewOf(t, memory, image);
  const std::string who = fmt::format("tensor '{}'", model_.tensors[t.tensor].name);
  const int root = memory.root(t.tensor), channel = memory.channel(t.tensor);
  auto load = [&](int y0, int y1, int64_t bytes, int64_t lines, uint64_t stride, int64_t buf,
                  int64_t buf_stride) {
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kLoadAct, who, bytes, lines, buf, buf_stride, &piece.instruction);
    piece.instruction.Set(field::kLsAddr,
                          view.address + static_cast<uint64_t>(y0) * view.line_stride);
    piece.instruction.Set(field::kLsMemStride, lines > 1 ? stride : 0);
    piece.after = log.Last(root, AreaOf(image, y0, y1, channel, channel + t.channels));
    piece.row0 = t.top + y0 - t.y0;
    piece.row1 = t.top + y1 - t.y0;
  };
  if (view.pixel_stride == static_cast<uint64_t>(t.channels)) {
    load(t.y0, t.y1, int64_t{t.w} * t.channels, t.y1 - t.y0, view.line_stride, LineBase(t, t.y0),
         t.pitch);
    return;
  }
  for (int y = t.y0; y < t.y1; ++y)
    load(y, y + 1, t.channels, t.w, view.pixel_stride, LineBase(t, y), t.channels);
}

// `same`: the strip is like the one before it, whose padding is still there.
void ChainWriter::AddItems(const MemoryPlan& memory, int image, int strip, bool same,
                           const StoreLog& log, Work* work) {
  items_.resize(chain_.tensors.size(), kNoItem);
  for (size_t i = 0; i < chain_.tensors.size(); ++i) {
    const ChainTensor& t = chain_.tensors[i];
    if (t.kind == ChainTensor::Kind::kMade && same) continue;
    if (t.same >= 0) {
      items_[i] = items_[t.same];
      continue;
    }
    Check(int64_t{t.top + t.y1 - t.y0 + t.bottom} * t.pitch <= t.size, "a strip needs more room");
    items_[i] = work->AddItem(Ring::kPlaced, t.size);
    work->items.back().place = t.place[strip % 2];
    if (t.kind == ChainTensor::Kind::kStored) continue;
    const Padding pad{t.top, t.left, t.bottom, t.right};
    AddFills(fmt::format("tensor '{}'", model_.tensors[t.tensor].name), pad, t.pad_value,
             t.y1 - t.y0, t.w, t.channels, t.pitch, 0, work);
    if (t.kind == ChainTensor::Kind::kLoaded) AddLoads(t, memory, image, log, work);
  }
}

// Lines [y0, y1) of the tensor.
void ChainWriter::AddSum(const ChainNode& k, int y0, int y1, int channel0, int channels,
                         int32_t row, ConstantPool* pool, Work* work) {
  const Step& step = k.writer->step();
  const Layer& layer = model_.layers[step.sum_layer];
  const ChainTensor &out = chain_.tensors[k.out], &other = chain_.tensors[k.other];
  int& parameters = parameters_[static_cast<size_t>(&k - chain_.nodes.data())];
  if (parameters == kNoItem) parameters = pool->AddSum(layer.add, layer.rounding);
  const SumPlace made{items_[k.out], LineBase(out, y0) + channel0, out.pitch};
  const SumPlace added{items_[k.other], LineBase(other, y0) + channel0, other.pitch};
  SumLines sum;
  const bool second = layer.inputs[1] != step.other;
  sum.x2 = second ? made : added;
  sum.x1 = second ? added : made;
  sum.output = made;
  sum.lines = y1 - y0;
  sum.pixels = out.w;
  sum.pixel = out.channels;
  sum.channels = channels;
  sum.made = {out.top + y0 - out.y0, out.top + y1 - out.y0, channel0, channel0 + channels};
  AddSumOfLines(layer, config_, sum, parameters, row, work);
}

// Lines [y0, y1) of the result.
void ChainWriter::WritePools(const ChainNode& k, int y0, int y1, int32_t row, ConstantPool* pool,
                             Work* work) {
  const ChainTensor &in = chain_.tensors[k.in], &out = chain_.tensors[k.out];
  const Stage& s = *k.pools;
  const auto layer = static_cast<size_t>(s.first_layer);
  ChainNode part = k;
  if (y0 > out.y0 || y1 < out.y1) part.rect = CutRect(s, y0, y1, 0, s.out_w);
  AddPool(part.rect.stage, {items_[k.in], InputBase(in, part), in.pitch, in.channels},
          {items_[k.out], LineBase(out, y0) + k.channel, out.pitch, out.channels}, s.cin,
          in.kind == ChainTensor::Kind::kMade, PoolParameters(layer, s, config_, pool), row, work);
  work->ops.back().made = {out.top + y0 - out.y0, out.top + y1 - out.y0, k.channel,
                           k.channel + s.cin};
}

// The pooling of node k's results, each line when its windows are done; `row`: of the pooling.
void ChainWriter::WritePooled(const ChainNode& k, const ChainNode& pools, int image, int32_t row,
                              int32_t pool_row, ConstantPool* pool, Work* work) {
  const ChainTensor &made = chain_.tensors[k.out], &out = chain_.tensors[pools.out];
  const RectPlan* plan = k.writer->part().Plan(k.rect);
  Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
  size_t tile = 0;
  int y = out.y0;
  uint32_t last_post = 0;
  const auto done = [&] {
    last_post = static_cast<uint32_t>(work->ops.size()) - 1;
    const int lines = made.y0 + plan->tiles[tile].oy1;  // done
    const bool end = ++tile == plan->tiles.size();
    int y1 = y;
    while (y1 < out.y1 && (end || CutRect(*pools.pools, y1, y1 + 1, 0, out.w).iy1 <= lines)) ++y1;
    if (y1 > y) WritePools(pools, y, y1, pool_row, pool, work);
    y = y1;
  };
  WriteArray(k, row, pool, work, done);
  AddSight(k, image, last_post, work);
  AddSight(pools, image, static_cast<uint32_t>(work->ops.size()) - 1, work);
}

// `done`, if any: behind each tile's Posts.
void ChainWriter::WriteArray(const ChainNode& k, int32_t row, ConstantPool* pool, Work* work,
                             const StepWriter::Done& done) {
  const ChainTensor &in = chain_.tensors[k.in], &out = chain_.tensors[k.out];
  const RectPlan* plan = k.writer->part().Plan(k.rect);
  Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
  const StepWriter::Input from{items_[k.in], InputBase(in, k), in.pitch,
                               k.rect.iy0 - in.y0 + in.top - k.rect.stage.pad.top};
  const StepWriter::Output to{items_[k.out], LineBase(out, out.y0) + k.channel,
                              out.pitch,     out.channels,
                              out.top,       k.channel};
  const Mapping& mapping = k.writer->part().mapping();
  const int folds = static_cast<int>(mapping.folds.size()), cout = k.stage().cout;
  const int late = in.kind == ChainTensor::Kind::kMade ? in.late : 0;
  const bool lines = WholeLines(*plan, out.w);
  auto sum = [&](int line0, int line1, int f) {
    const int c0 = mapping.folds[f].first_column;
    const int c1 = f + 1 < folds ? mapping.folds[f + 1].first_column : cout;
    AddSum(k, line0, line1, c0, c1 - c0, row, pool, work);
  };
  if (k.other < 0 || mapping.joint) {
    k.writer->AddJobs(*plan, 0, folds, from, to, late, row, pool, work, done);
    if (k.other >= 0) AddSum(k, out.y0, out.y1, 0, cout, row, pool, work);
    return;
  }
  for (int f = 0; f < folds; ++f) {
    // Behind each job's results, or where these are no whole lines behind those of the fold.
    size_t tile = 0;
    StepWriter::Done sums;
    if (lines) {
      sums = [&] {
        const Tile& t = plan->tiles[tile++];
        sum(out.y0 + t.oy0, out.y0 + t.oy1, f);
      };
    }
    k.writer->AddJobs(*plan, f, f + 1, from, to, f == 0 ? late : 0, row, pool, work, sums);
    if (!lines) sum(out.y0, out.y1, f);
  }
}

// What node k made can be seen when operation `op` is done.
void ChainWriter::AddSight(const ChainNode& k, int image, uint32_t op, Work* work) const {
  const ChainTensor& out = chain_.tensors[k.out];
  if (out.kind != ChainTensor::Kind::kMade) return;
  const int lines = chain_.batched ? 1 : out.y1 - out.y0;
  for (int y = out.y0; y < out.y1; y += lines) {
    Sight& sight = work->sights.emplace_back();
    sight.op = op;
    sight.item = items_[k.out];
    Observation& o = sight.observation;
    o.tensor = out.tensor;
    o.image = chain_.batched ? image + y : image;
    o.y0 = chain_.batched ? 0 : y;
    o.c0 = k.tensor_channel;
    o.layout = {static_cast<uint64_t>(LineBase(out, y) + k.channel),
                lines,
                out.w,
                k.stage().cout,
                static_cast<uint64_t>(out.pitch),
                static_cast<uint64_t>(out.channels)};
  }
}

// The nodes, for the strip that is set.
void ChainWriter::WriteNodes(int image, const std::vector<int32_t>& rows, ConstantPool* pool,
                             Work* work) {
  const auto row = [&](const ChainNode& k) { return rows[k.unit - chain_.first]; };
  std::vector<bool> written(chain_.nodes.size());
  for (size_t n = 0; n < chain_.nodes.size(); ++n) {
    const ChainNode& k = chain_.nodes[n];
    if (written[n]) continue;
    const int m = chain_.PoolingOf(n);
    const RectPlan* plan = m < 0 ? nullptr : k.writer->part().Plan(k.rect);
    if (plan != nullptr && WholeLines(*plan, chain_.tensors[k.out].w)) {
      written[static_cast<size_t>(m)] = true;
      const ChainNode& pools = chain_.nodes[static_cast<size_t>(m)];
      WritePooled(k, pools, image, row(k), row(pools), pool, work);
      continue;
    }
    if (k.writer != nullptr) {
      WriteArray(k, row(k), pool, work, {});
    } else {
      WritePools(k, chain_.tensors[k.out].y0, chain_.tensors[k.out].y1, row(k), pool, work);
    }
    AddSight(k, image, static_cast<uint32_t>(work->ops.size()) - 1, work);
  }
}

void ChainWriter::Write(const MemoryPlan& memory, int image0, int image1,
                        const std::vector<int32_t>& rows, ConstantPool* pool, StoreLog* log,
                        Work* work) {
  const int step = chain_.batched ? image1 - image0 : 1;
  for (int image = image0; image < image1; image += step)
    WriteImage(memory, image, chain_.batched ? step : chain_.out_h, rows, pool, log, work);
}

// `end`: lines of the result; of a batch as many as it has images.
void ChainWriter::WriteImage(const MemoryPlan& memory, int image, int end,
                             const std::vector<int32_t>& rows, ConstantPool* pool, StoreLog* log,
                             Work* work) {
  parameters_.resize(chain_.nodes.size(), kNoItem);
  // Side by side in memory, so that one instruction loads those of several nodes.
  for (const ChainNode& k : chain_.nodes) {
    if (k.writer != nullptr) k.writer->Prepare(pool);
  }
  std::vector<std::array<int, 3>> shape;
  for (int strip = 0; strip * chain_.rows < end; ++strip) {
    const int oy0 = strip * chain_.rows, oy1 = std::min(end, oy0 + chain_.rows);
    Check(chain_.SetStrip(oy0, oy1), "a strip of padding");
    std::vector<std::array<int, 3>> now;
    for (const ChainTensor& t : chain_.tensors) now.push_back({t.top, t.y1 - t.y0, t.bottom});
    AddItems(memory, image, strip, now == shape, *log, work);
    shape = std::move(now);
    WriteNodes(image, rows, pool, work);
    const ChainNode& last = chain_.nodes.back();
    const ChainTensor& out = chain_.tensors[last.out];
    const int first = last.writer != nullptr ? last.writer->step().channel : 0, t = out.tensor;
    systole::AddStores(Label(last.rect.stage),
                       {ViewOf(out, memory, image), oy0, oy1, 0, out.w, first, out.channels},
                       config_, items_[last.out], rows[last.unit - chain_.first], work);
    const int c0 = memory.channel(t) + first;
    log->Add(memory.root(t), AreaOf(image, oy0, oy1, c0, c0 + out.channels),
             static_cast<int64_t>(work->ops.size()) - 1);
  }
}

std::string ChainWriter::Describe(int unit) const {
  for (const ChainNode& k : chain_.nodes) {
    if (k.unit != unit) continue;
    const int strips = chain_.Strips();
    const std::string how =
        k.writer != nullptr
            ? k.writer->part().Describe()
            : std::string("POST: ") + (k.pools->by_count ? "average pool" : "max pool");
    return fmt::format(
        "{}, in a chain of {}{}", how, chain_.last - chain_.first,
        strips > 1 ? fmt::format(", {} strips of {} lines", strips, chain_.rows) : "");
  }
  return "";
}

}  // namespace systole

#include "sw/tiling/constant_pool.h"

#include <algorithm>

#include "sw/base/check.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/pack.h"
#include "sw/functional/check.h"
#include "sw/tiling/put.h"

namespace systole {
namespace {

const std::string kWho = "constants";

// Rows of the weight buffer that an item takes at most: several are in flight.
int ItemRows(const HwConfig& config) { return std::max(1, config.WgtRows() / 4); }

// A fold of one pixel and all input channels: weights as they follow one another.
void PackDense(const Stage& stage, const Fold& fold, const HwConfig& config,
               std::vector<uint8_t>* bytes) {
  const int n = config.cols / config.wport, wl = LoadCycles(fold, config);
  const size_t row_bytes = static_cast<size_t>(WeightRowBytes(config));
  const size_t taps = static_cast<size_t>(stage.kernel_h) * stage.kernel_w;
  const size_t k = taps * stage.cin;
  std::vector<size_t> source(static_cast<size_t>(config.rows));
  size_t at = bytes->size();
  bytes->resize(at + static_cast<size_t>(fold.slices) * wl * config.wport * row_bytes);
  for (int i = 0; i < fold.slices; ++i) {
    const int k0 = fold.FirstElement(i), valid = fold.Valid(i);
    for (int j = 0; j < valid; ++j) {
      const Lane lane = fold.Element(k0 + j);
      source[j] = lane.c * taps + static_cast<size_t>(lane.ky) * stage.kernel_w + lane.kx;
    }
    for (int q = 0; q < wl; ++q) {
      for (int g = 0; g < config.wport; ++g, at += row_bytes) {
        const int c = fold.input ? q : g * n + wl - 1 - q;
        if (c >= fold.columns) continue;
        const int8_t* filter = stage.weights.data() + (fold.first_column + c) * k;
        uint8_t* row = bytes->data() + at;
        for (int j = 0; j < valid; ++j) row[j] = static_cast<uint8_t>(filter[source[j]]);
        for (int j = valid; j < config.rows; ++j) row[j] = static_cast<uint8_t>(stage.zw);
      }
    }
  }
}

}  // namespace

int ConstantPool::AddItem(Ring ring, Opcode opcode, int rows, uint64_t offset, uint64_t bytes) {
  const int item = work_->AddItem(ring, rows);
  LoadPiece& piece = work_->AddPiece();
  FieldWriter(opcode, kWho, &piece.instruction)
      .Put(field::kLsAddr, static_cast<int64_t>(address_ + offset))
      .Put(field::kLsBytes, static_cast<int64_t>(bytes))
      .Put(field::kLsLines, 1);
  return item;
}

void ConstantPool::Align() {
  end_ = (end_ + 63) / 64 * 64;
  if (pack_) bytes_.resize(end_);
}

template <typename Pack>
void ConstantPool::Append(uint64_t bytes, Pack&& pack) {
  if (pack_) pack(&bytes_);
  end_ += bytes;
  Check(!pack_ || bytes_.size() == end_, "constants are not as large as they should be");
}

// Larger pieces are fewer instructions of LOAD, so that more of what comes is under way; but the
// first ones are waited for.
int ConstantPool::SharedRows() const {
  const int most = config_.WgtRows() / loads_.share;
  return std::clamp(static_cast<int>(weight_rows_ / loads_.part),
                    std::min(most, config_.WgtRows() / 64), most);
}

template <typename Pack>
ConstantPool::Weights ConstantPool::AddSlices(int slices, int wl, int unit, Pack&& pack) {
  const int rows = slices * wl;
  const uint64_t slice_bytes = uint64_t(wl) * config_.wport * WeightRowBytes(config_);
  Weights weights;
  weight_rows_ += rows;
  weights.row = Extend(&open_weights_, rows, slices * slice_bytes, SharedRows());
  if (weights.row == 0) Align();
  const uint64_t begin = end_;
  Append(slices * slice_bytes, pack);
  if (weights.row > 0) {
    weights.slices_per_item = slices;
    weights.items.push_back(open_weights_.item);
    open_weights_.end = end_;
    return weights;
  }
  const int most = std::max(1, ItemRows(config_) / wl);
  const int items = (slices + most - 1) / most;
  weights.slices_per_item = (slices + items - 1) / items;
  if (unit <= most) {
    const int even = (weights.slices_per_item + unit - 1) / unit * unit;
    weights.slices_per_item = std::min(even, most / unit * unit);
  }
  for (int i = 0; i < slices; i += weights.slices_per_item) {
    const int n = std::min(weights.slices_per_item, slices - i);
    weights.items.push_back(
        AddItem(Ring::kWeight, Opcode::kLoadWgt, n * wl, begin + i * slice_bytes, n * slice_bytes));
  }
  open_weights_ = {weights.items.size() == 1 ? weights.items[0] : kNoItem, end_};
  return weights;
}

std::vector<ConstantPool::Weights> ConstantPool::AddWeights(const Stage& stage,
                                                            const Mapping& mapping) {
  std::vector<Weights> weights;
  const bool steps = mapping.OutputStationary();
  for (const Fold& fold : mapping.folds) {
    const int unit = steps ? StepUnit(stage, fold) : 1;
    weights.push_back(AddSlices(fold.slices, LoadCycles(fold, config_), unit, [&](auto* bytes) {
      if (!steps && mapping.ph * mapping.pw == 1 && stage.groups == 1) {
        PackDense(stage, fold, config_, bytes);
      } else {
        PackWeights(stage, mapping, fold, config_, bytes);
      }
    }));
  }
  return weights;
}

std::vector<ConstantPool::Weights> ConstantPool::AddRowWeights(const RowPlan& plan) {
  std::vector<Weights> weights;
  const int wl = static_cast<int>(plan.map.WeightRows());
  for (int block = 0; block < plan.Blocks(); ++block) {
    for (int pack = 0; pack < plan.packs; ++pack) {
      for (int fold = 0; fold < plan.Folds(); ++fold) {
        Weights& w = weights.emplace_back();
        if (!plan.Used(block, pack)) continue;
        w = AddSlices(plan.slices, wl, 1,
                      [&](auto* bytes) { PackRowSet(plan, block, pack, fold, config_, bytes); });
      }
    }
  }
  return weights;
}

// Lets an item grow by rows that follow it in memory, up to `most`; returns the first of them; 0:
// it must not grow.
int ConstantPool::Extend(Open* open, int rows, uint64_t bytes, int most) {
  if (open->item == kNoItem || open->end != end_) return 0;
  Item& item = work_->items[open->item];
  if (item.size + rows > most) return 0;
  AddTo(field::kLsBytes, static_cast<int64_t>(bytes), kWho,
        &work_->pieces[item.piece0].instruction);
  item.size += rows;
  return item.size - rows;
}

int ConstantPool::AddOffsets(const std::vector<uint16_t>& rows) {
  const auto [it, fresh] = offsets_.try_emplace(rows, kNoItem);
  if (!fresh) return it->second;
  Align();
  const uint64_t begin = end_;
  const int row_bytes = OffsetRowBytes(config_), n = static_cast<int>(rows.size()) / config_.rows;
  Append(uint64_t(n) * row_bytes, [&](std::vector<uint8_t>* bytes) {
    bytes->resize(begin + uint64_t(n) * row_bytes);
    for (int r = 0; r < n; ++r) {
      for (int j = 0; j < config_.rows; ++j) {
        const uint16_t offset = rows[static_cast<size_t>(r) * config_.rows + j];
        uint8_t* at = bytes->data() + begin + uint64_t(r) * row_bytes + 2 * j;
        at[0] = static_cast<uint8_t>(offset);
        at[1] = static_cast<uint8_t>(offset >> 8);
      }
    }
  });
  it->second = AddItem(Ring::kOffset, Opcode::kLoadKtab, n, begin, end_ - begin);
  return it->second;
}

ConstantPool::Parameters ConstantPool::AddParameters(int stage_key, const Stage& stage,
                                                     int first_channel, int channels, int count) {
  const auto [it, fresh] = parameters_.try_emplace({stage_key, first_channel, channels, count});
  if (!fresh) return it->second;
  const int rows = (channels + config_.lanes - 1) / config_.lanes;
  const uint64_t bytes = static_cast<uint64_t>(rows) * PaddedRowBytes(Opcode::kLoadPar, config_);
  Parameters& place = it->second;
  place.row = Extend(&open_parameters_, rows, bytes, config_.ParRows() / 4);
  if (place.row == 0) Align();
  const uint64_t begin = end_;
  Append(bytes, [&](std::vector<uint8_t>* to) {
    PackParameters({0, first_channel, channels, count, 0}, stage, config_, to);
  });
  if (place.row == 0) {
    open_parameters_.item = AddItem(Ring::kParameter, Opcode::kLoadPar, rows, begin, end_ - begin);
  }
  open_parameters_.end = end_;
  place.item = open_parameters_.item;
  return place;
}

int ConstantPool::AddSum(const AddParams& add, Rounding rounding) {
  Align();
  const uint64_t begin = end_;
  const int rows = (kAddEntries + config_.lanes - 1) / config_.lanes;
  const uint64_t size = static_cast<uint64_t>(rows) * PaddedRowBytes(Opcode::kLoadPar, config_);
  Append(size, [&](std::vector<uint8_t>* bytes) { bytes->resize(begin + size); });
  auto put = [&](int entry, int32_t bias, uint32_t m, int s) {
    if (!pack_) return;
    uint8_t* at = bytes_.data() + begin +
                  static_cast<size_t>(entry / config_.lanes) *
                      static_cast<size_t>(PaddedRowBytes(Opcode::kLoadPar, config_)) +
                  static_cast<size_t>(16 * (entry % config_.lanes));
    for (int b = 0; b < 4; ++b) at[b] = static_cast<uint8_t>(static_cast<uint32_t>(bias) >> 8 * b);
    for (int b = 0; b < 4; ++b) at[4 + b] = static_cast<uint8_t>(m >> 8 * b);
    at[8] = static_cast<uint8_t>(s);
  };
  int64_t offset = add.offset;
  uint32_t shift = 0;
  for (; offset != 0 && offset % 2 == 0; offset /= 2) ++shift;
  put(0, -add.z2, add.m2, add.s2);
  put(1, -add.z1, add.m1, add.s1);
  put(2, static_cast<int32_t>(offset), rounding == Rounding::kFloat32 ? shift : add.m, add.s);
  return AddItem(Ring::kParameter, Opcode::kLoadPar, rows, begin, end_ - begin);
}

}  // namespace systole

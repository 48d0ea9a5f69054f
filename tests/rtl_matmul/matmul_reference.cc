#include "tests/rtl_matmul/matmul_reference.h"

#include <algorithm>

namespace systole::rtl_matmul {

MatmulFields::MatmulFields(const HwConfig& c, const Instruction& instr)
    : nx(instr.Get(field::kMmNx)),
      ny(instr.Get(field::kMmNy)),
      nb(instr.Get(field::kMmNb)),
      m(nx * ny * nb),
      slices(instr.Get(field::kMmKslices)),
      wcols(instr.Get(field::kMmWcols)),
      klast(instr.Get(field::kMmKlast)),
      wl(std::min<uint64_t>(wcols, c.cols / c.wport)),
      p(std::max({m, wl, uint64_t{3}})),
      column(instr.Get(field::kMmDataflow) == 3),
      os(instr.Get(field::kMmDataflow) == 1),
      is(instr.Get(field::kMmDataflow) == 2),
      entries(m),
      weight_rows(slices * wl),
      first(1),
      last((slices - 1) * p + m),
      occupancy(slices * p) {
  if (os) {
    p = std::max<uint64_t>(m, c.rows - 1) + c.rows - 1;
    entries = (slices - 1) * c.rows + klast;
    weight_rows = m;
    last = occupancy = slices * p;
  }
  if (is) {  // each tile's slices are folds, whose pixels come during the fold before
    const uint64_t pixels = nx * ny, folds = nb * slices, filters = wcols;
    wl = 0;
    p = std::max({filters, pixels, uint64_t{3}});
    entries = m + (filters - 1) / c.cols * instr.Get(field::kMmAccInc);
    weight_rows = slices * filters;
    first = 1 + std::max<uint64_t>(pixels, 3);
    last = first + (folds - 1) * p + filters - 1;
    occupancy = first - 1 + (folds - 1) * p + std::max<uint64_t>(filters, 3);
  }
}

std::vector<Meeting> Meetings(const HwConfig& c, const Instruction& instr, bool last) {
  const MatmulFields f(c, instr);
  const uint64_t slice = last ? f.slices - 1 : 0, start = slice * f.p,
                 base = instr.Get(field::kMmAccBase);
  std::vector<Meeting> meetings;
  if (f.is) {
    // None of its sums meets one on its way.
  } else if (f.os) {
    for (uint64_t j = f.Lanes(c, slice); j-- > 0;)
      meetings.push_back({start + f.p - 1 - j, base + slice * c.rows + j});
  } else {
    for (uint64_t v = 0; v < f.m; ++v) meetings.push_back({start + v, base + v});
  }
  return meetings;
}

namespace {

// Output stationary: lane j of tile i, against a plain sum over the vectors.
void ExecuteTiles(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
                  Accumulators* acc) {
  const MatmulFields f(c, instr);
  const uint64_t n = c.cols / c.wport;
  for (uint64_t i = 0; i < f.slices; ++i) {
    const auto& offsets =
        buffers.ktab.at(instr.Get(field::kMmKtab) + (instr.Get(field::kMmKtabInc) ? i : 0));
    for (uint64_t j = 0; j < f.Lanes(c, i); ++j) {
      auto& entry = acc->entry.at(instr.Get(field::kMmHalf))
                        .at(instr.Get(field::kMmAccBase) + i * c.rows + j);
      for (uint64_t col = 0; col <= static_cast<uint64_t>(c.cols); ++col) {
        if (col == static_cast<uint64_t>(c.cols) && !c.row_sum) {
          entry[col] = 0;
          continue;
        }
        if (col >= f.wcols) {
          entry[col].reset();
          continue;
        }
        int64_t sum = 0;
        uint64_t k = 0;
        for (uint64_t b = 0; b < f.nb; ++b) {
          for (uint64_t y = 0; y < f.ny; ++y) {
            for (uint64_t x = 0; x < f.nx; ++x, ++k) {
              const uint64_t base = instr.Get(field::kMmBase) + x * instr.Get(field::kMmStrideX) +
                                    y * instr.Get(field::kMmStrideY) +
                                    b * instr.Get(field::kMmStrideB) +
                                    i * instr.Get(field::kMmBaseInc);
              sum += int64_t{buffers.act.at(base + offsets.at(j))} *
                     buffers.weights.at(col / n).at(instr.Get(field::kMmWgtRow) + k).at(col % n);
            }
          }
        }
        if (instr.Get(field::kMmFirst)) {
          entry[col] = static_cast<int32_t>(sum);
        } else if (entry[col]) {
          entry[col] = static_cast<int32_t>(static_cast<uint32_t>(*entry[col] + sum));
        }
      }
    }
  }
}

// Input stationary: filter f of pixel v of tile b, against a plain sum over the slices.
void ExecuteInput(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
                  Accumulators* acc) {
  const MatmulFields f(c, instr);
  for (uint64_t v = 0; v < f.m; ++v) {
    const uint64_t x = v % f.nx, y = v / f.nx % f.ny, b = v / f.nx / f.ny;
    for (uint64_t filter = 0; filter < f.wcols; ++filter) {
      int64_t sum = 0;
      for (uint64_t i = 0; i < f.slices; ++i) {
        const auto& offsets =
            buffers.ktab.at(instr.Get(field::kMmKtab) + (instr.Get(field::kMmKtabInc) ? i : 0));
        const uint64_t base = instr.Get(field::kMmBase) + x * instr.Get(field::kMmStrideX) +
                              y * instr.Get(field::kMmStrideY) + b * instr.Get(field::kMmStrideB) +
                              i * instr.Get(field::kMmBaseInc);
        const auto& weights =
            buffers.weights.at(0).at(instr.Get(field::kMmWgtRow) + i * f.wcols + filter);
        for (uint64_t j = 0; j < f.Lanes(c, i); ++j)
          sum += int64_t{buffers.act.at(base + offsets.at(j))} * weights.at(j);
      }
      const uint64_t e =
          instr.Get(field::kMmAccBase) + v + filter / c.cols * instr.Get(field::kMmAccInc);
      auto& bank = acc->entry.at(instr.Get(field::kMmHalf)).at(e).at((e + filter) % c.cols);
      if (instr.Get(field::kMmFirst)) {
        bank = static_cast<int32_t>(sum);
      } else if (bank) {
        bank = static_cast<int32_t>(static_cast<uint32_t>(*bank + sum));
      }
    }
  }
}

}  // namespace

void Execute(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
             Accumulators* acc) {
  const MatmulFields f(c, instr);
  acc->diagonal[instr.Get(field::kMmHalf)] = f.is;
  if (f.os) return ExecuteTiles(c, buffers, instr, acc);
  if (f.is) return ExecuteInput(c, buffers, instr, acc);
  const uint64_t n = c.cols / c.wport;
  auto& half = acc->entry.at(instr.Get(field::kMmHalf));
  for (uint64_t i = 0; i < f.slices; ++i) {
    const auto& offsets =
        buffers.ktab.at(instr.Get(field::kMmKtab) + (instr.Get(field::kMmKtabInc) ? i : 0));
    const uint64_t lanes = f.Lanes(c, i);
    const auto base_of = [&](uint64_t v) {
      return instr.Get(field::kMmBase) + v % f.nx * instr.Get(field::kMmStrideX) +
             v / f.nx % f.ny * instr.Get(field::kMmStrideY) +
             v / f.nx / f.ny * instr.Get(field::kMmStrideB) + i * instr.Get(field::kMmBaseInc);
    };
    // Lane j of vector v: nothing beyond the lanes and, in column mode, beyond the slice's vectors.
    const auto lane = [&](uint64_t v, uint64_t j) -> int32_t {
      return v < f.m && j < lanes ? buffers.act.at(base_of(v) + offsets.at(j)) : 0;
    };
    const uint64_t tap_rows = f.column ? std::min(c.taps, c.rows) : 0;
    const bool store = i == 0 && instr.Get(field::kMmFirst);
    for (uint64_t v = 0; v < f.m; ++v) {
      auto& entry = half.at(instr.Get(field::kMmAccBase) + v);
      for (uint64_t col = 0; col <= static_cast<uint64_t>(c.cols); ++col) {
        const bool row_sum = col == static_cast<uint64_t>(c.cols);
        if (row_sum && !c.row_sum) {
          entry[col] = 0;
          continue;
        }
        if (!row_sum && col >= f.wcols) {
          entry[col].reset();
          continue;
        }
        int32_t sum = 0;
        for (uint64_t j = 0; j < static_cast<uint64_t>(c.rows); ++j) {
          // Column g*n + wl-1-q comes from row q of bank g.
          const int32_t w = row_sum
                                ? 1
                                : buffers.weights.at(col / n).at(instr.Get(field::kMmWgtRow) +
                                                                 i * f.wl + f.wl - 1 - col % n)[j];
          sum += w * (!row_sum && j < tap_rows ? lane(v + j, col) : lane(v, j));
        }
        if (store) {
          entry[col] = sum;
        } else if (entry[col]) {
          entry[col] =
              static_cast<int32_t>(static_cast<uint32_t>(*entry[col]) + static_cast<uint32_t>(sum));
        }
      }
    }
  }
}

std::vector<Stamp> Law(const HwConfig& c, const std::vector<Step>& program) {
  std::vector<Stamp> stamps;
  uint64_t head = 0;             // earliest cycle at the queue's output
  bool any = false;              // a Matmul has been issued:
  uint64_t free = 0, ports = 0;  // when it has issued all slots, read its last weights
  uint64_t settled = 0;          // when one that is not input stationary may issue
  for (const Step& step : program) {
    head = std::max(head, step.arrival);
    Stamp s;
    if (step.instr.opcode() == Opcode::kSyncMatmul) {
      s.issue = s.retire = std::max(head, step.tokens);
    } else {
      const MatmulFields f(c, step.instr);
      const uint64_t pre = any ? std::max(head, ports) : head;
      s.issue = std::max({head, f.os || f.is ? 0 : pre + f.wl - 1, any ? free : 0, step.tokens,
                          f.is ? 0 : settled});
      s.retire = s.issue + f.last + c.rows + c.cols + 5;
      any = true;
      free = s.issue + f.occupancy;
      ports = f.is ? s.issue + f.last + 1 : s.issue + 1 + (f.slices - 1) * f.p + (f.os ? f.m : 0);
      if (f.is) settled = s.issue + f.last + c.cols + 1;
    }
    head = s.issue + 1;
    stamps.push_back(s);
  }
  return stamps;
}

}  // namespace systole::rtl_matmul

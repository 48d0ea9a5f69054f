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
      entries(m) {
  if (!os) return;
  p = std::max<uint64_t>(m, c.rows - 1) + c.rows - 1;
  entries = (slices - 1) * c.rows + klast;
}

std::vector<Meeting> Meetings(const HwConfig& c, const Instruction& instr, bool last) {
  const MatmulFields f(c, instr);
  const uint64_t slice = last ? f.slices - 1 : 0, start = slice * f.p,
                 base = instr.Get(field::kMmAccBase);
  std::vector<Meeting> meetings;
  if (f.os) {
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

}  // namespace

void Execute(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
             Accumulators* acc) {
  const MatmulFields f(c, instr);
  if (f.os) return ExecuteTiles(c, buffers, instr, acc);
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
  for (const Step& step : program) {
    head = std::max(head, step.arrival);
    Stamp s;
    if (step.instr.opcode() == Opcode::kSyncMatmul) {
      s.issue = s.retire = std::max(head, step.tokens);
    } else {
      const MatmulFields f(c, step.instr);
      const uint64_t pre = any ? std::max(head, ports) : head;
      s.issue = std::max({head, f.os ? 0 : pre + f.wl - 1, any ? free : 0, step.tokens});
      s.retire = s.issue + (f.slices - 1) * f.p + (f.os ? f.p : f.m) + c.rows + c.cols + 5;
      any = true;
      free = s.issue + f.slices * f.p;
      ports = s.issue + 1 + (f.slices - 1) * f.p + (f.os ? f.m : 0);
    }
    head = s.issue + 1;
    stamps.push_back(s);
  }
  return stamps;
}

}  // namespace systole::rtl_matmul

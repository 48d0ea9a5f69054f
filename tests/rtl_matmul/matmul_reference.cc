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
      column(instr.Get(field::kMmDataflow) == 3) {}

void Execute(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
             Accumulators* acc) {
  const MatmulFields f(c, instr);
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
  uint64_t head = 0;                       // earliest cycle at the queue's output
  bool any = false;                        // a Matmul has been issued:
  uint64_t issue_p = 0, f_p = 0, p_p = 0;  // its issue, F, P
  for (const Step& step : program) {
    head = std::max(head, step.arrival);
    Stamp s;
    if (step.instr.opcode() == Opcode::kSyncMatmul) {
      s.issue = s.retire = std::max(head, step.tokens);
    } else {
      const MatmulFields f(c, step.instr);
      const uint64_t pre = any ? std::max(head, issue_p + 1 + (f_p - 1) * p_p) : head;
      s.issue = std::max({head, pre + f.wl - 1, any ? issue_p + f_p * p_p : 0, step.tokens});
      s.retire = s.issue + (f.slices - 1) * f.p + f.m + c.rows + c.cols + 5;
      any = true;
      issue_p = s.issue;
      f_p = f.slices;
      p_p = f.p;
    }
    head = s.issue + 1;
    stamps.push_back(s);
  }
  return stamps;
}

}  // namespace systole::rtl_matmul

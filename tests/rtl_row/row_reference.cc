#include "tests/rtl_row/row_reference.h"

#include <algorithm>

namespace systole::rtl_row {

namespace {

int Int(const Instruction& i, Field f) { return static_cast<int>(i.Get(f)); }

}  // namespace

void ExecuteRow(const HwConfig& c, const Buffers& buffers, const Instruction& i,
                Accumulators* acc) {
  const int m0 = Int(i, field::kRcM0), m2 = Int(i, field::kRcM2), m3 = Int(i, field::kRcM3),
            c1 = Int(i, field::kRcC1), c2 = Int(i, field::kRcC2), r1 = Int(i, field::kRcR1),
            s1 = Int(i, field::kRcS1), q1 = Int(i, field::kRcQ1), hs = Int(i, field::kRcHs),
            ws = Int(i, field::kRcWs), pitch = Int(i, field::kRcPitch);
  const bool depthwise = i.Get(field::kRcDepthwise) != 0;
  const int nx = Int(i, field::kRcNx), ny = Int(i, field::kRcNy), nb = Int(i, field::kRcNb);
  for (int slice = 0; slice < Int(i, field::kRcKslices); ++slice) {
    const int weight_row = Int(i, field::kRcWgtRow) + slice * m3 * m0 * r1 * c1;
    for (int v = 0; v < nx * ny * nb; ++v) {
      const int64_t base = Int(i, field::kRcBase) + int64_t{slice} * Int(i, field::kRcBaseInc) +
                           v / nx / ny * int64_t{Int(i, field::kRcStrideB)} +
                           v / nx % ny * int64_t{Int(i, field::kRcStrideY)} +
                           v % nx * int64_t{ws} * pitch;
      for (int x = 0; x < q1 * m3; ++x) {
        for (int j = 0; j < m2 * m0; ++j) {
          const int group = j / m0, filter = j % m0;
          int32_t sum = 0;
          for (int tap = 0; tap < s1; ++tap) {
            for (int lot = 0; lot < c2; ++lot) {
              const int row = x % q1 * hs + tap, y = tap + s1 * (lot + c2 * group);
              const int64_t offset =
                  buffers.ktab.at(Int(i, field::kRcKtab) + row / c.rows).at(row % c.rows);
              for (int r = 0; r < r1; ++r) {
                for (int ch = 0; ch < c1; ++ch) {
                  const int channel = ch + (depthwise ? group : lot) * c1;
                  const int word = (r * c1 + ch) * m0 + filter;
                  sum += buffers.act.at(static_cast<size_t>(base + offset + r * pitch + channel)) *
                         buffers.weights[0].at(weight_row + word * m3 + x / q1).at(y);
                }
              }
            }
          }
          auto& entry = acc->entry[Int(i, field::kRcHalf)]
                            .at(Int(i, field::kRcAccBase) + v * c.cols + x)
                            .at(Int(i, field::kRcJBase) + j);
          if (slice == 0 && i.Get(field::kRcFirst) != 0) {
            entry = sum;
          } else if (entry) {
            entry =
                static_cast<int32_t>(static_cast<uint32_t>(*entry) + static_cast<uint32_t>(sum));
          }
        }
      }
    }
  }
}

// Table t, of PH rows, has the line pitch 1 + BANKS * random.
RandomRows::RandomRows(const HwConfig& config, uint64_t seed)
    : c_(config), rng_(seed), buffers_(config) {
  for (auto& a : buffers_.act) a = static_cast<int8_t>(In(-128, 127));
  for (auto& row : buffers_.weights[0]) {
    for (auto& w : row) w = static_cast<int8_t>(Chance(10) ? -128 : In(-128, 127));
  }
  const int rows = static_cast<int>(buffers_.ktab.size());
  for (int table = 0; table < rows; table += 4) {
    const int line = 1 + c_.Banks() * In(0, std::max(1, c_.ActBytes() / c_.Banks() / 100));
    for (int r = table; r < std::min(rows, table + 4); ++r) {
      for (int lane = 0; lane < c_.rows; ++lane) {
        buffers_.ktab[r][lane] = static_cast<uint16_t>(((r - table) * c_.rows + lane) * line);
      }
      line_of_row_.push_back(line);
    }
  }
}

int RandomRows::Factor(int most) {
  if (most < 1 || Chance(15)) return std::max(most, 1);
  return In(1, In(1, most));
}

Instruction RandomRows::Draw() {
  Instruction i;
  const int s1 = Factor(c_.rs_rows), c2 = Factor(c_.rs_rows / s1),
            m2 = Factor(c_.rs_rows / s1 / c2), q1 = Factor(c_.rs_cols),
            m3 = Factor(c_.rs_cols / q1), m0 = Factor(std::min(c_.psum_spad, c_.wgt_spad / 2)),
            r1 = Factor(std::min(7, c_.wgt_spad / 2 / m0)),
            c1 = Factor(std::min(31, c_.wgt_spad / 2 / m0 / r1));
  const bool depthwise = Chance(25);
  const int blocks = c_.acc_depth / c_.cols;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kRowConv));
  i.Set(field::kPush, In(0, 15) & ~(1 << static_cast<int>(Engine::kMatmul)));
  i.Set(field::kRcFirst, Chance(60));
  i.Set(field::kRcHalf, In(0, 1));
  i.Set(field::kRcDepthwise, depthwise);
  i.Set(field::kRcM0, depthwise ? 1 : m0);
  i.Set(field::kRcM2, depthwise ? Factor(c_.rs_rows / s1) : m2);
  i.Set(field::kRcM3, depthwise ? 1 : m3);
  i.Set(field::kRcC1, depthwise ? 1 : c1);
  i.Set(field::kRcC2, depthwise ? 1 : c2);
  i.Set(field::kRcR1, r1);
  i.Set(field::kRcS1, s1);
  i.Set(field::kRcQ1, q1);
  i.Set(field::kRcHs, Factor(4));
  i.Set(field::kRcWs, Factor(4));
  i.Set(field::kRcPitch, In(1, 40));
  i.Set(field::kRcStrideY, In(0, 200));
  i.Set(field::kRcStrideB, In(0, c_.ActBytes() / 4));
  i.Set(field::kRcNx, Chance(20) ? 1 : In(1, 9));
  i.Set(field::kRcNy, Chance(50) ? 1 : In(1, 3));
  i.Set(field::kRcNb, Chance(70) ? 1 : In(1, 3));
  i.Set(field::kRcKslices, Chance(40) ? 1 : In(1, 5));
  i.Set(field::kRcBase, In(0, c_.ActBytes() / 2));
  i.Set(field::kRcBaseInc, In(0, 64));
  i.Set(field::kRcAccBase, In(0, blocks - 1) * c_.cols);
  i.Set(field::kRcJBase, In(0, c_.cols - 1));
  i.Set(field::kRcKtab, In(0, (c_.KtabRows() - 1) / 4) * 4);
  i.Set(field::kRcWgtRow, In(0, c_.WgtRows() - 1));
  return i;
}

// The rules of docs/isa.md, and every byte in the buffer and under one line pitch.
bool RandomRows::Inside(const Instruction& i) const {
  const int m0 = Int(i, field::kRcM0), m2 = Int(i, field::kRcM2), m3 = Int(i, field::kRcM3),
            rc = Int(i, field::kRcR1) * Int(i, field::kRcC1), w = m0 * rc,
            rows = (Int(i, field::kRcQ1) - 1) * Int(i, field::kRcHs) + Int(i, field::kRcS1),
            phases = (rows + c_.rows - 1) / c_.rows, ktab = Int(i, field::kRcKtab);
  const int64_t positions =
      int64_t{Int(i, field::kRcNx)} * Int(i, field::kRcNy) * Int(i, field::kRcNb);
  const int tags = i.Get(field::kRcDepthwise) ? m2 : Int(i, field::kRcC2);
  if (Int(i, field::kRcS1) * Int(i, field::kRcC2) * m2 > c_.rs_rows || m0 > c_.psum_spad ||
      Int(i, field::kRcQ1) * m3 > c_.rs_cols || rc + m2 > c_.ifmap_spad || 2 * w > c_.wgt_spad ||
      m2 * m0 + Int(i, field::kRcJBase) > c_.cols || tags * phases > 256 || phases > 4 ||
      ktab + phases > c_.KtabRows() ||
      Int(i, field::kRcAccBase) + positions * c_.cols > c_.acc_depth ||
      Int(i, field::kRcWgtRow) + Int(i, field::kRcKslices) * m3 * w > c_.WgtRows()) {
    return false;
  }
  // Lanes of the last phase that are not read may lie anywhere.
  int64_t furthest = 0;
  for (int row = 0; row < rows; ++row) {
    furthest = std::max<int64_t>(furthest, buffers_.ktab[ktab + row / c_.rows][row % c_.rows]);
  }
  const int64_t columns = (Int(i, field::kRcNx) - 1) * Int(i, field::kRcWs) + Int(i, field::kRcR1);
  return Int(i, field::kRcBase) + furthest + (columns - 1) * Int(i, field::kRcPitch) +
             int64_t{Int(i, field::kRcNy) - 1} * Int(i, field::kRcStrideY) +
             int64_t{Int(i, field::kRcNb) - 1} * Int(i, field::kRcStrideB) +
             int64_t{Int(i, field::kRcKslices) - 1} * Int(i, field::kRcBaseInc) +
             int64_t{tags} * Int(i, field::kRcC1) <=
         c_.ActBytes();
}

Instruction RandomRows::RowConv() {
  for (;;) {
    const Instruction i = Draw();
    if (Inside(i)) return i;
  }
}

std::vector<Step> RandomRows::Program(int length) {
  std::vector<Step> program;
  uint64_t time = 0;
  for (int j = 0; j < length; ++j) {
    Step s;
    if (Chance(90)) {
      s.instr = RowConv();
    } else {
      s.instr.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncMatmul));
    }
    if (Chance(20)) time += In(0, 120);
    s.arrival = time;
    s.tokens = Chance(30) ? time + In(0, 300) : 0;
    program.push_back(s);
  }
  return program;
}

std::vector<Instruction> WithRows(std::vector<Instruction> code, RandomRows* random) {
  for (Instruction& i : code) {
    if (i.opcode() != Opcode::kMatmul) continue;
    Instruction row = random->RowConv();
    for (Field f : {field::kPopLoad, field::kPopPost, field::kPopStore, field::kPush})
      row.Set(f, i.Get(f));
    row.Set(field::kRcHalf, i.Get(field::kMmHalf));
    row.Set(field::kRcKtab, 0);
    row.Set(field::kRcBase, row.Get(field::kRcBase) / 8);
    i = row;
  }
  return code;
}

}  // namespace systole::rtl_row

// MATMUL of the executor against the formula of docs/isa.md, evaluated lane by lane from what was
// loaded.
#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"
#include "sw/functional/matmul_kernel.h"
#include "tests/functional/byte_memory.h"

namespace systole {
namespace {

using testing::ByteMemory;
using testing::Make;
using testing::MakeTransfer;
using testing::With;

uint64_t U(int value) { return static_cast<uint64_t>(value); }

constexpr uint64_t kAct = 0x100000, kWgt = 0x200000, kKtab = 0x300000;

class MatmulCase {
 public:
  MatmulCase(const HwConfig& config, uint32_t seed)
      : config_(config), random_(seed), executor_(config) {
    memory_.Put(kAct, testing::RandomBytes(&random_, static_cast<size_t>(config.ActBytes())));
    Load(Opcode::kLoadAct, kAct, static_cast<uint64_t>(config.ActBytes()));
    weight_pitch_ = PaddedRowBytes(Opcode::kLoadWgt, config);
    memory_.Put(kWgt, testing::RandomBytes(&random_, kWeightRows * weight_pitch_));
    Load(Opcode::kLoadWgt, kWgt, kWeightRows * weight_pitch_);
    ktab_pitch_ = PaddedRowBytes(Opcode::kLoadKtab, config);
    std::vector<uint8_t> rows(kKtabRows * ktab_pitch_);
    for (int r = 0; r < kKtabRows; ++r) {
      const int start = Below(50);
      for (int j = 0; j < config.rows; ++j) {
        // Contiguous in even rows; else each lane its own distance, the bank as it must be.
        const int offset = start + j + (r % 2 == 0 ? 0 : config.Banks() * Below(6));
        rows[r * ktab_pitch_ + 2 * j] = static_cast<uint8_t>(offset);
        rows[r * ktab_pitch_ + 2 * j + 1] = static_cast<uint8_t>(offset >> 8);
      }
    }
    memory_.Put(kKtab, rows);
    Load(Opcode::kLoadKtab, kKtab, rows.size());
    for (auto& half : sums_)
      half.assign(static_cast<size_t>(config.acc_depth) * (config.cols + 1), 0);
  }

  // Output stationary: every sum of some tiles; no other entry changes.
  void RunTiles() {
    const int rows = config_.rows, n = config_.cols / config_.wport;
    const int klast = 1 + Below(std::min(rows, config_.acc_depth)),
              tiles = 1 + Below(std::min(2, (config_.acc_depth - klast) / rows) + 1),
              entries = (tiles - 1) * rows + klast, columns = 1 + Below(config_.OsCols()),
              nx = 1 + Below(std::min(40, kWeightRows / config_.wport / 8)), ny = 1 + Below(4),
              nb = 1 + Below(2), m = nx * ny * nb, half = Below(2),
              entry = Below(config_.acc_depth - entries + 1), sx = Below(9), sy = Below(200),
              sb = Below(900), base = Below(5000), base_inc = Below(40), increments = Below(2),
              ktab = Below(kKtabRows - tiles + 1),
              weight_row = Below(kWeightRows / config_.wport - m + 1), first = Below(2);
    const Instruction i = Make(Opcode::kMatmul, {{field::kMmDataflow, 1},
                                                 {field::kMmFirst, U(first)},
                                                 {field::kMmKtabInc, U(increments)},
                                                 {field::kMmHalf, U(half)},
                                                 {field::kMmBase, U(base)},
                                                 {field::kMmWcols, U(columns)},
                                                 {field::kMmStrideX, U(sx)},
                                                 {field::kMmStrideY, U(sy)},
                                                 {field::kMmStrideB, U(sb)},
                                                 {field::kMmKlast, U(klast)},
                                                 {field::kMmNx, U(nx)},
                                                 {field::kMmNy, U(ny)},
                                                 {field::kMmNb, U(nb)},
                                                 {field::kMmKslices, U(tiles)},
                                                 {field::kMmAccBase, U(entry)},
                                                 {field::kMmKtab, U(ktab)},
                                                 {field::kMmBaseInc, U(base_inc)},
                                                 {field::kMmWgtRow, U(weight_row)}});
    std::vector<std::vector<int32_t>> before;
    for (int e = 0; e < config_.acc_depth; ++e) {
      const int32_t* sum = executor_.Accumulators(half, e);
      before.emplace_back(sum, sum + config_.cols);
    }
    ASSERT_EQ(executor_.Execute(i, &memory_), ErrorCode::kNone);
    for (int e = 0; e < config_.acc_depth; ++e) {
      const int tile = (e - entry) / rows, j = (e - entry) % rows;
      const bool written = e >= entry && e < entry + entries;
      for (int c = 0; c < (written ? columns : config_.cols); ++c) {
        int64_t sum = written && first ? 0 : before[static_cast<size_t>(e)][static_cast<size_t>(c)];
        for (int k = 0; written && k < m; ++k) {
          const uint64_t offset = kKtab + U((ktab + (increments ? tile : 0)) * ktab_pitch_ + 2 * j);
          const int address = base + k % nx * sx + k / nx % ny * sy + k / nx / ny * sb +
                              tile * base_inc + memory_.at[offset] + 256 * memory_.at[offset + 1];
          const int row = (weight_row + k) * config_.wport + c / n;
          sum += static_cast<int8_t>(memory_.at[kAct + U(address)]) *
                 static_cast<int8_t>(memory_.at[kWgt + U(row * weight_pitch_ + c % n)]);
        }
        ASSERT_EQ(executor_.Accumulators(half, e)[c], static_cast<int32_t>(sum))
            << "entry " << e << ", column " << c;
      }
    }
    // What was checked here, and row sums, which are undefined: for later accumulation.
    for (int e = entry; e < entry + entries; ++e) {
      int32_t* sum = &sums_[half][static_cast<size_t>(e) * (config_.cols + 1)];
      std::copy_n(executor_.Accumulators(half, e), config_.cols, sum);
      sum[config_.cols] = executor_.RowSum(half, e);
    }
  }

  // Input stationary: filter f of a pixel is in bank (entry + f) mod COLS; nothing else changes.
  void RunInput() {
    const int rows = config_.rows, cols = config_.cols, nx = 1 + Below(cols),
              ny = 1 + Below(cols / nx), tile = nx * ny,
              nb = 1 + Below(std::min(3, config_.acc_depth / 2 / tile)), m = tile * nb,
              blocks = 1 + Below(std::min(3, config_.acc_depth / m)),
              filters = (blocks - 1) * cols + 1 + Below(cols),
              inc = m + Below((config_.acc_depth - blocks * m) / blocks + 1),
              entry = Below(config_.acc_depth - m - (blocks - 1) * inc + 1),
              slices = 1 + Below(std::min(4, kWeightRows / filters)), klast = 1 + Below(rows),
              half = Below(2), sx = Below(9), sy = Below(200), sb = Below(900), base = Below(5000),
              base_inc = Below(40), increments = Below(2), ktab = Below(kKtabRows - slices + 1),
              weight_row = Below(kWeightRows - slices * filters + 1), first = Below(2);
    const Instruction i = Make(Opcode::kMatmul, {{field::kMmDataflow, 2},
                                                 {field::kMmFirst, U(first)},
                                                 {field::kMmKtabInc, U(increments)},
                                                 {field::kMmHalf, U(half)},
                                                 {field::kMmBase, U(base)},
                                                 {field::kMmWcols, U(filters)},
                                                 {field::kMmStrideX, U(sx)},
                                                 {field::kMmStrideY, U(sy)},
                                                 {field::kMmStrideB, U(sb)},
                                                 {field::kMmKlast, U(klast)},
                                                 {field::kMmNx, U(nx)},
                                                 {field::kMmNy, U(ny)},
                                                 {field::kMmNb, U(nb)},
                                                 {field::kMmKslices, U(slices)},
                                                 {field::kMmAccBase, U(entry)},
                                                 {field::kMmKtab, U(ktab)},
                                                 {field::kMmBaseInc, U(base_inc)},
                                                 {field::kMmAccInc, U(inc)},
                                                 {field::kMmWgtRow, U(weight_row)}});
    std::vector<int32_t> want;  // [entry][bank]
    for (int e = 0; e < config_.acc_depth; ++e) {
      const int32_t* sum = executor_.Accumulators(half, e);
      want.insert(want.end(), sum, sum + cols);
    }
    for (int p = 0; p < m; ++p) {
      for (int f = 0; f < filters; ++f) {
        const int e = entry + p + f / cols * inc;
        int64_t sum = 0;
        for (int s = 0; s < slices; ++s) {
          for (int j = 0; j < (s + 1 == slices ? klast : rows); ++j) {
            const uint64_t offset = kKtab + U((ktab + (increments ? s : 0)) * ktab_pitch_ + 2 * j);
            const int address = base + p % nx * sx + p / nx % ny * sy + p / tile * sb +
                                s * base_inc + memory_.at[offset] + 256 * memory_.at[offset + 1];
            const int row = weight_row + s * filters + f;
            sum += static_cast<int8_t>(memory_.at[kAct + U(address)]) *
                   static_cast<int8_t>(memory_.at[kWgt + U(row * weight_pitch_ + j)]);
          }
        }
        int32_t& bank = want[static_cast<size_t>(e * cols + (e + f) % cols)];
        bank = static_cast<int32_t>(first ? sum : bank + sum);
      }
    }
    ASSERT_EQ(executor_.Execute(i, &memory_), ErrorCode::kNone);
    for (int e = 0; e < config_.acc_depth; ++e) {
      const int32_t* got = executor_.Accumulators(half, e);
      for (int c = 0; c < cols; ++c) {
        ASSERT_EQ(got[c], want[static_cast<size_t>(e * cols + c)])
            << "entry " << e << ", bank " << c;
        sums_[half][static_cast<size_t>(e) * (cols + 1) + static_cast<size_t>(c)] = got[c];
      }
    }
  }

  void RunOne() {
    Instruction i = Make(Opcode::kMatmul);
    const int nx = 1 + Below(5), ny = 1 + Below(4), nb = 1 + Below(2), slices = 1 + Below(3);
    const bool own = config_.taps > 0 && runs_ >= 2 && Below(2) == 0;  // column mode
    const int columns = 1 + Below(own ? std::min(config_.rows, config_.cols) : config_.cols);
    const int tap_rows = own ? std::min(config_.taps, config_.rows) : 0;
    const int klast = 1 + Below(own ? tap_rows : config_.rows), half = Below(2);
    const int n = config_.cols / config_.wport;
    const bool first = runs_ < 2 ? true : Below(3) == 0;
    // The first run of each half defines every entry and column.
    const bool whole = runs_ < 2;
    const int use_nx = whole ? config_.acc_depth : nx, use_ny = whole ? 1 : ny,
              use_nb = whole ? 1 : nb;
    const int use_columns = whole ? config_.cols : columns, use_half = whole ? runs_ : half;
    const int use_load = use_columns < n ? use_columns : n;
    const int m = use_nx * use_ny * use_nb, entry = Below(config_.acc_depth - m + 1);
    const int sx = Below(9), sy = Below(200), sb = Below(900), base = Below(5000),
              base_inc = Below(40);
    const int increments = Below(2), ktab = Below(kKtabRows - slices + 1);
    const int weight_row = Below(kWeightRows / config_.wport - slices * use_load + 1);
    i.Set(field::kMmFirst, first);
    i.Set(field::kMmKtabInc, static_cast<uint64_t>(increments));
    i.Set(field::kMmDataflow, own ? 3 : 0);
    i.Set(field::kMmHalf, static_cast<uint64_t>(use_half));
    i.Set(field::kMmBase, static_cast<uint64_t>(base));
    i.Set(field::kMmWcols, static_cast<uint64_t>(use_columns));
    i.Set(field::kMmStrideX, static_cast<uint64_t>(sx));
    i.Set(field::kMmStrideY, static_cast<uint64_t>(sy));
    i.Set(field::kMmStrideB, static_cast<uint64_t>(sb));
    i.Set(field::kMmKlast, static_cast<uint64_t>(klast));
    i.Set(field::kMmNx, static_cast<uint64_t>(use_nx));
    i.Set(field::kMmNy, static_cast<uint64_t>(use_ny));
    i.Set(field::kMmNb, static_cast<uint64_t>(use_nb));
    i.Set(field::kMmKslices, static_cast<uint64_t>(slices));
    i.Set(field::kMmAccBase, static_cast<uint64_t>(entry));
    i.Set(field::kMmKtab, static_cast<uint64_t>(ktab));
    i.Set(field::kMmBaseInc, static_cast<uint64_t>(base_inc));
    i.Set(field::kMmWgtRow, static_cast<uint64_t>(weight_row));
    ++runs_;
    ASSERT_EQ(executor_.Execute(i, &memory_), ErrorCode::kNone);

    // Lane j of vector v in slice s; nothing past the last vector.
    const auto lane = [&](int v, int s, int j) -> int {
      if (v >= m) return 0;
      const int x = v % use_nx, y = v / use_nx % use_ny, b = v / use_nx / use_ny;
      const uint64_t k =
          kKtab + static_cast<uint64_t>((ktab + (increments ? s : 0)) * ktab_pitch_ + 2 * j);
      const int address =
          base + x * sx + y * sy + b * sb + s * base_inc + memory_.at[k] + 256 * memory_.at[k + 1];
      return static_cast<int8_t>(memory_.at[kAct + static_cast<uint64_t>(address)]);
    };
    for (int v = 0; v < m; ++v) {
      int32_t* sum = &sums_[use_half][static_cast<size_t>(entry + v) * (config_.cols + 1)];
      if (first) std::fill_n(sum, config_.cols + 1, 0);
      for (int s = 0; s < slices; ++s) {
        const int lanes = own ? use_columns : s == slices - 1 ? klast : config_.rows;
        for (int j = 0; j < std::max(lanes, tap_rows); ++j) {
          const int a = j < lanes ? lane(v, s, j) : 0;
          for (int c = 0; c < use_columns; ++c) {
            // Row WgtRow + s*wl + q of bank g holds column g*n + wl-1-q; memory row r lies in bank
            // r mod WPORT.
            const int g = c / n, q = use_load - 1 - c % n;
            const int row = (weight_row + s * use_load + q) * config_.wport + g;
            sum[c] += (j < tap_rows ? lane(v + j, s, c) : a) *
                      static_cast<int8_t>(
                          memory_.at[kWgt + static_cast<uint64_t>(row * weight_pitch_ + j)]);
          }
          sum[config_.cols] += a;
        }
      }
      for (int c = 0; c < use_columns; ++c) {
        ASSERT_EQ(executor_.Accumulators(use_half, entry + v)[c], sum[c])
            << "vector " << v << ", column " << c;
      }
      ASSERT_EQ(executor_.RowSum(use_half, entry + v), sum[config_.cols]) << "vector " << v;
      // What the instruction leaves undefined is taken as it is, for later accumulation.
      for (int c = use_columns; c < config_.cols; ++c)
        sum[c] = executor_.Accumulators(use_half, entry + v)[c];
    }
  }

 private:
  static constexpr int kWeightRows = 480, kKtabRows = 8;

  void Load(Opcode opcode, uint64_t address, uint64_t bytes) {
    ASSERT_EQ(executor_.Execute(MakeTransfer(opcode, address, bytes), &memory_), ErrorCode::kNone);
  }
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  HwConfig config_;
  std::mt19937 random_;
  Executor executor_;
  ByteMemory memory_;
  int weight_pitch_ = 0, ktab_pitch_ = 0, runs_ = 0;
  std::vector<int32_t> sums_[2];  // entries x (COLS + row sum)
};

TEST(ExecutorMatmul, EqualsTheFormulaAtSeveralConfigurations) {
  std::vector<HwConfig> configs(6);
  configs[5].rows = 5, configs[5].cols = 7, configs[5].lanes = 7, configs[5].acc_depth = 50;
  configs[5].dataflows = 5;
  configs[1].wport = 4;
  configs[2].rows = 5, configs[2].cols = 6, configs[2].wport = 3, configs[2].lanes = 3,
  configs[2].acc_depth = 48;
  configs[2].axi_data_width = 128;
  configs[3].rows = 8, configs[3].cols = 8, configs[3].wport = 2, configs[3].lanes = 8,
  configs[3].axi_data_width = 32;
  configs[4].rows = 33, configs[4].cols = 40, configs[4].wport = 8, configs[4].acc_depth = 60;
  configs[0].dataflows = 7;
  configs[1].dataflows = configs[2].dataflows = configs[4].dataflows = 3;
  configs[1].taps = 5, configs[2].taps = 64, configs[3].taps = 0, configs[4].taps = 1;
  for (size_t k = 0; k < configs.size(); ++k) {
    SCOPED_TRACE("configuration " + std::to_string(k) + ", seed " + std::to_string(100 + k));
    MatmulCase c(configs[k], static_cast<uint32_t>(100 + k));
    for (int run = 0; run < 30; ++run) {
      c.RunOne();
      if ((configs[k].dataflows & 2) != 0 && run % 2 == 1) c.RunTiles();
      if ((configs[k].dataflows & 4) != 0 && run > 2) c.RunInput();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

// -128 * -128 in every lane, and sums that pass 2^31: modulo 2^32.
TEST(ExecutorMatmul, WrapsModulo32Bits) {
  Executor executor(HwConfig{});
  ByteMemory memory;
  memory.Put(0, std::vector<uint8_t>(16384, 0x80));
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadAct, 0, 64), &memory), ErrorCode::kNone);
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadWgt, 0, 256), &memory), ErrorCode::kNone);
  std::vector<uint8_t> ktab(32);
  for (int j = 0; j < 16; ++j) ktab[2 * j] = static_cast<uint8_t>(j);
  memory.Put(0x8000, ktab);
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadKtab, 0x8000, 32), &memory),
            ErrorCode::kNone);
  Instruction matmul =
      With(testing::MakeMatmul(1, 1, 16), {{field::kMmFirst, 1}, {field::kMmKlast, 16}});
  uint32_t expected = 0;
  for (int n = 0; n < 8200; ++n) {  // 8,192 times 2^18 is 2^31
    ASSERT_EQ(executor.Execute(matmul, &memory), ErrorCode::kNone);
    expected += 16 * 16384;
    matmul.Set(field::kMmFirst, 0);
  }
  EXPECT_EQ(static_cast<uint32_t>(executor.Accumulators(0, 0)[15]), expected);
  EXPECT_LT(executor.Accumulators(0, 0)[0], 0);
  EXPECT_EQ(executor.RowSum(0, 0), 8200 * 16 * -128);
}

TEST(ExecutorMatmul, LanesMustLieInTheirBanks) {
  Executor executor(HwConfig{});
  ByteMemory memory;
  std::vector<uint8_t> ktab(32);
  for (int j = 0; j < 16; ++j)
    ktab[2 * j] = static_cast<uint8_t>(j == 9 ? 9 + 16 : j == 12 ? 13 : j);
  memory.Put(0, ktab);
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadKtab, 0, 32), &memory), ErrorCode::kNone);
  const Instruction matmul = testing::MakeMatmul(1, 1, 1);
  EXPECT_EQ(executor.Execute(With(matmul, {{field::kMmKlast, 12}}), &memory), ErrorCode::kNone);
  EXPECT_EQ(executor.Execute(With(matmul, {{field::kMmKlast, 13}}), &memory), ErrorCode::kConflict);
}

TEST(ExecutorMatmul, TheLastByteIsTheLast) {
  Executor executor(HwConfig{});
  ByteMemory memory;
  std::vector<uint8_t> ktab(32);
  for (int j = 0; j < 16; ++j) ktab[2 * j] = static_cast<uint8_t>(j);
  memory.Put(0, ktab);
  ASSERT_EQ(executor.Execute(MakeTransfer(Opcode::kLoadKtab, 0, 32), &memory), ErrorCode::kNone);
  // Last window at base + 9 * 4, last lane 6 further: base + 42 is the last byte.
  const Instruction matmul =
      With(testing::MakeMatmul(10, 1, 1), {{field::kMmStrideX, 4}, {field::kMmKlast, 7}});
  EXPECT_EQ(executor.Execute(With(matmul, {{field::kMmBase, 32 * 1024 - 43}}), &memory),
            ErrorCode::kNone);
  EXPECT_EQ(executor.Execute(With(matmul, {{field::kMmBase, 32 * 1024 - 42}}), &memory),
            ErrorCode::kBufferRange);
}

TEST(MatmulKernel, FastEqualsPlain) {
  std::mt19937 random(9);
  for (int columns = 8; columns <= 64; columns += 8) {
    for (int pairs : {1, 2, 7, 8, 32}) {
      const size_t vectors = 5;
      std::vector<int16_t> a(vectors * pairs * 2), w(static_cast<size_t>(pairs * columns * 2));
      for (int16_t& v : a) v = static_cast<int8_t>(random());
      for (int16_t& v : w) v = static_cast<int8_t>(random());
      std::vector<int32_t> fast(vectors * columns);
      for (int32_t& v : fast) v = static_cast<int32_t>(random());
      std::vector<int32_t> plain = fast;
      MultiplyAccumulate(a.data(), vectors, pairs, w.data(), columns, fast.data(), columns);
      MultiplyAccumulatePlain(a.data(), vectors, pairs, w.data(), columns, plain.data(), columns);
      EXPECT_EQ(fast, plain) << columns << " " << pairs;
    }
  }
}

}  // namespace
}  // namespace systole

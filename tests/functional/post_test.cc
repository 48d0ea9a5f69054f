// POST of the executor against the formula of docs/isa.md. Accumulators get known values from
// one-lane Matmuls.
#include <gtest/gtest.h>

#include "sw/arith/requantize.h"
#include "sw/check/instruction_builder.h"
#include "tests/functional/byte_memory.h"

namespace systole {
namespace {

using testing::ByteMemory;
using testing::Make;
using testing::MakeTransfer;
using testing::With;

constexpr uint64_t kAct = 0x100000, kWgt = 0x200000, kPar = 0x300000, kKtab = 0x400000;

class PostTest : public ::testing::Test {
 protected:
  void Init(const HwConfig& config, uint32_t seed) {
    config_ = config;
    random_.seed(seed);
    executor_ = std::make_unique<Executor>(config);
    memory_.Put(kAct, testing::RandomBytes(&random_, 4096));
    memory_.Put(kWgt, testing::RandomBytes(&random_, 4096));
    memory_.Put(kKtab, std::vector<uint8_t>(256));
    Run(MakeTransfer(Opcode::kLoadAct, kAct, 4096));
    Run(MakeTransfer(
        Opcode::kLoadWgt, kWgt,
        static_cast<uint64_t>(config.cols * PaddedRowBytes(Opcode::kLoadWgt, config))));
    Run(MakeTransfer(Opcode::kLoadKtab, kKtab,
                     static_cast<uint64_t>(PaddedRowBytes(Opcode::kLoadKtab, config))));
    // One lane: entry e of half h becomes act[100 h + 7 e] * w[c], the row sum act[...]. Repeated
    // to grow.
    for (int half = 0; half < 2; ++half) {
      for (int n = 0; n < 40; ++n) {
        Run(With(testing::MakeMatmul(static_cast<uint64_t>(config.acc_depth), 1,
                                     static_cast<uint64_t>(config.cols)),
                 {{field::kMmFirst, n == 0},
                  {field::kMmHalf, static_cast<uint64_t>(half)},
                  {field::kMmBase, static_cast<uint64_t>(100 * half + n)},
                  {field::kMmStrideX, 7}}));
      }
    }
    // Parameters: bias, m, s.
    const int rows = 8;
    std::vector<uint8_t> bytes(static_cast<size_t>(rows) * config.lanes * 16);
    for (size_t k = 0; k < bytes.size(); k += 16) {
      const uint32_t bias = random_() % 20000 - 10000, m = (1u << 30) + random_() % (1u << 30);
      for (int b = 0; b < 4; ++b) bytes[k + b] = static_cast<uint8_t>(bias >> (8 * b));
      for (int b = 0; b < 4; ++b)
        bytes[k + 4 + b] = static_cast<uint8_t>((m & ~0x7Fu) >> (8 * b));  // 24 bits
      bytes[k + 8] = static_cast<uint8_t>(38 + random_() % 6);
    }
    memory_.Put(kPar, bytes);
    Run(MakeTransfer(Opcode::kLoadPar, kPar, bytes.size()));
  }

  void Run(const Instruction& i) { ASSERT_EQ(executor_->Execute(i, &memory_), ErrorCode::kNone); }

  uint32_t Word(uint64_t address) {
    uint32_t v = 0;
    for (int b = 3; b >= 0; --b) v = v << 8 | memory_.at[address + static_cast<uint64_t>(b)];
    return v;
  }

  // The formula, byte by byte.
  void Expect(const Instruction& i) {
    std::vector<uint8_t> expected(executor_->activations(),
                                  executor_->activations() + config_.ActBytes());
    const auto get = [&](Field f) { return static_cast<int>(i.Get(f)); };
    const int zw = i.GetInt8(field::kPoZw);
    const int chunks = (get(field::kPoNchan) + config_.lanes - 1) / config_.lanes;
    for (int chunk = 0; chunk < chunks; ++chunk) {
      for (int y = 0; y < get(field::kPoNy); ++y) {
        for (int x = 0; x < get(field::kPoNx); ++x) {
          for (int lane = 0;
               lane < config_.lanes && chunk * config_.lanes + lane < get(field::kPoNchan);
               ++lane) {
            int64_t best = INT64_MIN;
            for (int ty = 0; ty < get(field::kPoNty); ++ty) {
              for (int tx = 0; tx < get(field::kPoNtx); ++tx) {
                const int entry =
                    (get(field::kPoAccBase) + y * get(field::kPoEsY) + x * get(field::kPoEsX) +
                     ty * get(field::kPoEsTy) + tx * get(field::kPoEsTx)) %
                    1024;
                for (int part = 0; part <= get(field::kPoPair); ++part) {
                  const int column = (get(field::kPoCol) + chunk * config_.lanes + lane +
                                      ty * get(field::kPoCsTy) + tx * get(field::kPoCsTx) +
                                      part * get(field::kPoCsPair)) %
                                     128;
                  const int64_t sum = executor_->Accumulators(get(field::kPoHalf), entry)[column];
                  best = std::max(
                      best, sum - int64_t{zw} * executor_->RowSum(get(field::kPoHalf), entry));
                }
              }
            }
            const uint64_t p =
                kPar +
                static_cast<uint64_t>((get(field::kPoPar) + chunk) * config_.lanes + lane) * 16;
            const int32_t v = static_cast<int32_t>(best + static_cast<int32_t>(Word(p)));
            const int address = get(field::kPoOut) + y * get(field::kPoSy) + x * get(field::kPoSx) +
                                chunk * config_.lanes + lane;
            expected[static_cast<size_t>(address)] = static_cast<uint8_t>(Requantize(
                v, Word(p + 4), memory_.at[p + 8], static_cast<Rounding>(get(field::kPoRounding)),
                i.GetInt8(field::kPoZy), i.GetInt8(field::kPoLo), i.GetInt8(field::kPoHi)));
          }
        }
      }
    }
    Run(i);
    for (int a = 0; a < config_.ActBytes(); ++a)
      ASSERT_EQ(executor_->activations()[a], expected[a]) << "byte " << a;
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  static uint64_t U(int v) { return static_cast<uint64_t>(v); }

  HwConfig config_;
  std::mt19937 random_;
  std::unique_ptr<Executor> executor_;
  ByteMemory memory_;
};

TEST_F(PostTest, EqualsTheFormula) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    HwConfig config;
    if (seed == 2) config.cols = 24, config.lanes = 5, config.acc_depth = 200;
    if (seed == 3) config.lanes = 16, config.rows = 8;
    Init(config, seed);
    for (int round = 0; round < 60; ++round) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
      const int channels = 1 + Below(config.cols - 4), nx = 1 + Below(4), ny = 1 + Below(4),
                ntx = 1 + Below(3);
      const int room = config.cols - channels;  // columns that taps may move by
      Instruction i = Make(Opcode::kPost);
      i.Set(field::kPoHalf, U(Below(2)));
      i.Set(field::kPoPair, U(Below(2)));
      i.Set(field::kPoRounding, U(Below(kNumRoundings)));
      i.Set(field::kPoAccBase, U(Below(40)));
      i.Set(field::kPoNx, U(nx));
      i.Set(field::kPoNy, U(ny));
      i.Set(field::kPoNtx, U(ntx));
      i.Set(field::kPoNty, U(1 + Below(3)));
      i.Set(field::kPoEsX, U(Below(5)));
      i.Set(field::kPoEsY, U(Below(12)));
      i.Set(field::kPoEsTx, U(Below(3)));
      i.Set(field::kPoEsTy, U(Below(9)));
      i.Set(field::kPoCsTx, U(ntx == 1 ? 0 : Below(room / 4 + 1)));
      i.Set(field::kPoCsPair, U(Below(room / 4 + 1)));
      i.Set(field::kPoCol, U(Below(room / 4 + 1)));
      i.Set(field::kPoNchan, U(channels));
      i.Set(field::kPoPar, U(Below(2)));
      i.Set(field::kPoZw, Below(3) == 0 ? 0 : U(Below(256)));
      i.Set(field::kPoZy, U(Below(256)));
      const int lo = Below(100) - 128;
      i.Set(field::kPoLo, U(lo & 0xFF));
      i.Set(field::kPoHi, U((lo + 100 + Below(50)) & 0xFF));
      i.Set(field::kPoSx, U(channels + Below(5)));
      i.Set(field::kPoSy, U(4 * (channels + 5)));
      i.Set(field::kPoOut, U(4096 + Below(1000)));
      Expect(i);
      if (HasFatalFailure()) return;
    }
  }
}

// Negative strides are strides modulo 2^10 (entries) and 2^7 (columns).
TEST_F(PostTest, EntriesAndColumnsWrap) {
  HwConfig config;
  config.cols = 64, config.lanes = 4;
  Init(config, 9);
  Expect(With(testing::MakePost(5), {{field::kPoAccBase, 30},
                                     {field::kPoEsX, 1024 - 3},
                                     {field::kPoNtx, 2},
                                     {field::kPoCol, 20},
                                     {field::kPoCsTx, 128 - 9},
                                     {field::kPoNchan, 4},
                                     {field::kPoLo, 0x80},
                                     {field::kPoSx, 4},
                                     {field::kPoOut, 5000}}));
}

TEST_F(PostTest, AnEntryThatDoesNotExistIsAnError) {
  HwConfig config;
  config.acc_depth = 100;
  Init(config, 10);
  const Instruction post =
      With(testing::MakePost(10), {{field::kPoAccBase, 90}, {field::kPoEsX, 1}, {field::kPoSx, 1}});
  EXPECT_EQ(executor_->Execute(post, &memory_), ErrorCode::kNone);
  EXPECT_EQ(executor_->Execute(With(post, {{field::kPoAccBase, 91}}), &memory_),
            ErrorCode::kBufferRange);
}

}  // namespace
}  // namespace systole

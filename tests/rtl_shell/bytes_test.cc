// What LOAD, Fill and STORE move, byte for byte, against a plain C++ buffer: at the promised
// latencies and with random stalls on every channel of every port.
#include <gtest/gtest.h>

#include "tests/rtl_shell/transfer_program.h"

namespace systole {
namespace {

using namespace testing;  // NOLINT

constexpr int kRegions = 4;

// Rounds of load (and fill) and store through `kRegions` regions of the activation buffer, ordered
// by tokens: a region is loaded again when its store has retired.
class RoundTrip {
 public:
  RoundTrip(const HwConfig& config, uint32_t seed)
      : config_(config),
        random_(seed),
        memory_(kDataBytes),
        expected_(kDataBytes, 0xEE),
        buffer_(static_cast<size_t>(config.ActBytes())) {
    for (uint8_t& b : memory_) b = static_cast<uint8_t>(random_());
  }

  std::vector<Instruction> Make(int rounds) {
    std::vector<Instruction> code;
    code.push_back(MakeTransfer(Opcode::kFill, 0, static_cast<uint64_t>(config_.ActBytes())));
    const int region_bytes = config_.ActBytes() / kRegions;
    for (int round = 0; round < rounds; ++round) {
      const int region = round % kRegions * region_bytes;
      Instruction load = Lines(Opcode::kLoadAct, kData, region, region_bytes);
      if (round >= kRegions) load.Set(field::kPopStore, 1);
      code.push_back(load);
      Move(load);
      Instruction fill = Lines(Opcode::kFill, 0, region, region_bytes / 4);
      fill.Set(field::kPush, kToStore);
      code.push_back(fill);
      Move(fill);
      Instruction store = Lines(Opcode::kStore, kOut, region, region_bytes);
      store.Set(field::kPopLoad, 1);
      store.Set(field::kPush, kToLoad);
      code.push_back(store);
      Move(store);
    }
    return code;
  }

  const std::vector<uint8_t>& memory() const { return memory_; }
  const std::vector<uint8_t>& expected() const { return expected_; }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  // Lines within [region, region + size) of the buffer; those of a store within 32 KiB of memory.
  Instruction Lines(Opcode opcode, uint64_t base, int region, int size) {
    const int beat = config_.AxiBytes();
    const int lines = 1 + Below(6), bytes = 1 + Below(size / lines);
    const int stride = bytes + Below((size - lines * bytes) / lines + 1);
    const int padded = (bytes + beat - 1) / beat * beat;
    Instruction i = MakeTransfer(opcode, base + static_cast<uint64_t>(Below(2000) * beat),
                                 static_cast<uint64_t>(bytes), static_cast<uint64_t>(lines),
                                 static_cast<uint64_t>(padded + Below(20) * beat));
    i.Set(field::kLsBufStride, static_cast<uint64_t>(stride));
    i.Set(field::kLsBuf,
          static_cast<uint64_t>(region + Below(size - (lines - 1) * stride - bytes + 1)));
    i.Set(field::kLsFill, static_cast<uint64_t>(Below(256)));
    return i;
  }

  // docs/isa.md, LOAD and STORE.
  void Move(const Instruction& i) {
    for (uint64_t l = 0; l < i.Get(field::kLsLines); ++l) {
      for (uint64_t b = 0; b < i.Get(field::kLsBytes); ++b) {
        uint8_t& cell = buffer_[i.Get(field::kLsBuf) + l * i.Get(field::kLsBufStride) + b];
        const uint64_t address = i.Get(field::kLsAddr) + l * i.Get(field::kLsMemStride) + b;
        if (i.opcode() == Opcode::kLoadAct) cell = memory_[address - kData];
        if (i.opcode() == Opcode::kFill) cell = static_cast<uint8_t>(i.Get(field::kLsFill));
        if (i.opcode() == Opcode::kStore) expected_[address - kOut] = cell;
      }
    }
  }

  HwConfig config_;
  std::mt19937 random_;
  std::vector<uint8_t> memory_, expected_, buffer_;
};

struct Case {
  int data_width, outstanding;
};

class ShellBytes : public ::testing::TestWithParam<Case> {
 protected:
  static void Check(Bench& bench, uint32_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RoundTrip trip(bench.config, seed);
    const std::vector<Instruction> code = trip.Make(24);
    std::vector<uint8_t> got(kDataBytes, 0xEE);
    bench.device->WriteMemory(kData, trip.memory().data(), kDataBytes);
    bench.device->WriteMemory(kOut, got.data(), kDataBytes);
    ExpectDone(bench.Run(code));
    bench.device->ReadMemory(kOut, got.data(), kDataBytes);
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(int{got[i]}, int{trip.expected()[i]})
          << "memory byte " << i << " of the write window";
    }
    bench.device->ReadMemory(kData, got.data(), kDataBytes);
    EXPECT_EQ(got, trip.memory()) << "the source has changed";
  }
};

TEST_P(ShellBytes, ArriveAtEveryLatency) {
  Bench bench(SmallConfig(GetParam().data_width, GetParam().outstanding));
  for (const int latency : {1, 20, 100}) {
    SCOPED_TRACE("latency " + std::to_string(latency));
    bench.device->SetTiming({latency, false, 1});
    for (uint32_t seed = 1; seed <= 3; ++seed) Check(bench, seed);
  }
}

TEST_P(ShellBytes, ArriveWithRandomStallsOnEveryChannel) {
  Bench bench(SmallConfig(GetParam().data_width, GetParam().outstanding));
  for (uint32_t seed = 11; seed <= 16; ++seed) {
    bench.device->SetTiming({static_cast<int>(1 + seed % 3 * 7), true, seed});
    Check(bench, seed);
    // Whatever the bus does, every engine's causes add up to the run's cycles.
    const uint64_t total = bench.Get64(reg::kCntTotal);
    for (int e = 0; e < kNumEngines; ++e) {
      uint64_t sum = 0;
      for (int c = 0; c < 4; ++c)
        sum += bench.Get64(reg::EngineCounter(e, static_cast<reg::Cause>(c)));
      EXPECT_EQ(sum, total) << "engine " << e;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ports, ShellBytes,
                         ::testing::Values(Case{32, 1}, Case{32, 8}, Case{64, 1}, Case{64, 8},
                                           Case{128, 1}, Case{128, 8}),
                         [](const auto& info) {
                           return "Width" + std::to_string(info.param.data_width) + "Outstanding" +
                                  std::to_string(info.param.outstanding);
                         });

}  // namespace
}  // namespace systole

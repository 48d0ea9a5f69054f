// The RTL package, read as text, against the constants that C++ compiles with: same names, same
// values, nothing missing on either side.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "sw/isa/config.h"
#include "sw/isa/counters.h"
#include "sw/isa/isa.h"
#include "sw/isa/pipeline.h"
#include "sw/isa/registers.h"
#include "sw/isa/rounding_modes.h"
#include "sw/timing/law_config.h"
#include "tests/spec/upper.h"

namespace systole {
namespace {

// "63", "12'h0FC", "3'd5"
uint64_t Number(const std::string& text) {
  const size_t quote = text.find('\'');
  if (quote == std::string::npos) return std::stoull(text);
  return std::stoull(text.substr(quote + 2), nullptr, text[quote + 1] == 'h' ? 16 : 10);
}

class PackageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(SYSTOLE_SOURCE_DIR "/rtl/common/systole_pkg.sv");
    ASSERT_TRUE(file) << "rtl/common/systole_pkg.sv cannot be read";
    const std::regex line(R"(\s*localparam\s+(?:int|logic \[\d+:0\])\s+(\w+)\s*=\s*([\w' +]+);.*)");
    std::smatch match;
    for (std::string text; std::getline(file, text);) {
      if (text.find("localparam") == std::string::npos) continue;
      ASSERT_TRUE(std::regex_match(text, match, line)) << text;
      ASSERT_TRUE(package_.emplace(match[1], Sum(match[2])).second) << match[1] << " twice";
    }
  }

  // "5", "12'h0FC", "PIPE_TAP_TO_WRITE + 1": names stand above in the package.
  uint64_t Sum(const std::string& text) const {
    uint64_t sum = 0;
    std::istringstream terms(text);
    for (std::string term; terms >> term;) {
      if (term != "+") sum += package_.count(term) ? package_.at(term) : Number(term);
    }
    return sum;
  }

  void Expect(const std::string& name, uint64_t value) {
    const auto found = package_.find(name);
    ASSERT_NE(found, package_.end()) << "the RTL package has no " << name;
    EXPECT_EQ(found->second, value) << name;
    seen_.insert(name);
  }

  // All names of the package that start with `prefix` have been expected.
  void ExpectNothingElse(const std::string& prefix) {
    for (const auto& [name, value] : package_) {
      if (name.rfind(prefix, 0) == 0) {
        EXPECT_TRUE(seen_.count(name)) << name << " is in the RTL package only";
      }
    }
  }

  std::map<std::string, uint64_t> package_;
  std::set<std::string> seen_;
};

TEST_F(PackageTest, OpcodesAndFieldsAreTheSame) {
#define OPCODE(name, code) Expect("OP_" + Upper(#name), static_cast<uint64_t>(Opcode::k##name));
#define FIELD(name, at, bits)                                               \
  Expect(Upper(#name) + "_LSB", static_cast<uint64_t>(field::k##name.lsb)); \
  Expect(Upper(#name) + "_W", static_cast<uint64_t>(field::k##name.width));
#include "sw/isa/fields.def"
  Expect("OP_SYNC_NIBBLE", 0xF);
  Expect("INSTR_W", 8 * kInstructionBytes);
  for (const char* prefix : {"OP_", "LS_", "MM_", "PO_", "POP_", "PUSH_", "OPCODE_", "INSTR_"}) {
    ExpectNothingElse(prefix);
  }
}

TEST_F(PackageTest, WidthsOfWiresAreThoseOfTheFields) {
  Expect("PC_W", 32);
  Expect("CODE_W", 8);
  const std::pair<const char*, std::vector<Field>> widths[] = {
      {"BUF_W",
       {field::kLsBytes, field::kLsBuf, field::kLsBufStride, field::kMmBase, field::kMmStrideB,
        field::kMmWgtRow, field::kPoOut}},
      {"ENTRY_W",
       {field::kMmNx, field::kMmNy, field::kMmNb, field::kMmAccBase, field::kPoAccBase,
        field::kPoNx, field::kPoNy, field::kPoEsX, field::kPoEsY, field::kPoEsTx, field::kPoEsTy}},
      {"COL_W",
       {field::kMmWcols, field::kMmKlast, field::kPoCol, field::kPoCsTx, field::kPoCsTy,
        field::kPoCsPair, field::kPoNchan}},
      {"SLICE_W", {field::kMmKslices, field::kMmKtab}},
      {"STRIDE_W",
       {field::kMmStrideX, field::kMmStrideY, field::kMmBaseInc, field::kPoSx, field::kPoSy}},
      {"PAR_ROW_W", {field::kPoPar}},
  };
  for (const auto& [name, fields] : widths) {
    for (const Field& f : fields) Expect(name, static_cast<uint64_t>(f.width));
  }
}

TEST_F(PackageTest, EnginesAreTheSame) {
  Expect("NUM_ENGINES", kNumEngines);
  Expect("ENGINE_LOAD", static_cast<uint64_t>(Engine::kLoad));
  Expect("ENGINE_MATMUL", static_cast<uint64_t>(Engine::kMatmul));
  Expect("ENGINE_POST", static_cast<uint64_t>(Engine::kPost));
  Expect("ENGINE_STORE", static_cast<uint64_t>(Engine::kStore));
  Expect("ENGINE_FETCH", kNumEngines);
  ExpectNothingElse("ENGINE_");
}

TEST_F(PackageTest, RegistersAndBitsAreTheSame) {
#define REG(name, offset) Expect("REG_" + Upper(#name), reg::k##name);
#include "sw/isa/fields.def"
  Expect("REG_CNT_FIRST", reg::kCntFirst);
  Expect("REG_CNT_LAST", reg::kCntEnd - 4);
  ExpectNothingElse("REG_");
  Expect("ID_VALUE", reg::kIdValue);
  Expect("VERSION_VALUE", reg::kVersionValue);
  auto bit = [this](const std::string& name, uint32_t mask) {
    const uint64_t place = package_.at(name);
    EXPECT_EQ(mask, 1u << place) << name;
    seen_.insert(name);
  };
  bit("CTRL_START_BIT", reg::kCtrlStart);
  bit("CTRL_SOFT_RESET_BIT", reg::kCtrlSoftReset);
  bit("STATUS_BUSY_BIT", reg::kStatusBusy);
  bit("STATUS_DONE_BIT", reg::kStatusDone);
  bit("STATUS_ERROR_BIT", reg::kStatusError);
  bit("STATUS_DRAINING_BIT", reg::kStatusDraining);
  bit("IRQ_DONE_BIT", reg::kIrqDone);
  bit("IRQ_ERROR_BIT", reg::kIrqError);
  for (const char* prefix : {"CTRL_", "STATUS_", "IRQ_"}) ExpectNothingElse(prefix);
}

TEST_F(PackageTest, CountersAreTheSame) {
  for (const CounterInfo& c : kCounters) {
    Expect("CNT_" + Upper(c.name) + "_INDEX", (c.offset - reg::kCntFirst) / 8);
  }
  Expect("CNT_ENGINE_INDEX", (reg::kCntEngine - reg::kCntFirst) / 8);
  ExpectNothingElse("CNT_");
  Expect("NUM_COUNTERS", (reg::kCntEnd - reg::kCntFirst) / 8);
  for (const CauseInfo& c : kCauses) {
    Expect("CAUSE_" + Upper(c.name), static_cast<uint64_t>(c.cause));
  }
  Expect("NUM_CAUSES", reg::kNumCauses);
  ExpectNothingElse("CAUSE_");
}

TEST_F(PackageTest, ErrorCodesAreTheSame) {
#define ERROR_CODE(name, code, text) \
  Expect("ERR_" + Upper(#name), static_cast<uint64_t>(ErrorCode::k##name));
#include "sw/isa/fields.def"
  ExpectNothingElse("ERR_");
}

TEST_F(PackageTest, RoundingModesAreTheSame) {
  for (int r = 0; r < kNumRoundings; ++r) {
    Expect("ROUND_" + Upper(kRoundingNames[r]), static_cast<uint64_t>(r));
  }
  ExpectNothingElse("ROUND_");
  Expect("NUM_ROUNDINGS", kNumRoundings);
  Expect("ALL_ROUNDINGS", kAllRoundings);
}

TEST_F(PackageTest, LatenciesAndSizesAreTheSame) {
  const Pipeline p;
  auto cycles = [this](const std::string& name, int value) {
    Expect("PIPE_" + name, static_cast<uint64_t>(value));
  };
  cycles("ISSUE_TO_WORK", p.issue_to_work);
  cycles("SLOT_TO_ACTIVATION_READ", p.slot_to_activation_read);
  cycles("SLOT_TO_ARRAY", p.slot_to_array);
  cycles("START_TO_SUM", p.start_to_sum);
  cycles("ACCUMULATOR_READ_TO_WRITE", p.accumulator_read_to_write);
  cycles("MATMUL_ERROR_TO_CONTROL", p.matmul_error_to_control);
  cycles("TAP_TO_WRITE", p.tap_to_write);
  cycles("ADD_TO_WRITE", p.add_to_write);
  cycles("BEAT_TO_WRITE", p.beat_to_write);
  cycles("READ_TO_BUS", p.read_to_bus);
  cycles("RESPONSE_TO_ERROR", p.response_to_error);
  cycles("START_TO_FETCH", p.start_to_fetch);
  cycles("ARRIVAL_TO_DISPATCH", p.arrival_to_dispatch);
  cycles("DISPATCH_TO_HEAD", p.dispatch_to_head);
  cycles("GIVE_TO_TAKE", p.give_to_take);
  cycles("RETIRE_TO_DONE", p.retire_to_done);
  ExpectNothingElse("PIPE_");
  // What the RTL calls sums of them, as the laws add them up (the laws leave out ROWS + COLS).
  HwConfig config;
  const LawConfig laws(config, MemoryTiming{});
  Expect("MATMUL_TAIL", static_cast<uint64_t>(laws.slot_to_retire - config.rows - config.cols));
  Expect("ROW_TAIL", static_cast<uint64_t>(p.slot_to_array + p.start_to_sum));
  Expect("ACC_TURN", static_cast<uint64_t>(laws.shortest_period));
  Expect("POST_TAIL", static_cast<uint64_t>(p.tap_to_write));
  Expect("BURST_BYTES", pipeline::kBurstBytes);
  Expect("FETCH_GROUP", pipeline::kFetchGroup);
  Expect("PAR_BYTES", pipeline::kParBytes);
  Expect("KTAB_BYTES", pipeline::kKtabBytes);
  Expect("COLUMN_MODE", pipeline::kColumnMode);
  Expect("TOKEN_MAX", pipeline::kTokenMax);
}

}  // namespace
}  // namespace systole

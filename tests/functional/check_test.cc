// The table of checks in docs/isa.md: for each, the last legal value and the first illegal one.
#include "sw/functional/check.h"

#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"

namespace systole {
namespace {

using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;

struct Row {
  const char* what;
  Instruction instruction;
  ErrorCode expected;
};

void Check(const std::vector<Row>& rows, const HwConfig& config = HwConfig{}) {
  for (const Row& r : rows)
    EXPECT_EQ(CheckInstruction(r.instruction, config), r.expected) << r.what;
}

constexpr ErrorCode kOk = ErrorCode::kNone, kField = ErrorCode::kBadField,
                    kRange = ErrorCode::kBufferRange;

TEST(CheckInstruction, Opcodes) {
  Instruction zero, sixth;
  sixth.Set(field::kOpcode, 0x15);
  Check({{"zeroed memory", zero, ErrorCode::kBadOpcode},
         {"a hole in LOAD's", sixth, ErrorCode::kBadOpcode}});
}

TEST(CheckInstruction, Tokens) {
  Check(
      {{"own pop", With(MakePost(1), {{field::kPopPost, 1}}), kField},
       {"own push", With(MakePost(1), {{field::kPush, 4}}), kField},
       {"others",
        With(MakePost(1), {{field::kPush, 11}, {field::kPopLoad, 7}, {field::kPopStore, 7}}), kOk},
       {"sync that pushes", Make(Opcode::kSyncPost, {{field::kPush, 1}}), kField},
       {"sync with its own pop", Make(Opcode::kSyncPost, {{field::kPopPost, 1}}), kField},
       {"sync that pops", Make(Opcode::kSyncPost, {{field::kPopLoad, 7}}), kOk}});
}

TEST(CheckInstruction, Matmul) {
  const Instruction m = MakeMatmul(4, 2, 16);
  Check(
      {{"legal", m, kOk},
       {"no columns", With(m, {{field::kMmWcols, 0}}), kField},
       {"17 columns", With(m, {{field::kMmWcols, 17}}), kField},
       {"no lanes", With(m, {{field::kMmKlast, 0}}), kField},
       {"16 lanes", With(m, {{field::kMmKlast, 16}}), kOk},
       {"17 lanes", With(m, {{field::kMmKlast, 17}}), kField},
       {"Nx 0", With(m, {{field::kMmNx, 0}}), kField},
       {"Ny 0", With(m, {{field::kMmNy, 0}}), kField},
       {"Nb 0", With(m, {{field::kMmNb, 0}}), kField},
       {"no slices", With(m, {{field::kMmKslices, 0}}), kField},
       {"dataflow", With(m, {{field::kMmDataflow, 1}}), kField},
       {"another dataflow", With(m, {{field::kMmDataflow, 2}}), kField},
       {"last entry", With(m, {{field::kMmAccBase, 124}}), kOk},
       {"past the last entry", With(m, {{field::kMmAccBase, 125}}), kRange},
       {"last ktab row", With(m, {{field::kMmKtab, 126}, {field::kMmKtabInc, 1}}), kOk},
       {"past the last ktab row", With(m, {{field::kMmKtab, 127}, {field::kMmKtabInc, 1}}), kRange},
       {"one ktab row for all", With(m, {{field::kMmKtab, 127}}), kOk},
       {"last weight row", With(m, {{field::kMmWgtRow, 8192 - 32}}), kOk},
       {"past the last weight row", With(m, {{field::kMmWgtRow, 8192 - 31}}), kRange},
       {"fewer columns, fewer rows",
        With(m, {{field::kMmWgtRow, 8192 - 30}, {field::kMmWcols, 15}}), kOk},
       {"field before range", With(m, {{field::kMmAccBase, 125}, {field::kMmWcols, 0}}), kField}});
}

TEST(CheckInstruction, ColumnMode) {
  const Instruction m = With(MakeMatmul(4, 2, 16), {{field::kMmDataflow, 3}, {field::kMmKlast, 3}});
  HwConfig flat, none, high;
  flat.rows = 5, flat.cols = 7, flat.lanes = 4;
  none.taps = 0;
  high.rows = 2, high.taps = 3;
  Check({{"legal", m, kOk},
         {"17 columns", With(m, {{field::kMmWcols, 17}}), kField},
         {"no taps", With(m, {{field::kMmKlast, 0}}), kField},
         {"four taps of three", With(m, {{field::kMmKlast, 4}}), kField},
         {"other dataflows", With(m, {{field::kMmDataflow, 2}}), kField}});
  Check({{"five lanes", With(m, {{field::kMmWcols, 5}}), kOk},
         {"six columns, five lanes", With(m, {{field::kMmWcols, 6}}), kField}},
        flat);
  Check({{"not built", m, kField}}, none);
  Check({{"two rows, two taps", With(m, {{field::kMmWcols, 2}, {field::kMmKlast, 2}}), kOk},
         {"two rows, three taps", With(m, {{field::kMmWcols, 2}}), kField}},
        high);
}

TEST(CheckInstruction, OutputStationary) {
  // 4 vectors; two tiles, the second of 5 lanes: entries 0 to 20.
  const Instruction m = With(MakeMatmul(4, 2, 16), {{field::kMmDataflow, 1}, {field::kMmKlast, 5}});
  HwConfig c, flat;
  c.dataflows = 3;
  flat.rows = 5, flat.cols = 7, flat.lanes = 4, flat.dataflows = 3;
  Check({{"not built", m, kField}});
  Check({{"legal", m, kOk},
         {"17 columns", With(m, {{field::kMmWcols, 17}}), kField},
         {"17 lanes", With(m, {{field::kMmKlast, 17}}), kField},
         {"no vectors", With(m, {{field::kMmNx, 0}}), kField},
         {"last entry", With(m, {{field::kMmAccBase, 128 - 21}}), kOk},
         {"past the last entry", With(m, {{field::kMmAccBase, 128 - 20}}), kRange},
         {"more vectors than entries", With(m, {{field::kMmNx, 1000}}), kOk},
         {"last weight row", With(m, {{field::kMmWgtRow, 8192 - 4}}), kOk},
         {"past the last weight row", With(m, {{field::kMmWgtRow, 8192 - 3}}), kRange},
         {"more vectors than rows of weights", With(m, {{field::kMmNx, 91}, {field::kMmNy, 91}}),
          kRange},
         {"nothing else", With(m, {{field::kMmDataflow, 2}}), kField}},
        c);
  c.dataflows = 5;
  Check({{"the other one is built", m, kField}}, c);
  Check({{"five columns of seven", With(m, {{field::kMmWcols, 5}}), kOk},
         {"six columns, weights for five", With(m, {{field::kMmWcols, 6}}), kField}},
        flat);
  flat.wport = 7;
  Check({{"seven columns, a bank each", With(m, {{field::kMmWcols, 7}}), kOk}}, flat);
}

TEST(CheckInstruction, InputStationary) {
  // Two tiles of 3 x 5 pixels, two slices, 40 filters: entries 0 to 29, 32 to 61, 64 to 93.
  const Instruction m =
      With(MakeMatmul(3, 2, 40),
           {{field::kMmDataflow, 2}, {field::kMmNy, 5}, {field::kMmNb, 2}, {field::kMmAccInc, 32}});
  HwConfig c;
  Check({{"not built", m, kField}});
  c.dataflows = 3;
  Check({{"the other one is built", m, kField}}, c);
  c.dataflows = 7;
  Check({{"legal", m, kOk},
         {"16 pixels", With(m, {{field::kMmNx, 16}, {field::kMmNy, 1}}), kOk},
         {"17 pixels", With(m, {{field::kMmNx, 17}, {field::kMmNy, 1}}), kField},
         {"6 x 3 pixels", With(m, {{field::kMmNx, 6}, {field::kMmNy, 3}}), kField},
         {"no filters", With(m, {{field::kMmWcols, 0}}), kField},
         {"17 lanes", With(m, {{field::kMmKlast, 17}}), kField},
         {"blocks side by side", With(m, {{field::kMmAccInc, 30}}), kOk},
         {"blocks on each other", With(m, {{field::kMmAccInc, 29}}), kField},
         {"one block", With(m, {{field::kMmAccInc, 0}, {field::kMmWcols, 16}}), kOk},
         {"two blocks", With(m, {{field::kMmAccInc, 0}, {field::kMmWcols, 17}}), kField},
         {"last entry", With(m, {{field::kMmAccBase, 128 - 94}}), kOk},
         {"past the last entry", With(m, {{field::kMmAccBase, 128 - 93}}), kRange},
         {"last weight row", With(m, {{field::kMmWgtRow, 8192 - 80}}), kOk},
         {"past the last weight row", With(m, {{field::kMmWgtRow, 8192 - 79}}), kRange}},
        c);
}

TEST(CheckInstruction, Post) {
  const Instruction p =
      With(MakePost(3),
           {{field::kPoNy, 2}, {field::kPoSx, 10}, {field::kPoSy, 100}, {field::kPoNchan, 9}});
  HwConfig bare;
  bare.row_sum = 0;
  bare.roundings = 0x21;
  Check({{"legal", p, kOk},
         {"Nx 0", With(p, {{field::kPoNx, 0}}), kField},
         {"Ny 0", With(p, {{field::kPoNy, 0}}), kField},
         {"Ntx 0", With(p, {{field::kPoNtx, 0}}), kField},
         {"Nty 0", With(p, {{field::kPoNty, 0}}), kField},
         {"Nchan 0", With(p, {{field::kPoNchan, 0}}), kField},
         {"all columns", With(p, {{field::kPoNchan, 16}}), kOk},
         {"more channels than columns", With(p, {{field::kPoNchan, 17}}), kField},
         {"rounding 6", With(p, {{field::kPoRounding, 6}}), kField},
         {"last parameter row", With(p, {{field::kPoPar, 62}}), kOk},
         {"past the last parameter row", With(p, {{field::kPoPar, 63}}), kRange},
         {"one chunk less", With(p, {{field::kPoPar, 63}, {field::kPoNchan, 8}}), kOk},
         {"last byte", With(p, {{field::kPoOut, 32768 - 129}}), kOk},
         {"past the last byte", With(p, {{field::kPoOut, 32768 - 128}}), kRange}});
  Check({{"rounding that is built", With(p, {{field::kPoRounding, 5}}), kOk},
         {"rounding that is not", With(p, {{field::kPoRounding, 1}}), kField},
         {"Zw without row sums", With(p, {{field::kPoZw, 1}}), kField}},
        bare);
}

TEST(CheckInstruction, LoadAndStore) {
  for (Opcode opcode : {Opcode::kLoadAct, Opcode::kStore, Opcode::kFill}) {
    const Instruction l = MakeTransfer(opcode, 0x1000, 10, 3, 16);
    const bool fill = opcode == Opcode::kFill;
    Check({{"legal", l, kOk},
           {"no bytes", With(l, {{field::kLsBytes, 0}}), kField},
           {"no lines", With(l, {{field::kLsLines, 0}}), kField},
           {"address between beats", With(l, {{field::kLsAddr, 0x1004}}), fill ? kOk : kField},
           {"stride between beats", With(l, {{field::kLsMemStride, 12}}), fill ? kOk : kField},
           {"last byte", With(l, {{field::kLsBuf, 32768 - 30}}), kOk},
           {"past the last byte", With(l, {{field::kLsBuf, 32768 - 29}}), kRange}});
  }
}

TEST(CheckInstruction, RowLoads) {
  HwConfig c;
  c.rows = 5, c.wport = 2,
  c.axi_data_width = 64;  // weight rows: 5 bytes, 8 in memory; offset rows: 10, 16 in memory
  const Instruction w = MakeTransfer(Opcode::kLoadWgt, 0, 24),
                    k = MakeTransfer(Opcode::kLoadKtab, 0, 32),
                    p = MakeTransfer(Opcode::kLoadPar, 0, 256);
  const uint64_t rows = 128 * 1024 / (5 * 2) * 2, ktab = 4096 / 10;
  Check({{"weights", w, kOk},
         {"part of a row", With(w, {{field::kLsBytes, 20}}), kField},
         {"two lines", With(w, {{field::kLsLines, 2}}), kField},
         {"last weight row", With(w, {{field::kLsBuf, rows - 3}}), kOk},
         {"past the last weight row", With(w, {{field::kLsBuf, rows - 2}}), kRange},
         {"last offset row", With(k, {{field::kLsBuf, ktab - 2}}), kOk},
         {"past the last offset row", With(k, {{field::kLsBuf, ktab - 1}}), kRange},
         {"last parameter row", With(p, {{field::kLsBuf, 62}}), kOk},
         {"past the last parameter row", With(p, {{field::kLsBuf, 63}}), kRange}},
        c);
}

}  // namespace
}  // namespace systole

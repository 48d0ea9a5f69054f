// Row stationary (ENGINE=row): mappings of all kinds, words that keep their pace, two readers or
// users of one memory in one cycle, lanes, ends of buffers.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/lane_cases.h"
#include "sw/check/row_tile.h"

namespace systole::check {
namespace {

using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::MakePost;
using testing::MakeRowConv;
using testing::MakeTransfer;
using testing::With;

constexpr char kFiles[] = "systole_rs_walker, systole_rs_control, systole_rs_array, systole_rs_row";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// Sums all seen; of every other tile added to once more, and beside it a second lot of channels.
Case TileCase(const HwConfig& c, int k, Operands operands, const char* what) {
  ProgramBuilder b(c, fmt::format("rows, {}, tile {}", what, k), kFiles, U(1000 + k));
  const RowTile tile = RandomRowTile(&b);
  const Instruction conv = LoadRowTile(&b, tile, operands);
  int channels = static_cast<int>(tile.map.Channels());
  b.Then(conv);
  if (k % 2 == 1) b.Then(With(conv, {{field::kRcFirst, 0}}));
  if (k % 4 > 1 && 2 * channels <= c.cols) {
    b.Then(With(conv, {{field::kRcJBase, U(channels)}, {field::kRcKslices, 1}}));
    channels *= 2;
  }
  b.Then(RowPost(b, tile, channels, b.area().out()));
  return b.result();
}

// The largest M0 with windows that are all new in each step: words come M0 cycles apart, as the
// spad has no room for them before.
Case PaceCase(const HwConfig& c, int words) {
  ProgramBuilder b(c, fmt::format("rows, windows of {} new words", words), kFiles, 1);
  RowTile tile;
  tile.map.c1 = words;
  tile.map.m0 = std::clamp(c.wgt_spad / 2 / words, 1, std::min(c.psum_spad, c.cols));
  tile.map.m2 = std::clamp<int64_t>(c.ifmap_spad - words, 1,
                                    std::min<int64_t>(c.rs_rows, c.cols / tile.map.m0));
  tile.map.q1 = std::min(c.rs_cols, c.rows);
  tile.pitch = words;
  tile.line = 1 + c.Banks();
  tile.nx = std::min(6, c.acc_depth / c.cols);
  while (tile.map.q1 > 1 && !Fits(tile, c)) --tile.map.q1;
  const Instruction conv = LoadRowTile(&b, tile, Operands::kSmall);
  b.Then(conv);
  b.Then(With(conv, {{field::kRcFirst, 0}, {field::kRcNx, U(std::min(2, tile.nx))}}));
  b.Then(RowPost(b, tile, static_cast<int>(tile.map.Channels()), b.area().out()));
  return b.result();
}

class RowConflicts {
 public:
  explicit RowConflicts(AreaRun* run) : run_(run), c_(run->config()), area_(c_) {
    while (!(c_.roundings >> mode_ & 1)) ++mode_;
  }

  // MATMUL and STORE read; from one group and from two.
  void Readers() {
    for (const bool same : {true, false}) {
      if (!same && c_.act_groups == 1) continue;
      ProgramBuilder b = Begin(same ? "RowConv and STORE on one group" : "RowConv and STORE apart");
      b.Add(With(Long(), {{field::kRcFirst, 1}, {field::kPopLoad, 1}}));
      b.Add(With(MakeTransfer(Opcode::kStore, kOut, 1, 60, U(c_.AxiBytes())),
                 {{field::kLsBuf, U(same ? area_.in() : area_.out())},
                  {field::kLsBufStride, 0},
                  {field::kPopLoad, 1}}));
      if (same) b.result().expect = {ErrorCode::kConflict, 1, 2};
      run_->Try(b.result());
    }
  }

  // MATMUL and POST read sums of one half, and of two.
  void Halves() {
    for (const bool same : {true, false}) {
      ProgramBuilder b = Begin(same ? "RowConv and POST on one half" : "RowConv and POST apart");
      b.Add(With(Long(), {{field::kPopLoad, 1}}));
      b.Add(With(MakePost(200), {{field::kPoOut, U(area_.out())},
                                 {field::kPoRounding, U(mode_)},
                                 {field::kPoSx, 1},
                                 {field::kPopLoad, 1},
                                 {field::kPoHalf, same ? 0u : 1u}}));
      if (same) b.result().expect = {ErrorCode::kConflict, 1, 2};
      run_->Try(b.result());
    }
  }

 private:
  // Reads the activation buffer for at least 30 cycles.
  Instruction Long() const {
    return With(MakeRowConv(),
                {{field::kRcBase, U(area_.in())},
                 {field::kRcNx, U(std::min(8, c_.acc_depth / c_.cols))},
                 {field::kRcKslices, 8},
                 {field::kRcR1, U(std::min({4, c_.wgt_spad / 2, c_.ifmap_spad - 1}))},
                 {field::kRcWs, 4}});
  }

  ProgramBuilder Begin(const std::string& name) {
    ProgramBuilder b(c_, "rows, " + name, "systole_rs_matmul, systole_rs_accumulators", 1);
    std::vector<uint16_t> offsets;
    for (int j = 0; j < c_.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
    b.LoadKtab(0, {offsets});
    b.LoadPar(0, {Channel{0, 0, 31}});
    b.result().code.back().Set(field::kPush, kToMatmul | kToPost | kToStore);
    return b;
  }

  AreaRun* run_;
  HwConfig c_;
  WorkArea area_;
  int mode_ = 0;
};

}  // namespace

void CheckRows(AreaRun* run) {
  const HwConfig& c = run->config();
  if (c.engine == 0) {
    run->Skip("row stationary: ENGINE=ws has no RowConv");
    return;
  }
  for (int k = 0; k < 40 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kSmall, "small operands"));
  for (int k = 40; k < 60 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kFull, "all of int8"));
  for (int k = 60; k < 70 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kExtreme, "-128 and 127"));
  for (int words : {1, 2, c.ifmap_spad / 2, c.ifmap_spad - 1})
    run->Try(PaceCase(c, std::clamp(words, 1, std::min(c.wgt_spad / 2, 31))));
  RowConflicts conflicts(run);
  conflicts.Readers();
  conflicts.Halves();
  const int lanes = std::min(c.rs_cols, c.rows);
  TryLanes(run, "rows", "systole_gather, systole_rs_control", lanes, [=](int base) {
    return With(MakeRowConv(),
                {{field::kRcFirst, 1}, {field::kRcQ1, U(lanes)}, {field::kRcBase, U(base)}});
  });
}

}  // namespace systole::check

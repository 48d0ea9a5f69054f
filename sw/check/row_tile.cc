#include "sw/check/row_tile.h"

#include <algorithm>

#include "sw/check/instruction_builder.h"
#include "sw/functional/check.h"

namespace systole::check {
namespace {

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// 1 to `most`, small and full ones more often than chance has it.
int Factor(ProgramBuilder* b, int64_t most) {
  const int m = std::max(1, static_cast<int>(most));
  return b->Below(5) == 0 ? m : b->Between(1, b->Between(1, m));
}

}  // namespace

RowArray ArrayOf(const HwConfig& c) {
  return {c.rs_rows, c.rs_cols, c.rows, c.ifmap_spad, c.wgt_spad, c.psum_spad};
}

int RowTile::Extent() const {
  const int64_t columns = (nx - 1) * map.ws + map.r1;
  return static_cast<int>((map.InputRows() - 1) * line + (columns - 1) * pitch +
                          (ny - 1) * int64_t{stride_y} + (nb - 1) * int64_t{stride_b} +
                          (slices - 1) * int64_t{base_inc} + map.c1 * map.Tags());
}

bool Fits(const RowTile& t, const HwConfig& c) {
  const RowArray array = ArrayOf(c);
  const int64_t phases = t.map.Phases(array.vector), rows = t.slices * t.map.WeightRows();
  const int64_t bytes = rows * PaddedRowBytes(Opcode::kLoadWgt, c);
  return Fits(t.map, array) && t.map.Vectors(array.vector) <= kRowVectors &&
         t.map.Channels() <= c.cols && phases <= std::min(4, c.KtabRows()) &&
         t.positions() * c.cols <= c.acc_depth && rows <= c.WgtRows() && bytes <= 0xFFFF &&
         t.Extent() <= c.act_kib * 512 && t.Extent() <= WorkArea(c).half();
}

RowTile RandomRowTile(ProgramBuilder* b) {
  const HwConfig& c = b->config();
  for (;;) {
    RowTile t;
    RowMapping& m = t.map;
    m.depthwise = b->Below(4) == 0;
    m.s1 = Factor(b, c.rs_rows);
    m.q1 = Factor(b, c.rs_cols);
    m.r1 = Factor(b, std::min(7, c.wgt_spad / 2));
    m.hs = Factor(b, 4), m.ws = Factor(b, 4);
    if (m.depthwise) {
      m.m2 = Factor(b, c.rs_rows / m.s1);
    } else {
      m.c2 = Factor(b, c.rs_rows / m.s1);
      m.m2 = Factor(b, c.rs_rows / m.s1 / m.c2);
      m.m3 = Factor(b, c.rs_cols / m.q1);
      m.m0 = Factor(b, std::min<int64_t>(c.psum_spad, c.wgt_spad / 2 / m.r1));
      m.c1 = Factor(b, std::min<int64_t>(31, c.wgt_spad / 2 / m.r1 / m.m0));
    }
    t.nx = Factor(b, 8), t.ny = Factor(b, 3), t.nb = Factor(b, 3), t.slices = Factor(b, 4);
    t.pitch = Factor(b, 20), t.stride_y = b->Below(60), t.stride_b = b->Below(200);
    t.base_inc = b->Below(20);
    t.line = 1 + c.Banks() * b->Below(4);
    t.half = b->Below(2);
    if (Fits(t, c)) return t;
  }
}

Instruction LoadRowTile(ProgramBuilder* b, const RowTile& t, Operands operands) {
  const HwConfig& c = b->config();
  const RowMapping& m = t.map;
  const bool small = operands == Operands::kSmall, extreme = operands == Operands::kExtreme;
  const auto draw = [&](int most) {
    return static_cast<int8_t>(extreme ? (b->Below(2) ? 127 : -128)
                               : small ? b->Between(-most, most)
                                       : b->Between(-128, 127));
  };
  // Offsets of rows that are not read lie anywhere.
  std::vector<std::vector<uint16_t>> offsets(U(m.Phases(c.rows)));
  for (size_t phase = 0; phase < offsets.size(); ++phase) {
    for (int lane = 0; lane < c.rows; ++lane) {
      const int64_t row = static_cast<int64_t>(phase) * c.rows + lane;
      offsets[phase].push_back(
          static_cast<uint16_t>(row < m.InputRows() ? row * t.line : b->Below(1 << 16)));
    }
  }
  b->LoadKtab(0, offsets);
  std::vector<std::vector<int8_t>> weights(U(t.slices * m.WeightRows()));
  for (auto& row : weights) {
    for (int y = 0; y < c.rows; ++y) row.push_back(draw(1));
  }
  b->LoadWgt(0, weights);
  const int channels = std::min(c.cols, ParameterRows(c) * c.lanes);
  b->LoadPar(0, std::vector<Channel>(U(channels), Channel{b->Between(-3, 3), 1u << 30,
                                                          static_cast<uint8_t>(small ? 30 : 38)}));
  std::vector<uint8_t> inputs;
  for (int k = 0; k < t.Extent(); ++k) inputs.push_back(static_cast<uint8_t>(draw(2)));
  b->LoadAct(b->area().in(), inputs);
  return testing::Make(Opcode::kRowConv, {{field::kRcFirst, 1},
                                          {field::kRcHalf, U(t.half)},
                                          {field::kRcDepthwise, m.depthwise},
                                          {field::kRcM0, U(m.m0)},
                                          {field::kRcM2, U(m.m2)},
                                          {field::kRcM3, U(m.m3)},
                                          {field::kRcC1, U(m.c1)},
                                          {field::kRcC2, U(m.c2)},
                                          {field::kRcR1, U(m.r1)},
                                          {field::kRcS1, U(m.s1)},
                                          {field::kRcQ1, U(m.q1)},
                                          {field::kRcHs, U(m.hs)},
                                          {field::kRcWs, U(m.ws)},
                                          {field::kRcPitch, U(t.pitch)},
                                          {field::kRcStrideY, U(t.stride_y)},
                                          {field::kRcStrideB, U(t.stride_b)},
                                          {field::kRcNx, U(t.nx)},
                                          {field::kRcNy, U(t.ny)},
                                          {field::kRcNb, U(t.nb)},
                                          {field::kRcKslices, U(t.slices)},
                                          {field::kRcBaseInc, U(t.base_inc)},
                                          {field::kRcBase, U(b->area().in())}});
}

Instruction RowPost(const ProgramBuilder& b, const RowTile& t, int channels, int out) {
  const HwConfig& c = b.config();
  int mode = 0;
  while (!(c.roundings >> mode & 1)) ++mode;
  const int entries = static_cast<int>(t.map.ColumnsUsed());
  channels = std::min(
      {channels, ParameterRows(c) * c.lanes, (b.area().end() - out) / (entries * t.positions())});
  return testing::Make(Opcode::kPost, {{field::kPoHalf, U(t.half)},
                                       {field::kPoRounding, U(mode)},
                                       {field::kPoNx, U(entries)},
                                       {field::kPoNy, U(t.positions())},
                                       {field::kPoEsX, 1},
                                       {field::kPoEsY, U(c.cols)},
                                       {field::kPoNtx, 1},
                                       {field::kPoNty, 1},
                                       {field::kPoNchan, U(channels)},
                                       {field::kPoOut, U(out)},
                                       {field::kPoSx, U(channels)},
                                       {field::kPoSy, U(entries * channels)},
                                       {field::kPoLo, 0x80},
                                       {field::kPoHi, 0x7F}});
}

Case RowTiles(const HwConfig& config, const std::string& name, int tiles, uint64_t seed) {
  ProgramBuilder b(config, name, "the engine's files, systole_tokens, systole_rs_control", seed);
  for (int k = 0; k < tiles; ++k) {
    const RowTile tile = RandomRowTile(&b);
    b.Then(LoadRowTile(&b, tile, Operands::kFull));
    const Instruction post =
        RowPost(b, tile, static_cast<int>(tile.map.Channels()), b.area().out());
    b.Then(post);
    const uint64_t bytes = post.Get(field::kPoNy) * post.Get(field::kPoSy);
    b.Then(testing::With(testing::MakeTransfer(Opcode::kStore, kOut + 0x2000 * U(k), bytes),
                         {{field::kLsBuf, U(b.area().out())}}));
  }
  return b.result();
}

}  // namespace systole::check

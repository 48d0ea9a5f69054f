#include "post_draw.h"

namespace systole {

int Below(std::mt19937_64& random, int n) {
  return static_cast<int>(random() % static_cast<uint64_t>(n));
}

Instruction DrawPost(std::mt19937_64& random, const PostConfig& config) {
  auto count = [&](int most) { return 1 + std::min(Below(random, most), Below(random, most)); };
  for (;;) {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kPost));
    i.Set(field::kPopLoad, random() % 8);
    i.Set(field::kPopMatmul, random() % 8);
    i.Set(field::kPopStore, random() % 8);
    i.Set(field::kPush, random() % 16 & 0xB);
    i.Set(field::kPoHalf, random() % 2);
    i.Set(field::kPoPair, random() % 2);
    int rounding = Below(random, kNumRoundings);
    while ((config.roundings >> rounding & 1) == 0) rounding = Below(random, kNumRoundings);
    i.Set(field::kPoRounding, static_cast<uint64_t>(rounding));
    const bool taps = random() % 2;
    const int nchan = count(config.cols), nx = count(9), ny = count(5);
    const int ntx = taps ? count(4) : 1, nty = taps ? count(4) : 1;
    i.Set(field::kPoNx, static_cast<uint64_t>(nx));
    i.Set(field::kPoNy, static_cast<uint64_t>(ny));
    i.Set(field::kPoNtx, static_cast<uint64_t>(ntx));
    i.Set(field::kPoNty, static_cast<uint64_t>(nty));
    i.Set(field::kPoNchan, static_cast<uint64_t>(nchan));
    auto stride = [&](Field f, int most) {
      const int v = Below(random, 2 * most + 1) - most;
      i.Set(f, static_cast<uint64_t>(v) & ((uint64_t{1} << f.width) - 1));
    };
    const int reach = std::max(1, config.acc_depth / 12);
    stride(field::kPoEsX, std::min(reach, 12));
    stride(field::kPoEsY, reach);
    stride(field::kPoEsTx, std::min(reach, 4));
    stride(field::kPoEsTy, std::min(reach, 6));
    const int free_cols = config.cols - nchan;
    stride(field::kPoCsTx, std::min(free_cols, 6));
    stride(field::kPoCsTy, std::min(free_cols, 6));
    stride(field::kPoCsPair, free_cols);
    i.Set(field::kPoCol, static_cast<uint64_t>(Below(random, free_cols + 1)));
    i.Set(field::kPoAccBase, static_cast<uint64_t>(Below(random, config.acc_depth)));
    i.Set(field::kPoPar, static_cast<uint64_t>(Below(random, config.ParRows())));
    i.Set(field::kPoOut, static_cast<uint64_t>(Below(random, config.act_bytes)));
    i.Set(field::kPoSx, static_cast<uint64_t>(Below(random, 40)));
    i.Set(field::kPoSy, static_cast<uint64_t>(Below(random, config.act_bytes / 16)));
    i.Set(field::kPoZw, config.row_sum && random() % 2 ? random() % 256 : 0);
    i.Set(field::kPoZy, random() % 256);
    const auto a = static_cast<int8_t>(random()), b = static_cast<int8_t>(random());
    const bool wide = random() % 2;
    i.Set(field::kPoLo, static_cast<uint8_t>(wide ? -128 : std::min(a, b)));
    i.Set(field::kPoHi, static_cast<uint8_t>(wide ? 127 : std::max(a, b)));
    if (PostInRange(i, config)) return i;
  }
}

namespace {

void SetCommon(std::mt19937_64& random, const PostConfig& config, Opcode opcode, Instruction* i) {
  auto count = [&](int most) { return 1 + std::min(Below(random, most), Below(random, most)); };
  i->Set(field::kOpcode, static_cast<uint64_t>(opcode));
  i->Set(field::kPush, random() % 16 & 0xB);
  i->Set(field::kPaAfter, random() % 4 == 0);
  int rounding = Below(random, kNumRoundings);
  while ((config.roundings >> rounding & 1) == 0) rounding = Below(random, kNumRoundings);
  i->Set(field::kPoRounding, static_cast<uint64_t>(rounding));
  const int nchan = count(4 * config.lanes);
  i->Set(field::kPoNx, static_cast<uint64_t>(count(9)));
  i->Set(field::kPoNy, static_cast<uint64_t>(count(5)));
  i->Set(field::kPaNchan, static_cast<uint64_t>(nchan));
  i->Set(field::kPaSrc, static_cast<uint64_t>(Below(random, config.act_bytes)));
  i->Set(field::kPaRsY, static_cast<uint64_t>(Below(random, config.act_bytes / 16)));
  i->Set(field::kPoPar, static_cast<uint64_t>(Below(random, config.ParRows())));
  i->Set(field::kPoOut, static_cast<uint64_t>(Below(random, config.act_bytes)));
  i->Set(field::kPoSx, static_cast<uint64_t>(Below(random, 40)));
  i->Set(field::kPoSy, static_cast<uint64_t>(Below(random, config.act_bytes / 16)));
  i->Set(field::kPoZy, random() % 256);
  const auto a = static_cast<int8_t>(random()), b = static_cast<int8_t>(random());
  const bool wide = random() % 2;
  i->Set(field::kPoLo, static_cast<uint8_t>(wide ? -128 : std::min(a, b)));
  i->Set(field::kPoHi, static_cast<uint8_t>(wide ? 127 : std::max(a, b)));
}

}  // namespace

Instruction DrawPostAct(std::mt19937_64& random, const PostConfig& config) {
  auto count = [&](int most) { return 1 + std::min(Below(random, most), Below(random, most)); };
  for (;;) {
    Instruction i;
    SetCommon(random, config, Opcode::kPostAct, &i);
    const bool taps = random() % 2;
    i.Set(field::kPaRow, random() % 2);
    i.Set(field::kPaSum, random() % 2);
    i.Set(field::kPaNtx, static_cast<uint64_t>(taps ? count(Below(random, 20) ? 4 : 63) : 1));
    i.Set(field::kPaNty, static_cast<uint64_t>(taps ? count(Below(random, 20) ? 4 : 63) : 1));
    i.Set(field::kPaRsX, static_cast<uint64_t>(Below(random, 40)));
    i.Set(field::kPaRsTy, static_cast<uint64_t>(Below(random, 80)));
    i.Set(field::kPaRsTx, static_cast<uint64_t>(Below(random, 40)));
    if (PostInRange(i, config) && PostTaps(i, config) < 3000) return i;
  }
}

Instruction DrawPostActAdd(std::mt19937_64& random, const PostConfig& config) {
  for (;;) {
    Instruction i;
    SetCommon(random, config, Opcode::kPostActAdd, &i);
    i.Set(field::kPoPar,
          static_cast<uint64_t>(Below(random, kSums) * ((3 + config.lanes - 1) / config.lanes)));
    i.Set(field::kPbSrc, static_cast<uint64_t>(Below(random, config.act_bytes)));
    i.Set(field::kPbRsY, static_cast<uint64_t>(Below(random, config.act_bytes / 16)));
    if (PostInRange(i, config)) return i;
  }
}

Instruction DrawAny(std::mt19937_64& random, const PostConfig& config) {
  const int kind = Below(random, 3);
  if (kind == 1 && config.post_act) return DrawPostAct(random, config);
  if (kind == 2 && config.add_unit) return DrawPostActAdd(random, config);
  return DrawPost(random, config);
}

}  // namespace systole

// The requantize lanes: any 32-bit operand reaches them as a bias on sums that are zero.
#include <fmt/format.h>

#include <algorithm>

#include "sw/arith/requantize.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/requantize_vectors.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::With;

struct Clamp {
  int zy, lo, hi;
};
constexpr Clamp kClamps[] = {{0, -128, 127}, {127, -128, 127}, {-128, -128, 127},
                             {5, 5, 100},    {-3, -100, -3},   {20, 40, 40}};

// One accumulator entry of each half, zero in every column: weights and activations are zero.
void ZeroSums(ProgramBuilder* b, int half) {
  const HwConfig& c = b->config();
  b->LoadAct(b->area().in(), std::vector<uint8_t>(static_cast<size_t>(2 * c.Banks() + c.rows)));
  std::vector<uint16_t> offsets;
  for (int j = 0; j < c.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
  b->LoadKtab(0, {offsets});
  // As many columns at a time as weight rows allow; the weights do not matter beside zeros.
  const auto u = [](int v) { return static_cast<uint64_t>(v); };
  const int columns = c.WgtRows() >= c.cols / c.wport ? c.cols : c.WgtRows();
  std::vector<std::vector<std::vector<int8_t>>> weights(
      1, std::vector<std::vector<int8_t>>(u(columns), std::vector<int8_t>(u(c.rows))));
  b->LoadWeights(0, columns, weights);
  b->Then(Make(Opcode::kMatmul, {{field::kMmFirst, 1},
                                 {field::kMmHalf, u(half)},
                                 {field::kMmBase, u(b->area().in())},
                                 {field::kMmWcols, u(columns)},
                                 {field::kMmKlast, u(c.rows)},
                                 {field::kMmNx, 1},
                                 {field::kMmNy, 1},
                                 {field::kMmNb, 1},
                                 {field::kMmKslices, 1}}));
}

}  // namespace

void CheckRounding(AreaRun* run) {
  const HwConfig& c = run->config();
  const auto u = [](int v) { return static_cast<uint64_t>(v); };
  // Vectors of one program: a Post of all channels for each parameter row group.
  const int columns = std::min(c.cols, c.WgtRows() >= c.cols / c.wport ? c.cols : c.WgtRows());
  const int per_post =
      std::min(columns / c.lanes * c.lanes == 0 ? columns : columns / c.lanes * c.lanes,
               c.ParRows() * c.lanes);
  const int rows_per_post = (per_post + c.lanes - 1) / c.lanes;
  for (int mode = 0; mode < kNumRoundings; ++mode) {
    const Rounding rounding = static_cast<Rounding>(mode);
    if (!(c.roundings >> mode & 1)) {
      run->Skip(fmt::format("rounding {} is not built (ROUNDINGS={})", RoundingName(rounding),
                            c.roundings));
      continue;
    }
    const std::vector<RequantizeVector> vectors = RequantizeVectors(rounding, 24);
    // Each batch fills the parameter memory, at most 512 channels.
    const int posts = std::max(1, std::min({c.ParRows() / rows_per_post, 512 / per_post,
                                            run->bench()->area().half() / (2 * per_post)}));
    const int batch = posts * per_post;
    for (size_t first = 0; first < vectors.size() && run->goes_on();
         first += static_cast<size_t>(batch)) {
      ProgramBuilder b(
          c,
          fmt::format("rounding {}, vectors {} to {}", RoundingName(rounding), first,
                      std::min(vectors.size(), first + static_cast<size_t>(batch)) - 1),
          "systole_requantize, systole_requantize_mul, systole_post_lane", first + 1);
      const int half = static_cast<int>(first / static_cast<size_t>(batch)) % 2;
      ZeroSums(&b, half);
      std::vector<Channel> channels(u(posts * rows_per_post * c.lanes));
      for (int k = 0; k < batch; ++k) {
        const RequantizeVector& v = vectors[(first + u(k)) % vectors.size()];
        channels[u(k / per_post * rows_per_post * c.lanes + k % per_post)] = {
            v.acc, v.m, static_cast<uint8_t>(v.s)};
      }
      b.LoadPar(0, channels);
      int out = b.area().out();
      for (int p = 0; p < posts; ++p) {
        // Each vector plainly, which shows the most, then with another clamp.
        for (int second = 0; second < 2 && out + per_post <= b.area().end(); ++second) {
          const Clamp& k = kClamps[second == 0 ? 0 : p % 6];
          b.Then(Make(Opcode::kPost, {{field::kPoHalf, u(half)},
                                      {field::kPoRounding, u(mode)},
                                      {field::kPoNx, 1},
                                      {field::kPoNy, 1},
                                      {field::kPoNtx, 1},
                                      {field::kPoNty, 1},
                                      {field::kPoNchan, u(per_post)},
                                      {field::kPoPar, u(p * rows_per_post)},
                                      {field::kPoOut, u(out)},
                                      {field::kPoZy, u(k.zy & 0xFF)},
                                      {field::kPoLo, u(k.lo & 0xFF)},
                                      {field::kPoHi, u(k.hi & 0xFF)}}));
          out += per_post;
        }
      }
      // Posts in pairs, each of per_post bytes: which vector a byte comes from.
      const uint64_t out_first = u(b.area().out());
      b.result().explain = [=, &vectors](uint64_t byte) -> std::string {
        if (byte < out_first || byte >= u(out)) return "";
        const uint64_t offset = byte - out_first, width = u(per_post);
        const uint64_t p = offset / (2 * width);
        const RequantizeVector& v = vectors[(first + p * width + offset % width) % vectors.size()];
        const Clamp& k = kClamps[offset / width % 2 == 0 ? 0 : p % 6];
        return fmt::format(
            "rounding {} of acc {} * m {} / 2^{}, plus {}, in [{}, {}], is {} by sw/arith; ",
            RoundingName(rounding), v.acc, v.m, v.s, k.zy, k.lo, k.hi,
            Requantize(v.acc, v.m, v.s, rounding, k.zy, k.lo, k.hi));
      };
      run->Try(b.result());
    }
  }
}

}  // namespace systole::check

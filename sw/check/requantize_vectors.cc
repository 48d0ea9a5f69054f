#include "sw/check/requantize_vectors.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>

#include "sw/arith/requantize.h"

namespace systole::check {
namespace {

int64_t Product(int32_t acc, uint32_t m) { return int64_t{acc} * static_cast<int64_t>(m); }
uint64_t Magnitude(int32_t acc) {
  return acc < 0 ? uint64_t{0} - static_cast<uint64_t>(int64_t{acc}) : static_cast<uint64_t>(acc);
}

// ---- One rounding of the exact product

int64_t Down(int32_t acc, uint32_t m, int s) { return RoundFloor(Product(acc, m), s); }
int64_t Up(int32_t acc, uint32_t m, int s) { return RoundHalfUp(Product(acc, m), s); }
int64_t Away(int32_t acc, uint32_t m, int s) { return RoundHalfAway(Product(acc, m), s); }
int64_t Even(int32_t acc, uint32_t m, int s) { return RoundHalfEven(Product(acc, m), s); }
int64_t Toward(int32_t acc, uint32_t m, int s) {  // truncation
  const int64_t p = Product(acc, m);
  return p < 0 ? -RoundFloor(-p, s) : RoundFloor(p, s);
}
int64_t TieDown(int32_t acc, uint32_t m, int s) { return -RoundHalfUp(-Product(acc, m), s); }
int64_t HalfLessOne(int32_t acc, uint32_t m, int s) {
  const int64_t p = Product(acc, m);
  return s == 0 ? p : (p + (int64_t{1} << (s - 1)) - 1) >> s;
}
int64_t TieToOdd(int32_t acc, uint32_t m, int s) {
  const int64_t even = Even(acc, m, s), up = Up(acc, m, s), down = TieDown(acc, m, s);
  return up == down ? even : even == up ? down : up;
}

// ---- tflite

int64_t Tflite(int32_t acc, uint32_t m, int s, int64_t constant, bool saturate, bool away) {
  const int left = s < 31 ? 31 - s : 0, right = s > 31 ? s - 31 : 0;
  int64_t shifted = static_cast<int64_t>(static_cast<uint64_t>(int64_t{acc}) << left);
  if (saturate) {
    shifted = int64_t{acc} * (int64_t{1} << left);
    shifted = std::clamp<int64_t>(shifted, INT32_MIN, INT32_MAX);
  } else {
    shifted = static_cast<int32_t>(shifted);
  }
  const int64_t h = (shifted * static_cast<int64_t>(m) + constant) >> 31;
  return away ? RoundHalfAway(h, right) : RoundHalfUp(h, right);
}
constexpr int64_t kHalf31 = int64_t{1} << 30;
int64_t TfliteLessOne(int32_t acc, uint32_t m, int s) {
  return Tflite(acc, m, s, kHalf31 - 1, true, true);
}
int64_t TfliteFirstFloors(int32_t acc, uint32_t m, int s) {
  return Tflite(acc, m, s, 0, true, true);
}
int64_t TfliteSecondUp(int32_t acc, uint32_t m, int s) {
  return Tflite(acc, m, s, kHalf31, true, false);
}
int64_t TfliteWraps(int32_t acc, uint32_t m, int s) {
  return Tflite(acc, m, s, kHalf31, false, true);
}

// ---- float32

enum class Ties { kEven, kUp, kDown };
uint64_t To24(uint64_t v, Ties ties) {
  if (v < (uint64_t{1} << 24)) return v;
  const int excess = 40 - __builtin_clzll(v);
  const uint64_t unit = uint64_t{1} << excess, rest = v & (unit - 1), kept = v >> excess;
  const bool tie = rest == unit / 2;
  const bool up = tie ? ties == Ties::kUp || (ties == Ties::kEven && (kept & 1)) : rest > unit / 2;
  return (kept + up) << excess;
}
int64_t Float(int32_t acc, uint32_t m, int s, Ties first, Ties second, bool round_first,
              bool round_second) {
  uint64_t f = Magnitude(acc);
  if (round_first) f = To24(f, first);
  uint64_t p = f * m;
  if (round_second) p = To24(p, second);
  const int64_t r = RoundHalfEven(static_cast<int64_t>(p), s);
  return acc < 0 ? -r : r;
}
int64_t FloatAccUp(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kUp, Ties::kEven, true, true);
}
int64_t FloatAccDown(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kDown, Ties::kEven, true, true);
}
int64_t FloatAccExact(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kEven, Ties::kEven, false, true);
}
int64_t FloatProductUp(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kEven, Ties::kUp, true, true);
}
int64_t FloatProductDown(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kEven, Ties::kDown, true, true);
}
int64_t FloatProductExact(int32_t acc, uint32_t m, int s) {
  return Float(acc, m, s, Ties::kEven, Ties::kEven, true, false);
}

// ---- Candidates

// An output byte tells what differs within the clamp's reach.
int Byte(int64_t r) { return static_cast<int>(std::clamp<int64_t>(r, -128, 127)); }

class Candidates {
 public:
  Candidates(Rounding mode, uint64_t seed) : mode_(mode), random_(seed) {}

  // An accumulator, multiplier and shift near a tie k + 1/2 of the last rounding, |k| <= 128.
  RequantizeVector Next() {
    RequantizeVector v{};
    v.m = Multiplier();
    v.s = static_cast<int>(random_() % 63);
    const double target = (static_cast<int>(random_() % 257) - 128 + 0.5) * std::exp2(v.s);
    double acc = v.m == 0 ? 0 : target / v.m;
    if (random_() % 2) acc = acc < 0 ? std::floor(acc) : std::ceil(acc);
    acc += static_cast<int>(random_() % 7) - 3;
    v.acc = static_cast<int32_t>(std::clamp(std::nearbyint(acc), -2147483648.0, 2147483647.0));
    return v;
  }

 private:
  // Powers of two and their multiples make exact ties; tflite and float32 ask something of m.
  uint32_t Multiplier() {
    uint32_t m = 0;
    switch (random_() % 5) {
      case 0:
        m = 1u << 30;
        break;
      case 1:
        m = 3u << 29;
        break;
      case 2:
        m = (1u << 30) | static_cast<uint32_t>(random_() & 0xFF) << 22;
        break;
      default:
        m = (1u << 30) | static_cast<uint32_t>(random_() & 0x3FFFFFFF);
    }
    if (mode_ == Rounding::kFloat32) m &= ~0x7Fu;
    if (mode_ != Rounding::kTflite && random_() % 4 == 0) m >>= random_() % 31;
    return m;
  }

  Rounding mode_;
  std::mt19937_64 random_;
};

}  // namespace

const std::vector<NearMiss>& NearMisses(Rounding mode) {
  static const std::vector<NearMiss> floor = {
      {"truncated towards zero", Toward}, {"halves up", Up}, {"half a unit less one", HalfLessOne}};
  static const std::vector<NearMiss> half_up = {{"floor", Down},
                                                {"ties away from zero", Away},
                                                {"ties down", TieDown},
                                                {"half a unit less one", HalfLessOne},
                                                {"ties to even", Even}};
  static const std::vector<NearMiss> half_away = {{"floor", Down},
                                                  {"ties up", Up},
                                                  {"ties down", TieDown},
                                                  {"ties to even", Even},
                                                  {"truncated towards zero", Toward}};
  static const std::vector<NearMiss> half_even = {{"floor", Down},
                                                  {"ties up", Up},
                                                  {"ties away from zero", Away},
                                                  {"ties down", TieDown},
                                                  {"ties to odd", TieToOdd}};
  static const std::vector<NearMiss> tflite = {
      {"one rounding, ties away", Away},
      {"the first rounding's constant less one", TfliteLessOne},
      {"the first rounding floors", TfliteFirstFloors},
      {"the second rounding's ties go up", TfliteSecondUp},
      {"the shift left wraps", TfliteWraps}};
  static const std::vector<NearMiss> float32 = {
      {"one rounding, ties to even", Even},
      {"a tie of the accumulator's 24 bits goes up", FloatAccUp},
      {"a tie of the accumulator's 24 bits goes down", FloatAccDown},
      {"the accumulator keeps all bits", FloatAccExact},
      {"a tie of the product's 24 bits goes up", FloatProductUp},
      {"a tie of the product's 24 bits goes down", FloatProductDown},
      {"the product keeps all bits", FloatProductExact}};
  static const std::vector<NearMiss>* const all[] = {&floor,     &half_up, &half_away,
                                                     &half_even, &tflite,  &float32};
  static_assert(std::size(all) == kNumRoundings, "near misses of every mode");
  return *all[static_cast<int>(mode)];
}

std::vector<RequantizeVector> RequantizeVectors(Rounding mode, int each,
                                                std::vector<std::string>* missed) {
  std::vector<RequantizeVector> vectors;
  for (const NearMiss& near_miss : NearMisses(mode)) {
    Candidates candidates(mode, 7);
    int found = 0;
    for (int k = 0; k < 2000000 && found < each; ++k) {
      const RequantizeVector v = candidates.Next();
      if (Byte(RoundProduct(v.acc, v.m, v.s, mode)) == Byte(near_miss.round(v.acc, v.m, v.s)))
        continue;
      vectors.push_back(v);
      ++found;
    }
    if (found == 0 && missed != nullptr) missed->push_back(near_miss.name);
  }
  // The ends of every range.
  const bool scaled = mode == Rounding::kTflite;
  for (int32_t acc : {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX}) {
    for (uint32_t m : {0u, 1u, 1u << 30, 0x7FFFFF80u, 0x7FFFFFFFu}) {
      if (scaled && m == 1u) continue;
      if (mode == Rounding::kFloat32 && m == 0x7FFFFFFFu) continue;
      for (int s : {0, 1, 24, 30, 31, 32, 55, 61, 62}) vectors.push_back({acc, m, s});
    }
  }
  return vectors;
}

}  // namespace systole::check

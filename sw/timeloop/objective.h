// What a search minimizes.
#pragma once

#include <cmath>

namespace systole::timeloop {

enum class Objective { kEdp, kEnergy, kCycles };

constexpr double kEqual = 1e-12;  // relative; sums of energies are rounded

// What is minimized, and what decides among equals.
struct Value {
  double first = INFINITY, second = INFINITY;
};

inline Value ValueOf(Objective objective, double energy, double cycles) {
  if (objective == Objective::kEdp) return {energy * cycles, energy};
  if (objective == Objective::kEnergy) return {energy, cycles};
  return {cycles, energy};
}

inline bool Less(const Value& a, const Value& b) {
  return a.first != b.first ? a.first < b.first : a.second < b.second;
}

}  // namespace systole::timeloop

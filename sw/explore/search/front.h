// Pareto fronts of points whose objectives are all minimised.
#pragma once

#include <cstddef>
#include <vector>

namespace systole::explore {

enum class Ties { kAll, kFirst };  // of points with equal objectives keep all, or the first

// Indices, ascending, of the points that no other point dominates (is nowhere worse and somewhere
// better). Empty points (infeasible) are left out. O(n log n) for up to three objectives, O(n (log
// n + front size)) for more.
std::vector<size_t> ParetoFront(const std::vector<std::vector<double>>& points,
                                Ties ties = Ties::kAll);

// Volume that the points dominate below `reference`; points that do not lie below it in every
// objective add nothing.
double Hypervolume(const std::vector<std::vector<double>>& points,
                   const std::vector<double>& reference);

// The point of the front nearest to the ideal point when the front is scaled to the unit cube;
// first of equals. `front` are indices into `points` and not empty.
size_t Knee(const std::vector<std::vector<double>>& points, const std::vector<size_t>& front);

}  // namespace systole::explore

#include "sw/scalesim/utilization.h"

#include <cmath>

namespace systole::scalesim {
namespace {

class Sum {
 public:
  explicit Sum(bool compensated) : compensated_(compensated) {}

  void Add(double x) {
    const double t = sum_ + x;
    if (compensated_)
      correction_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - t) + x : (x - t) + sum_;
    sum_ = t;
  }
  double value() const {
    return compensated_ && std::isfinite(correction_) ? sum_ + correction_ : sum_;
  }

 private:
  bool compensated_;
  double sum_ = 0;
  double correction_ = 0;
};

// Mean over the folds, in their order, of a value that depends on whether the fold is full in rows
// and in columns.
template <typename Value>
double MeanOverFolds(const Geometry& g, const Options& options, Value value) {
  Sum sum(options.compensated_sum);
  for (int64_t col_fold = 0; col_fold < g.fc; ++col_fold) {
    const double full = value(g.UsedRows(0), g.UsedCols(col_fold));
    const double last = value(g.UsedRows(g.fr - 1), g.UsedCols(col_fold));
    for (int64_t row_fold = 0; row_fold + 1 < g.fr; ++row_fold) sum.Add(full);
    sum.Add(last);
  }
  return sum.value() / static_cast<double>(g.folds);
}

}  // namespace

double TrueDivide(int64_t a, int64_t b) {
  constexpr int64_t kExact = int64_t{1} << 53;
  if (a < kExact && b < kExact) return static_cast<double>(a) / static_cast<double>(b);
  // Quotient with at least 62 significant bits and a sticky bit, then one rounding.
  int shift = 0;
  unsigned __int128 numerator = static_cast<unsigned __int128>(a);
  while (shift < 126 && numerator < (static_cast<unsigned __int128>(1) << 125)) {
    numerator <<= 1;
    ++shift;
  }
  unsigned __int128 quotient = numerator / static_cast<uint64_t>(b);
  bool sticky = numerator % static_cast<uint64_t>(b) != 0;
  while (quotient >> 62) {
    sticky |= static_cast<bool>(quotient & 1);
    quotient >>= 1;
    --shift;
  }
  return std::ldexp(static_cast<double>(static_cast<uint64_t>(quotient) << 1 | (sticky ? 1 : 0)),
                    -shift - 1);
}

void FillUtilization(const Geometry& g, const Options& options, LayerReport* report) {
  const int64_t pes = g.rows * g.cols;
  const int64_t fold_cycles =
      g.dataflow == Dataflow::kOs || options.corrected ? g.fold_lines : g.fold_lines + g.cols - 1;
  report->overall_util = TrueDivide(g.m * g.n * g.dense_k * 100, report->total_cycles * pes);
  report->mapping_eff =
      MeanOverFolds(g, options, [&](int64_t ur, int64_t uc) { return TrueDivide(ur * uc, pes); }) *
      100;
  report->compute_util = MeanOverFolds(g, options,
                                       [&](int64_t ur, int64_t uc) {
                                         return TrueDivide(ur * uc * g.t, pes * fold_cycles);
                                       }) *
                         100;
}

}  // namespace systole::scalesim

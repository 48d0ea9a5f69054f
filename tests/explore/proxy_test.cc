#include "sw/explore/search/proxy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

#include "sw/base/error.h"
#include "sw/explore/search/proxy_search.h"

namespace systole::explore {
namespace {

// A smooth cost of a design: rows, cols in 1..32, three kinds.
double Cost(const std::vector<double>& row) {
  const double factors[] = {1.0, 3.0, 0.5};
  return factors[static_cast<int>(row[2])] * (1000.0 / row[0] + 40.0 * row[1] + 5.0 * row[0]);
}

struct Data {
  std::vector<ProxyInput> inputs = {{"rows", 0}, {"cols", 0}, {"kind", 3}};
  std::vector<std::vector<double>> rows;
  std::vector<double> targets;
};

Data Draw(unsigned seed, int count) {
  std::mt19937 rng(seed);
  Data data;
  for (int i = 0; i < count; ++i) {
    data.rows.push_back({1.0 + rng() % 32, 1.0 + rng() % 32, 1.0 * (rng() % 3)});
    data.targets.push_back(Cost(data.rows.back()));
  }
  return data;
}

ProxyOptions Quick() {
  ProxyOptions options;
  options.hidden = 32;
  options.epochs = 60;
  return options;
}

TEST(ProxyTest, LearnsASmoothCost) {
  const Data training = Draw(1, 1200), rest = Draw(2, 500);
  const Proxy proxy(training.inputs, training.rows, training.targets, Quick());
  const ProxyError error = proxy.Compare(rest.rows, rest.targets);
  EXPECT_LT(error.mean, 0.03);
  // Against the best constant, in the sense of the mean relative error.
  double constant = INFINITY;
  for (double guess : rest.targets) {
    double mean = 0;
    for (double target : rest.targets) mean += std::abs(guess - target) / target / 500;
    constant = std::min(constant, mean);
  }
  EXPECT_GT(constant, 0.3);
}

TEST(ProxyTest, ErrorsAreThoseOfItsPredictions) {
  const Data training = Draw(1, 300), rest = Draw(2, 101);
  const Proxy proxy(training.inputs, training.rows, training.targets, Quick());
  const std::vector<double> predictions = proxy.Predict(rest.rows);
  std::vector<double> errors;
  int within = 0;
  for (size_t i = 0; i < predictions.size(); ++i) {
    errors.push_back(std::abs(predictions[i] / rest.targets[i] - 1));
    within += errors.back() <= 0.01;
  }
  double sum = 0;
  for (double error : errors) sum += error;
  std::sort(errors.begin(), errors.end());
  const ProxyError error = proxy.Compare(rest.rows, rest.targets);
  EXPECT_EQ(error.rows, 101);
  EXPECT_NEAR(error.mean, sum / 101, 1e-12);
  EXPECT_NEAR(error.median, errors[50], 1e-12);
  EXPECT_NEAR(error.worst, errors[100], 1e-12);
  EXPECT_NEAR(error.within_1_percent, within / 101.0, 1e-12);
}

TEST(ProxyTest, SameSeedSameNetworkWhateverElseDrawsRandomNumbers) {
  const Data training = Draw(1, 300), rest = Draw(2, 50);
  const Proxy first(training.inputs, training.rows, training.targets, Quick());
  std::srand(12345);
  const Proxy second(training.inputs, training.rows, training.targets, Quick());
  EXPECT_EQ(first.Predict(rest.rows), second.Predict(rest.rows));
  EXPECT_EQ(first.Training().validation_loss, second.Training().validation_loss);
  ProxyOptions other = Quick();
  other.seed = 2;
  EXPECT_NE(first.Predict(rest.rows),
            Proxy(training.inputs, training.rows, training.targets, other).Predict(rest.rows));
}

TEST(ProxyTest, KeepsTheWeightsOfTheBestEpochAndStopsEarly) {
  Data training = Draw(1, 60);
  std::mt19937 rng(3);
  for (double& target : training.targets)
    target *= 1.0 + rng() % 4;  // noise cannot be learned: it overfits
  ProxyOptions options = Quick();
  options.epochs = 2000;
  options.patience = 10;
  const Proxy proxy(training.inputs, training.rows, training.targets, options);
  const ProxyTraining& record = proxy.Training();
  EXPECT_LT(record.validation_loss.size(), 2000u);
  EXPECT_EQ(record.validation_loss.size(), record.training_loss.size());
  EXPECT_EQ(record.validation_loss.size(), static_cast<size_t>(record.best_epoch) + 11);
  EXPECT_EQ(*std::min_element(record.validation_loss.begin(), record.validation_loss.end()),
            record.validation_loss[record.best_epoch]);
  EXPECT_EQ(record.validation_rows, 9);
  EXPECT_EQ(record.training_rows, 51);
}

TEST(ProxyTest, RefusesWhatItCannotLearnFrom) {
  const Data good = Draw(1, 40);
  const auto train = [](const Data& data) { Proxy(data.inputs, data.rows, data.targets, Quick()); };
  Data few = Draw(1, 19), longer = good, zero = good, category = good, fewer = good;
  EXPECT_THROW(train(few), InputError);
  longer.rows[7].push_back(1);
  EXPECT_THROW(train(longer), InputError);
  zero.targets[7] = 0;
  EXPECT_THROW(train(zero), InputError);
  category.rows[7][2] = 3;
  EXPECT_THROW(train(category), InputError);
  fewer.targets.pop_back();
  EXPECT_THROW(train(fewer), InputError);
  category.rows[7][2] = 0.5;
  EXPECT_THROW(train(category), InputError);
}

// 32 x 32 x 3 points; those with rows * cols > 300 are infeasible.
class Designs : public Problem {
 public:
  const std::vector<int>& Radix() const override { return radix_; }
  int Objectives() const override { return 1; }
  int64_t Evaluations() const override { return static_cast<int64_t>(seen_.size()); }
  static std::vector<double> Row(const Point& p) { return {p[0] + 1.0, p[1] + 1.0, 1.0 * p[2]}; }
  static bool Possible(const Point& p) { return (p[0] + 1) * (p[1] + 1) <= 300; }

  std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override {
    std::vector<Evaluation> evaluations;
    for (const Point& point : points) {
      seen_.insert(point);
      evaluations.push_back({Possible(point), {}});
      if (Possible(point)) evaluations.back().objectives = {Cost(Row(point))};
    }
    return evaluations;
  }

 private:
  std::vector<int> radix_ = {32, 32, 3};
  std::set<Point> seen_;
};

TEST(ProxySearchTest, FindsTheOptimumThatItsSampleMissed) {
  // 5 rows + 1000 / rows is least at rows = 14 (141.43); one column, kind 2: 0.5 * (141.43 + 40).
  const double optimum = 0.5 * (1000.0 / 14 + 40 + 5 * 14);
  Designs designs;
  ProxySearchOptions options;
  options.search.seed = 4;
  options.search.budget = 300;
  options.predictions = 2000;
  options.proxy = Quick();
  options.inputs = {{"rows", 0}, {"cols", 0}, {"kind", 3}};
  options.describe = Designs::Row;
  options.possible = Designs::Possible;
  const ProxySearchResult result = ProxySearch(&designs, options);
  EXPECT_EQ(designs.Evaluations(), 300);
  EXPECT_EQ(result.search.points.size(), 300u);
  double sampled = INFINITY;
  for (size_t i = 0; i < 240; ++i) {
    if (result.search.evaluations[i].feasible)
      sampled = std::min(sampled, result.search.evaluations[i].objectives[0]);
  }
  EXPECT_GT(sampled, optimum);
  EXPECT_EQ(result.search.evaluations[result.search.best].objectives[0], optimum);
  EXPECT_EQ(result.checked.rows, 60);
  EXPECT_EQ(result.predicted_and_exact.size(), 60u);
  for (size_t i = 240; i < 300; ++i) {
    EXPECT_EQ(result.predicted_and_exact[i - 240].second,
              result.search.evaluations[i].objectives[0]);
  }
}

}  // namespace
}  // namespace systole::explore

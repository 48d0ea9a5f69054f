// One area of `systole check`: its cases, counted, and the differences found.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sw/check/bench.h"

namespace systole::check {

class AreaRun {
 public:
  // Goes on until `most` cases differed.
  AreaRun(Bench* bench, const std::string& name, size_t most)
      : bench_(bench), name_(name), most_(most) {}

  // Runs a case; after an error it has to recover.
  void Try(const Case& c);
  // The same without the recovery: for many like cases, one of which recovers now and then.
  void TryAlone(const Case& c);
  // Any steps on the device that throw Difference; none without a device.
  void Try(const std::string& name, const std::function<void()>& steps);
  // A case that this configuration cannot have.
  void Skip(const std::string& why) { skipped_.push_back(why); }

  // False once so many cases differed that further ones tell nothing new.
  bool goes_on() const { return differences_.size() < most_; }
  Bench* bench() { return bench_; }
  const HwConfig& config() const { return bench_->config(); }
  int cases() const { return cases_; }
  const std::vector<std::string>& differences() const { return differences_; }
  const std::vector<std::string>& skipped() const { return skipped_; }

 private:
  void Count(const std::string& name, const std::string& look, const std::function<void()>& steps);

  Bench* bench_;
  std::string name_;
  size_t most_;
  int cases_ = 0;
  std::vector<std::string> differences_, skipped_;
};

struct Area {
  const char* name;
  const char* covers;    // what the cases reach
  const char* compares;  // with what
  void (*run)(AreaRun*);
  bool either_array = false;  // without Matmuls of its own: for ENGINE = 1, too
};

// All, in the order of the data: what fails first leads closest to its cause.
const std::vector<Area>& Areas();

void CheckRegisters(AreaRun* run);
void CheckTransfers(AreaRun* run);
void CheckArray(AreaRun* run);
void CheckColumns(AreaRun* run);
void CheckOutputStationary(AreaRun* run);
void CheckInputStationary(AreaRun* run);
void CheckRows(AreaRun* run);
void CheckRounding(AreaRun* run);
void CheckPost(AreaRun* run);
void CheckActivations(AreaRun* run);
void CheckTokens(AreaRun* run);
void CheckOverlap(AreaRun* run);
void CheckStalls(AreaRun* run);
void CheckWindows(AreaRun* run);
void CheckFields(AreaRun* run);
void CheckConflicts(AreaRun* run);
void CheckBusErrors(AreaRun* run);
void CheckResets(AreaRun* run);
void CheckLayers(AreaRun* run);

}  // namespace systole::check

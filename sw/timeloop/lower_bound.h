// What every mapping of a part of the space costs at least.
//
// The part: a task (who is kept where, all spatial factors), and temporal factors of some
// dimensions, in any order of loops. Derived from Timeloop's rules (docs/energy.md#the-search), not
// from physics: its walks may move less than hardware must.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/timeloop/space.h"

namespace systole::timeloop {

// Dimensions decided so far, and products that a bound needs.
struct Partial {
  std::array<std::array<int64_t, kMaxDims>, kMaxLevels> factor{};   // temporal, by level; else 1
  std::array<std::array<int64_t, kMaxDims>, kMaxLevels> extents{};  // of the tiles, by level
  std::array<std::array<double, kMaxTensors>, kMaxLevels> idle{};   // product of a list's loops
                                                                    // that do not index a tensor
  std::array<unsigned, kMaxLevels> loops{};                         // dimensions above 1 in a list
  std::array<int64_t, kMaxDims> stamp{};                            // of a dimension's decision
  unsigned decided = 0;                                             // dimensions
};

// The least (energy, cycles), one for each choice of the two open lists' leaders.
struct Bounds {
  bool fits = false;
  double cycles = 0;
  double least = 0;              // energy, over all leaders
  std::vector<double> by_class;  // energy, by inner leader's class x outer leader's class
};

class LowerBound {
 public:
  // Throws InputError where no bound is known: a result whose axis is a sum.
  explicit LowerBound(const MapSpace& space);

  void SetTask(const SpaceTask& task);
  Partial Start() const;
  // Decides dimension d.
  void Decide(int d, const std::array<int64_t, kMaxLevels>& factors, Partial* partial) const;
  void Find(const Partial& partial, Bounds* bounds) const;

  // Two lists have an order worth a case distinction: levels, -1 where there is none. The class of
  // a dimension says which tensors it does not index.
  int InnerList() const { return lists_[0]; }
  int OuterList() const { return lists_[1]; }
  int Classes() const { return static_cast<int>(classes_.size()); }
  int ClassOf(int d) const { return class_of_[d]; }

 private:
  // Words that one tensor brings to one instance of a kept level, and what each costs.
  struct Term {
    int tensor, child, parent;
    double energy;         // pJ a word of the child
    double reads, writes;  // words of the parent for a word of the child, as its bandwidth counts
    double single;         // loops and lengths of the axes that are one dimension
    std::array<double, kMaxAxes> link;    // of an axis: what neighbours leave at least
    std::array<int64_t, kMaxAxes> reach;  // of the children along an axis
    bool one_walk;                        // no loops stand between child and parent
    bool shared;                          // several children may want the same words
    bool tangled;   // children lie along several sums, so that neighbours differ in more than one
    double tangle;  // what is left at least then
  };

  void AddTerms(int tensor);
  bool Fits(const Partial& partial) const;
  // The least words along an axis that is a sum, of a tile's length there.
  struct AxisWalk {
    double plain;  // every step brings the whole tile
    double slide;  // the first loop slides, others of the axis go on
    bool linked;   // of it, neighbours may bring a part
    double still;  // an idle loop is first, so that steps that cancel bring nothing
  };
  // Walks along an axis as long as the decisions on its dimensions are the same ones.
  struct KnownWalk {
    std::array<int64_t, kMaxDims> stamps;
    AxisWalk walk;
  };
  const AxisWalk& WalkOf(const Term& term, const Partial& partial, size_t s) const;
  void WalkAxis(const Term& term, const Partial& partial, size_t s, AxisWalk* walk) const;
  double Words(const Term& term, const AxisWalk* walks, double idle, bool idle_first) const;
  void Value(const Term& term, const Partial& partial, double* values) const;

  const MapSpace& space_;
  const Problem& problem_;
  const Architecture& arch_;
  int lists_[2] = {-1, -1};
  std::vector<unsigned> classes_;  // tensors not indexed, by class
  int class_of_[kMaxDims] = {};
  unsigned free_[kMaxLevels] = {};                   // dimensions that may have a loop in a list
  std::vector<std::vector<int>> sums_[kMaxTensors];  // axes that are sums: their dimensions
  std::vector<int> sum_axis_[kMaxTensors];           // and which axis each is
  unsigned indexed_[kMaxTensors] = {};               // dimensions
  unsigned lone_[kMaxTensors] = {};                  // of them, those that are an axis alone

  const SpaceTask* task_ = nullptr;
  unsigned open_ = 0;  // dimensions with something left to split
  double fixed_energy_ = 0;
  double fixed_reads_[kMaxLevels] = {}, fixed_writes_[kMaxLevels] = {};
  int64_t used_[kMaxLevels] = {};
  std::vector<Term> terms_;
  mutable int64_t stamps_ = 0;            // decisions so far
  mutable std::vector<KnownWalk> known_;  // by term and axis
};

}  // namespace systole::timeloop

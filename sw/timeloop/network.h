// The best mapping of every layer of a network on several designs, and the sums.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sw/timeloop/conv_problem.h"
#include "sw/timeloop/mapper.h"

namespace systole::timeloop {

struct Design {
  std::string name;
  std::vector<SpecFile> files;  // architecture, constraints, ERT; no problem
};

// A layer on a design. Counts of all groups together.
struct LayerAnswer {
  NetworkLayer layer;
  int64_t macs = 0;
  double cycles = 0, energy = 0;  // pJ
  double utilization = 0;
  bool proved = true;
  int64_t nodes = 0;
  double seconds = 0;  // of its search, also where another layer of the same shape had it
  std::vector<std::pair<std::string, double>> levels;  // pJ by level, the multipliers first
  std::string mapping;                                 // the nest, as text
};

struct NetworkAnswer {
  std::string design;
  int64_t batch = 1;
  double mac_energy = 0;  // pJ of one multiply-add
  std::vector<LayerAnswer> layers;

  double Cycles() const;
  double Energy() const;
  int64_t Macs() const;
  double Edp() const { return Cycles() * Energy(); }
};

struct NetworkRequest {
  std::vector<Design> designs;
  std::vector<NetworkLayer> layers;  // of one image
  std::vector<int64_t> batches = {1};
  MapOptions options;
  double energy_scale = 1;  // Architecture::ScaleEnergy
  int jobs = 1;
};

// By design, then batch. Each different shape is searched once, on `jobs` threads; the answer does
// not depend on them. `progress` is called after each, with how many of how many are done, one call
// at a time. Throws InputError where a design cannot be read, or a layer fits on none of its
// mappings.
std::vector<NetworkAnswer> MapNetwork(const NetworkRequest& request,
                                      const std::function<void(size_t, size_t)>& progress);

}  // namespace systole::timeloop

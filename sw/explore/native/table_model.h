// Quantized models made from a layer table (sw/scalesim/workload.h), so that networks of which only
// the shapes are known can be timed and run on our own accelerator. Weights and biases are random,
// the same for the same seed; quantization is per tensor, symmetric weights, ranges that a random
// sum fills. Cycles do not depend on any of that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/arith/rounding.h"
#include "sw/model/model.h"
#include "sw/scalesim/workload.h"

namespace systole::explore {

struct TableModelOptions {
  Rounding rounding = Rounding::kFloat32;
  uint64_t seed = 1;
};

// The table as one chain, multipliers chosen. A `norm` row is part of the layer before it (folded
// into its weights), so it adds none. Throws InputError naming the row that does not continue the
// chain (a branch, a sum, a concatenation) or that no accelerator configuration could hold (its
// weights, its input or its output exceed the largest buffer).
Model ModelFromTable(const std::vector<scalesim::WorkloadLayer>& rows, const std::string& name,
                     const TableModelOptions& options = {});

// One row by itself.
struct RowModel {
  std::string layer;
  std::string why_not;  // one line where no configuration could hold it; the model is then empty
  Model model;          // one layer, multipliers chosen; its name is "<table>/<layer>"
};

// Every row but `norm` as a model of its own, with the row's own input shape and padding.
std::vector<RowModel> RowModelsFromTable(const std::vector<scalesim::WorkloadLayer>& rows,
                                         const std::string& name,
                                         const TableModelOptions& options = {});

}  // namespace systole::explore

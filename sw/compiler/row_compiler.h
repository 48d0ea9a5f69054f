// A chain of layers on the row-stationary array (ENGINE = 1), wholly on chip: what Planner and
// JobScheduler are for the weight-stationary one. A job is one tile and one block of filters:
// RowConvs into one accumulator half, then the Posts that empty it while the next job fills the
// other. Layer follows layer, image follows image; stages whose convolution has one output pixel
// take the images of a batch together, so that they share their weights.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// As Compile() (sw/compiler/compiler.h).
Program CompileRows(const Model& model, const HwConfig& config, const ProgramOptions& options);

}  // namespace systole

// What Timeloop v3's YAML files say together: design, energy, layer, constraints, mapping.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sw/timeloop/constraints.h"
#include "sw/timeloop/mapping.h"

namespace systole::timeloop {

struct Spec {
  Architecture arch;
  Problem problem;
  Constraints constraints;  // no limits where the files have none
  std::optional<Mapping> mapping;
};

// One file's name and text.
struct SpecFile {
  std::string path, text;
};

// Reads the files as one: every top-level key in one of them. A file of `energy` replaces the
// energy table of the others; one of `mapping` adds or replaces the mapping. Throws InputError,
// which names file, line and place.
Spec ReadSpec(const std::vector<SpecFile>& files, const std::vector<SpecFile>& energy = {},
              const std::vector<SpecFile>& mapping = {});

// A design's files, without `problem` and `mapping`, and a problem from elsewhere.
Spec ReadSpec(const std::vector<SpecFile>& files, const Problem& problem);

}  // namespace systole::timeloop

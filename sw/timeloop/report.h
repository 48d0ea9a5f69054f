// An evaluated mapping as JSON and as text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sw/timeloop/evaluation.h"

namespace systole::timeloop {

using Json = nlohmann::ordered_json;

// Timeloop's directives, which ReadMapping reads back.
Json MappingJson(const Problem& problem, const Architecture& arch, const Mapping& mapping);

// docs/energy.md lists the keys. Of an invalid mapping: `valid`, `reason` and `mapping`.
Json EvaluationJson(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                    const Evaluation& evaluation);

// A table of levels and tensors, and the loop nest.
std::string EvaluationText(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                           const Evaluation& evaluation);

}  // namespace systole::timeloop

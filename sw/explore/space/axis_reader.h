// The values of one axis, as SPACE.toml writes them: 16, "os", [8, 16], {min, max, step}, {min,
// max, pow2 = true}.
#pragma once

#include "sw/explore/space/axis.h"
#include "sw/explore/space/cost.h"
#include "sw/explore/space/toml_reader.h"

namespace systole::explore {

// Throws InputError through `table.Fail`: an empty axis, a value twice, one the parameter does not
// have, unknown keys.
Axis ReadAxis(const TomlTable& table, const std::string& name, const toml::node& node,
              const Parameter& parameter);

}  // namespace systole::explore

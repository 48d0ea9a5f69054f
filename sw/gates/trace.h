// A run's FST trace, cycle by cycle: the signals of one scope, as they are before each clock edge.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace systole::gates {

// Signal name -> its value, '0' and '1', the highest bit first.
using Values = std::vector<const std::string*>;

// Reads `path`: calls `cycle` before each rising edge of the signal `clock` with the values of
// `signals`, in their order. Names are below `scope`, with dots: "u_control.run_o". Throws
// InputError where the file or a signal is missing.
void ReadTrace(const std::string& path, const std::string& scope, const std::string& clock,
               const std::vector<std::string>& signals,
               const std::function<void(const Values&)>& cycle);

}  // namespace systole::gates

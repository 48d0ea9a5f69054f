// Files of workloads: reading them, telling them apart.
#pragma once

#include <cstdint>
#include <string>

namespace systole::explore {

// Throws InputError.
std::string ReadWorkloadFile(const std::string& path);

// Of a file, or of all files of a folder in the order of their names.
uint64_t ChecksumOf(const std::string& path);

// Whether it is a layer table of the project (sw/scalesim/workload.h), not a topology of SCALE-Sim.
bool IsLayerTable(const std::string& text);

}  // namespace systole::explore

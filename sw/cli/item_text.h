// What one item of a job gave, as text between processes.
#pragma once

#include <string>

#include "sw/cli/run_job.h"

namespace systole {

std::string Serialize(const ItemResult& result);
ItemResult ParseItem(const std::string& text);

}  // namespace systole

// The points of a store as CSV, sorted by id; the same bytes whatever the threads, shards and
// interruptions were.
#pragma once

#include <string>

#include "sw/explore/engine/store.h"

namespace systole::explore {

void WriteCsv(const Store& store, const std::string& path);

}  // namespace systole::explore

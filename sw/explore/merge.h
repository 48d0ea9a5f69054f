// `systole explore merge OUT.sqlite A.sqlite B.sqlite ...`: stores of shards into one.
#pragma once

#include <string>
#include <vector>

namespace systole::explore {

// OUT is new; it then goes on as a store without shards would. Rows that two stores have must be
// equal. Prints what is there and which shards are missing. Returns 0 when the sweep is complete, 1
// when not. Throws InputError for stores of different spaces, or of a search.
int Merge(const std::string& out, const std::vector<std::string>& stores);

}  // namespace systole::explore

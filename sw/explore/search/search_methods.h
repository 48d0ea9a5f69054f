// The methods behind Search(), each until SearchFinished is thrown.
#pragma once

#include "sw/explore/search/search_recorder.h"

namespace systole::explore {

void RunRandom(SearchRecorder* recorder, const SearchOptions& options);
void RunGenetic(SearchRecorder* recorder, const SearchOptions& options);
void RunNsga2(SearchRecorder* recorder, const SearchOptions& options, int objectives);
void RunAnnealing(SearchRecorder* recorder, const SearchOptions& options);

}  // namespace systole::explore

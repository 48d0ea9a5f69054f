// Places of the native cost model's parameters, behind those of every model.
#pragma once

#include "sw/explore/space/cost.h"

namespace systole::explore {

enum NativeIndex {
  kDataflow = kPeBudget + 1,
  kWport,
  kLanes,
  kActKib,
  kActGroups,
  kWgtKib,
  kParKib,
  kKtabKib,
  kAccDepth,
  kAxiDataWidth,
  kOutstanding,
  kQueueDepth,
  kBatch,
  kFusePool,
  kPacking,
  kEngine,
  kRsRows,
  kRsCols,
  kIfmapSpad,
  kWgtSpad,
  kPsumSpad,
  kLatency,  // the last one: no program depends on it
  kCount
};

}  // namespace systole::explore

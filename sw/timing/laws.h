// The timing laws of docs/timing.md, each once, as functions of instruction fields, the parameters,
// the memory's latency and the depths of the pipelines.
#pragma once

#include "sw/timing/array_law.h"
#include "sw/timing/fetch_law.h"
#include "sw/timing/law_config.h"
#include "sw/timing/matmul_law.h"
#include "sw/timing/post_law.h"
#include "sw/timing/run_law.h"
#include "sw/timing/transfer_law.h"

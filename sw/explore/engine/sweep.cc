#include "sw/explore/engine/sweep.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "sw/explore/engine/interrupt.h"
#include "sw/explore/engine/progress_line.h"

namespace systole::explore {
namespace {

constexpr auto kCommitEvery = std::chrono::milliseconds(200);

struct Chunk {
  int64_t index = 0;
  Rows rows;
  std::map<std::string, int64_t> excluded;
  bool complete = true;
};

// False: interrupted, the chunk is not to be stored.
bool EvaluateChunk(const Space& space, PointEvaluator* evaluator, int64_t first, int64_t last,
                   Chunk* chunk) {
  const size_t workloads = space.workloads.size(), objectives = space.objectives.size();
  Rows& rows = chunk->rows;
  std::vector<WorkloadResult> results(workloads);
  std::vector<double> values(objectives);
  std::vector<std::pair<const std::string*, int64_t>> excluded;  // few reasons: a list
  for (int64_t id = first; id < last; ++id) {
    if (Interrupted()) return false;
    const std::string* reason = nullptr;
    const Outcome outcome = evaluator->Evaluate(id, results.data(), values.data(), &reason);
    if (outcome == Outcome::kExcluded) {
      auto at = std::find_if(excluded.begin(), excluded.end(),
                             [&](const auto& e) { return e.first == reason; });
      if (at == excluded.end()) at = excluded.insert(at, {reason, 0});
      ++at->second;
      continue;
    }
    rows.ids.push_back(id);
    rows.reasons.push_back(reason);
    rows.results.insert(rows.results.end(), results.begin(), results.end());
    rows.objectives.insert(rows.objectives.end(), values.begin(), values.end());
  }
  for (const auto& [reason, points] : excluded) chunk->excluded[*reason] += points;
  return true;
}

}  // namespace

int64_t ChunkPoints(int64_t points) {
  return std::max(std::clamp<int64_t>(points / 4096, 1, 256), points >> 25);
}

int64_t ChunkCount(int64_t points) {
  return (points + ChunkPoints(points) - 1) / ChunkPoints(points);
}

SweepResult Sweep(const Space& space, Reasons* reasons, Store* store, const Shard& shard,
                  int threads) {
  const int64_t points = space.grid.Points(), length = ChunkPoints(points),
                chunks = ChunkCount(points);
  const std::vector<bool> done = store->Chunks(chunks);
  const auto size_of = [&](int64_t c) { return std::min(points, (c + 1) * length) - c * length; };
  SweepResult result;
  for (int64_t c = shard.index - 1; c < chunks; c += shard.count) {
    result.planned += size_of(c);
    if (done[c]) result.from_store += size_of(c);
  }
  ProgressLine progress(result.planned, result.from_store);
  tbb::global_control stack(tbb::global_control::max_allowed_parallelism,
                            static_cast<size_t>(std::max(threads, 1)));
  tbb::enumerable_thread_specific<std::unique_ptr<PointEvaluator>> evaluators;
  int64_t next = shard.index - 1;
  bool stopped = false;
  auto committed = std::chrono::steady_clock::now();
  const auto source = [&](tbb::flow_control& control) -> int64_t {
    while (next < chunks && done[next]) next += shard.count;
    if (next >= chunks || Interrupted()) {
      control.stop();
      return -1;
    }
    const int64_t chunk = next;
    next += shard.count;
    return chunk;
  };
  const auto evaluate = [&](int64_t index) {
    auto& evaluator = evaluators.local();
    if (!evaluator) evaluator = std::make_unique<PointEvaluator>(space, reasons);
    auto chunk = std::make_shared<Chunk>();
    chunk->index = index;
    chunk->complete = EvaluateChunk(space, evaluator.get(), index * length,
                                    index * length + size_of(index), chunk.get());
    return chunk;
  };
  const auto write = [&](const std::shared_ptr<Chunk>& chunk) {
    if (!chunk->complete) {
      stopped = true;
      return;
    }
    store->Append(chunk->rows);
    store->AddChunk(chunk->index, chunk->excluded);
    result.evaluated += size_of(chunk->index);
    progress.Advance(size_of(chunk->index));
    const auto now = std::chrono::steady_clock::now();
    if (now - committed >= kCommitEvery) {
      store->Commit();
      committed = std::chrono::steady_clock::now();
    }
  };
  tbb::task_arena arena(std::max(threads, 1));
  arena.execute([&] {
    tbb::parallel_pipeline(
        static_cast<size_t>(8 * std::max(threads, 1)),
        tbb::make_filter<void, int64_t>(tbb::filter_mode::serial_in_order, source) &
            tbb::make_filter<int64_t, std::shared_ptr<Chunk>>(tbb::filter_mode::parallel,
                                                              evaluate) &
            tbb::make_filter<std::shared_ptr<Chunk>, void>(tbb::filter_mode::serial_in_order,
                                                           write));
  });
  store->Commit();
  result.complete = !stopped && result.from_store + result.evaluated == result.planned;
  return result;
}

}  // namespace systole::explore

// Evaluated points in an SQLite file, or in memory.
//
//   points(id, <axes>, infeasible, <workload>.cycles, <workload>.utilization, ..., <objectives>)
//   chunks(chunk)                     stretches of an exhaustive sweep that are complete
//   excluded(chunk, reason, points)   points that a constraint kept out, which have no row; chunk
//   -1: of a search meta(key, value), description(line, text)
//
// What Commit() has returned from survives the end of the process at any moment; what has not is
// rolled back when the file is opened next. One process at a time has a store open. Throws
// InputError for whatever the file system refuses.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/explore/engine/database.h"
#include "sw/explore/space/point_evaluator.h"
#include "sw/explore/space/space.h"

namespace systole::explore {

inline constexpr int kStoreFormat = 2;  // of the tables above

// Points with their results, flat.
struct Rows {
  std::vector<int64_t> ids;
  std::vector<const std::string*> reasons;  // null: feasible
  std::vector<WorkloadResult> results;      // ids x workloads
  std::vector<double> objectives;           // ids x objectives, as the reader sees them
  void Clear();
};

struct Shard {
  int64_t index = 1, count = 1;  // 1..count
};

struct StoreOptions {
  std::string path;     // empty: in memory
  bool resume = false;  // continue a store that is there
  Shard shard;
};

class Store {
 public:
  // Throws also where `path` is there and `resume` is not given. A new store, or one of the same
  // space, seed, method and shard to go on with; anything else is refused.
  Store(const Space& space, const StoreOptions& options);

  bool Resumed() const { return resumed_; }
  const std::string& path() const { return database_.path(); }

  // One transaction from commit to commit.
  void Append(const Rows& rows);
  void AddChunk(int64_t chunk, const std::map<std::string, int64_t>& excluded);
  void Commit();

  std::vector<bool> Chunks(int64_t count) const;
  std::map<std::string, int64_t> Excluded() const;    // reason, points
  std::map<std::string, int64_t> Infeasible() const;  // reason category, points
  int64_t Count(bool feasible) const;

  // Points in the order of their ids. `reason` is null and `objectives` hold where they are
  // feasible.
  void ForEach(const std::function<void(int64_t id, const char* reason, const double* objectives)>&
                   visit) const;

  // The columns of `points`, and its rows as text in the order of the ids: numbers in the shortest
  // form that reads back the same.
  std::vector<std::string> Columns() const;
  void ForEachText(const std::function<void(const std::vector<std::string>& cells)>& visit) const;

  // Feasible ids, the best in `objective` first, the lower id of equals.
  std::vector<int64_t> Best(size_t objective, int64_t count) const;
  std::vector<std::string> TextOf(int64_t id) const;

 private:
  void Create(const StoreOptions& options);
  void CheckSame(const StoreOptions& options);
  void Begin();

  const Space& space_;
  Database database_;
  std::unique_ptr<Statement> insert_;
  bool resumed_ = false;
  bool in_transaction_ = false;
};

}  // namespace systole::explore

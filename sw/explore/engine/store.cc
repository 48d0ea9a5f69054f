#include "sw/explore/engine/store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

std::string ShardText(const Shard& shard) { return fmt::format("{}/{}", shard.index, shard.count); }

// `path`, if it may be opened.
const std::string& Unused(const std::string& path, bool resume) {
  struct stat status = {};
  if (!path.empty() && !resume && stat(path.c_str(), &status) == 0) {
    throw InputError(path +
                     ": is there already; go on with it by --resume, or give another --store");
  }
  return path;
}

}  // namespace

void Rows::Clear() {
  ids.clear();
  reasons.clear();
  results.clear();
  objectives.clear();
}

Store::Store(const Space& space, const StoreOptions& options)
    : space_(space), database_(Unused(options.path, options.resume)) {
  // A rollback journal, as it also works on the network file systems of clusters.
  database_.Execute(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL");
  database_.Execute("BEGIN EXCLUSIVE");
  in_transaction_ = true;
  resumed_ = QueryInteger(database_, "SELECT count(*) FROM sqlite_master") > 0;
  if (resumed_) {
    CheckSame(options);
  } else {
    Create(options);
  }
  Commit();
  const std::vector<std::string> marks(Columns().size(), "?");
  insert_ = std::make_unique<Statement>(
      database_, fmt::format("INSERT INTO points VALUES({})", fmt::join(marks, ",")));
}

void Store::Begin() {
  if (!in_transaction_) database_.Execute("BEGIN");
  in_transaction_ = true;
}

void Store::Create(const StoreOptions& options) {
  std::string columns;
  for (const std::string& column : Columns()) {
    columns += column == "id" ? "id INTEGER PRIMARY KEY" : ", " + Quoted(column);
  }
  database_.Execute("CREATE TABLE points(" + columns + ")");
  database_.Execute("CREATE TABLE chunks(chunk INTEGER PRIMARY KEY)");
  database_.Execute(
      "CREATE TABLE excluded(chunk INTEGER, reason TEXT, points INTEGER, PRIMARY KEY(chunk, "
      "reason)) WITHOUT ROWID");
  database_.Execute("CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  database_.Execute("CREATE TABLE description(line INTEGER PRIMARY KEY, text TEXT)");
  Statement meta(database_, "INSERT INTO meta VALUES(?, ?)");
  const auto put = [&](const std::string& key, const std::string& value) {
    meta.Bind(1, key);
    meta.Bind(2, value);
    meta.Run();
  };
  put("format", std::to_string(kStoreFormat));
  put("method", space_.method);
  put("seed", std::to_string(space_.seed));
  put("shard", ShardText(options.shard));
  put("points", std::to_string(space_.grid.Points()));
  put("space", space_.text);
  Statement line(database_, "INSERT INTO description(text) VALUES(?)");
  for (const std::string& text : space_.Describe()) {
    line.Bind(1, text);
    line.Run();
  }
}

void Store::CheckSame(const StoreOptions& options) {
  const std::string remedy = "; give another --store, or run as before";
  std::map<std::string, std::string> meta;
  std::vector<std::string> lines;
  try {
    Statement read(database_, "SELECT key, value FROM meta");
    while (read.Step()) meta[read.Text(0)] = read.Text(1);
    Statement text(database_, "SELECT text FROM description ORDER BY line");
    while (text.Step()) lines.push_back(text.Text(0));
  } catch (const InputError&) {
    throw InputError(path() + ": is no store of an exploration" + remedy);
  }
  if (meta["format"] != std::to_string(kStoreFormat)) {
    throw InputError(fmt::format("{}: has format {}, not {}; give another --store", path(),
                                 meta["format"], kStoreFormat));
  }
  const std::pair<const char*, std::string> same[] = {{"method", space_.method},
                                                      {"seed", std::to_string(space_.seed)},
                                                      {"shard", ShardText(options.shard)}};
  for (const auto& [key, value] : same) {
    if (meta[key] == value) continue;
    throw InputError(
        fmt::format("{}: was made with {} {}, not {}{}", path(), key, meta[key], value, remedy));
  }
  const std::vector<std::string> mine = space_.Describe();
  for (size_t i = 0; i < std::max(mine.size(), lines.size()); ++i) {
    const std::string was = i < lines.size() ? lines[i] : "nothing",
                      is = i < mine.size() ? mine[i] : "nothing";
    if (was == is) continue;
    throw InputError(fmt::format(
        "{}: belongs to another space: it was made with \"{:.100}\", now it is \"{:.100}\"{}",
        path(), was, is, remedy));
  }
}

std::vector<std::string> Store::Columns() const {
  std::vector<std::string> names = {"id"};
  for (const Axis& axis : space_.axes) names.push_back(axis.name);
  if (space_.derived_cols) names.push_back("cols");
  names.push_back("infeasible");
  if (space_.silicon) names.push_back("figures");
  for (const WorkloadSource& workload : space_.workloads) {
    names.push_back(workload.name + ".cycles");
    names.push_back(workload.name + ".utilization");
    if (space_.traffic) names.push_back(workload.name + ".traffic");
    if (space_.stalls) names.push_back(workload.name + ".stalls");
  }
  for (const Objective& objective : space_.objectives) names.push_back(objective.name);
  return names;
}

void Store::Append(const Rows& rows) {
  if (rows.ids.empty()) return;
  Begin();
  const size_t axes = space_.axes.size(), workloads = space_.workloads.size(),
               objectives = space_.objectives.size();
  Statement& insert = *insert_;
  std::vector<int> indices(axes);
  std::vector<int64_t> parameters(space_.cost->Parameters().size());
  for (size_t r = 0; r < rows.ids.size(); ++r) {
    int column = 0;
    insert.Bind(++column, rows.ids[r]);
    space_.grid.Decode(rows.ids[r], indices.data());
    space_.Parameters(rows.ids[r], parameters.data());
    for (size_t a = 0; a < axes; ++a) {
      const Axis& axis = space_.axes[a];
      const std::string& label = axis.labels[indices[a]];
      if (label[0] >= '0' && label[0] <= '9') {
        insert.Bind(++column, axis.values[indices[a]]);
      } else {
        insert.Bind(++column, label);
      }
    }
    if (space_.derived_cols) insert.Bind(++column, parameters[kCols]);
    if (const std::string* reason = rows.reasons[r]) {
      insert.Bind(++column, *reason);
      while (column < insert.Parameters()) insert.BindNull(++column);
    } else {
      insert.BindNull(++column);
      if (space_.silicon) {
        const bool synthesised = space_.cost->Silicon(parameters.data()).value().synthesised;
        insert.Bind(++column, std::string(synthesised ? "synthesised" : "interpolated"));
      }
      for (size_t w = 0; w < workloads; ++w) {
        const WorkloadResult& result = rows.results[r * workloads + w];
        insert.Bind(++column, result.cycles);
        insert.Bind(++column, Utilization(result, space_.cost->Pes(parameters.data())));
        if (space_.traffic) insert.Bind(++column, result.traffic);
        if (space_.stalls) insert.Bind(++column, result.stalls);
      }
      for (size_t o = 0; o < objectives; ++o) {
        insert.Bind(++column, rows.objectives[r * objectives + o]);
      }
    }
    insert.Run();
  }
}

void Store::AddChunk(int64_t chunk, const std::map<std::string, int64_t>& excluded) {
  Begin();
  if (chunk >= 0) database_.Execute(fmt::format("INSERT INTO chunks VALUES({})", chunk));
  if (excluded.empty()) return;
  Statement insert(database_, "INSERT OR REPLACE INTO excluded VALUES(?, ?, ?)");
  for (const auto& [reason, points] : excluded) {
    insert.Bind(1, chunk);
    insert.Bind(2, reason);
    insert.Bind(3, points);
    insert.Run();
  }
}

void Store::Commit() {
  if (!in_transaction_) return;
  database_.Execute("COMMIT");
  in_transaction_ = false;
}

std::vector<bool> Store::Chunks(int64_t count) const {
  std::vector<bool> done(static_cast<size_t>(count));
  Statement read(database_, "SELECT chunk FROM chunks");
  while (read.Step()) done.at(static_cast<size_t>(read.Integer(0))) = true;
  return done;
}

std::map<std::string, int64_t> Store::Excluded() const {
  std::map<std::string, int64_t> counts;
  Statement read(database_, "SELECT reason, sum(points) FROM excluded GROUP BY reason");
  while (read.Step()) counts[read.Text(0)] = read.Integer(1);
  return counts;
}

std::map<std::string, int64_t> Store::Infeasible() const {
  std::map<std::string, int64_t> counts;
  Statement read(
      database_,
      "SELECT infeasible, count(*) FROM points WHERE infeasible IS NOT NULL GROUP BY infeasible");
  while (read.Step()) counts[ReasonCategory(read.Text(0))] += read.Integer(1);
  return counts;
}

int64_t Store::Count(bool feasible) const {
  Statement read(database_, fmt::format("SELECT count(*) FROM points WHERE infeasible IS {} NULL",
                                        feasible ? "" : "NOT"));
  read.Step();
  return read.Integer(0);
}

void Store::ForEach(const std::function<void(int64_t, const char*, const double*)>& visit) const {
  std::string columns = "id, infeasible";
  for (const Objective& objective : space_.objectives) columns += ", " + Quoted(objective.name);
  Statement read(database_, "SELECT " + columns + " FROM points ORDER BY id");
  std::vector<double> objectives(space_.objectives.size());
  while (read.Step()) {
    for (size_t o = 0; o < objectives.size(); ++o) {
      objectives[o] = read.Real(static_cast<int>(o) + 2);
    }
    visit(read.Integer(0), read.TextOrNull(1), objectives.data());
  }
}

void Store::ForEachText(const std::function<void(const std::vector<std::string>&)>& visit) const {
  Statement read(database_, "SELECT * FROM points ORDER BY id");
  std::vector<std::string> cells(static_cast<size_t>(read.Columns()));
  while (read.Step()) {
    for (size_t c = 0; c < cells.size(); ++c) cells[c] = read.Text(static_cast<int>(c));
    visit(cells);
  }
}

std::vector<int64_t> Store::Best(size_t objective, int64_t count) const {
  const Objective& o = space_.objectives[objective];
  Statement read(
      database_,
      fmt::format("SELECT id FROM points WHERE infeasible IS NULL ORDER BY {}{}, id LIMIT {}",
                  Quoted(o.name), o.Maximise() ? " DESC" : "", count));
  std::vector<int64_t> ids;
  while (read.Step()) ids.push_back(read.Integer(0));
  return ids;
}

std::vector<std::string> Store::TextOf(int64_t id) const {
  Statement read(database_, fmt::format("SELECT * FROM points WHERE id = {}", id));
  std::vector<std::string> cells;
  if (!read.Step()) return cells;
  for (int c = 0; c < read.Columns(); ++c) cells.push_back(read.Text(c));
  return cells;
}

}  // namespace systole::explore

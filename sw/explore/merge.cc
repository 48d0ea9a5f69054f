#include "sw/explore/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "sw/base/error.h"
#include "sw/explore/engine/database.h"
#include "sw/explore/engine/progress_line.h"
#include "sw/explore/engine/sweep.h"

namespace systole::explore {
namespace {

bool Exists(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0;
}

std::string TextOf(const Database& database, const std::string& sql) {
  Statement statement(database, sql);
  return statement.Step() ? statement.Text(0) : "";
}

// Opens one store by itself: an interrupted transaction is rolled back, and what is no store is
// refused.
void Inspect(const std::string& path) {
  if (!Exists(path)) throw InputError(path + ": is not there; give the stores of the shards");
  Database database(path);
  database.Execute("BEGIN EXCLUSIVE");  // refused while a shard is still running
  const char* tables =
      "SELECT count(*) FROM sqlite_master WHERE name IN ('points','chunks','excluded','meta')";
  if (QueryInteger(database, tables) != 4)
    throw InputError(path + ": is no store of an exploration; leave it out");
  const std::string method = TextOf(database, "SELECT value FROM meta WHERE key = 'method'");
  if (method != "exhaustive") {
    throw InputError(
        fmt::format("{}: is of a {} search; only exhaustive sweeps can be merged", path, method));
  }
}

class Merger {
 public:
  explicit Merger(const std::string& path) : out_(path) {}

  void Add(const std::string& path) {
    {
      Statement attach(out_, "ATTACH ? AS src");
      attach.Bind(1, path);
      attach.Step();
    }
    out_.Execute("BEGIN");
    if (first_.empty()) {
      first_ = path;
      CopySchema();
    } else {
      CheckSame(path);
    }
    for (const char* table : {"points", "chunks", "excluded"}) CopyRows(path, table);
    out_.Execute("COMMIT");
    shards_.insert(TextOf(out_, "SELECT value FROM src.meta WHERE key = 'shard'"));
    out_.Execute("DETACH src");
  }

  // True: every chunk is there.
  bool Report(const std::string& name, size_t stores) {
    const int64_t points = QueryInteger(out_, "SELECT value FROM meta WHERE key = 'points'");
    const int64_t have = QueryInteger(out_, "SELECT count(*) FROM chunks"),
                  all = ChunkCount(points);
    fmt::print("{}: {} of {} points' worth of chunks: {} of {}, from {} stores\n", name,
               Grouped(Covered(points)), Grouped(points), Grouped(have), Grouped(all), stores);
    if (have == all) return true;
    std::set<int64_t> counts;
    std::set<std::string> missing;
    for (const std::string& shard : shards_)
      counts.insert(std::stoll(shard.substr(shard.find('/') + 1)));
    for (const int64_t n : counts) {
      for (int64_t i = 1; i <= n; ++i) {
        if (Holes(i, n, all))
          missing.insert(fmt::format(
              "{}/{}{}", i, n, shards_.count(fmt::format("{}/{}", i, n)) ? " (not finished)" : ""));
      }
    }
    fmt::print("missing shards: {}\n", fmt::join(missing, ", "));
    return false;
  }

 private:
  void CopySchema() {
    std::vector<std::string> tables;
    {
      Statement read(out_, "SELECT sql FROM src.sqlite_master WHERE type = 'table'");
      while (read.Step()) tables.push_back(read.Text(0));
    }
    for (const std::string& sql : tables) out_.Execute(sql);
    out_.Execute(
        "INSERT INTO meta SELECT * FROM src.meta; INSERT INTO description SELECT * FROM "
        "src.description");
    out_.Execute("UPDATE meta SET value = '1/1' WHERE key = 'shard'");
  }

  void CheckSame(const std::string& path) {
    const std::string keys = "key IN ('format', 'method', 'seed', 'points')";
    const int64_t meta =
        QueryInteger(out_, fmt::format("SELECT count(*) FROM (SELECT * FROM meta WHERE {0} EXCEPT "
                                       "SELECT * FROM src.meta WHERE {0})",
                                       keys));
    const int64_t lines = QueryInteger(out_,
                                       "SELECT count(*) FROM (SELECT * FROM description EXCEPT "
                                       "SELECT * FROM src.description)") +
                          QueryInteger(out_,
                                       "SELECT count(*) FROM (SELECT * FROM src.description EXCEPT "
                                       "SELECT * FROM description)");
    if (meta + lines == 0) return;
    throw InputError(fmt::format(
        "{}: is of another space, seed or cost model than {}; merge stores of one sweep", path,
        first_));
  }

  void CopyRows(const std::string& path, const char* table) {
    const std::string clash = TextOf(
        out_,
        fmt::format(
            "SELECT {0} FROM (SELECT * FROM src.{1} WHERE {0} IN (SELECT {0} FROM main.{1}) EXCEPT "
            "SELECT * FROM main.{1}) LIMIT 1",
            std::string(table) == "points" ? "id" : "chunk", table));
    if (!clash.empty()) {
      throw InputError(fmt::format(
          "{}: {} {} has other results than in the stores before; they were made by different "
          "versions, run the shard again",
          path, table, clash));
    }
    out_.Execute(fmt::format("INSERT OR IGNORE INTO main.{0} SELECT * FROM src.{0}", table));
  }

  int64_t Covered(int64_t points) const {
    const int64_t length = ChunkPoints(points);
    return QueryInteger(
        out_, fmt::format(
                  "SELECT coalesce(sum(min({0}, (chunk + 1) * {1}) - chunk * {1}), 0) FROM chunks",
                  points, length));
  }

  bool Holes(int64_t index, int64_t count, int64_t all) const {
    const int64_t want = index > all ? 0 : (all - index) / count + 1;
    return QueryInteger(out_, fmt::format("SELECT count(*) FROM chunks WHERE chunk % {} = {}",
                                          count, index - 1)) < want;
  }

  Database out_;
  std::string first_;
  std::set<std::string> shards_;
};

}  // namespace

int Merge(const std::string& out, const std::vector<std::string>& stores) {
  if (Exists(out))
    throw InputError(out + ": is there already; give a new file for the merged store");
  for (const std::string& path : stores) Inspect(path);
  const std::string temporary = fmt::format("{}.{}.tmp", out, getpid());
  const auto clean = [&] {
    unlink(temporary.c_str());
    unlink((temporary + "-journal").c_str());
  };
  bool complete = false;
  try {
    Merger merger(temporary);
    for (const std::string& path : stores) merger.Add(path);
    complete = merger.Report(out, stores.size());
  } catch (...) {
    clean();
    throw;
  }
  if (rename(temporary.c_str(), out.c_str()) != 0) {
    clean();
    throw InputError(out + ": cannot be written; give another name");
  }
  return complete ? 0 : 1;
}

}  // namespace systole::explore

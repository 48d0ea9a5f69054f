// SQLite with errors as InputError: one line that names the file and the remedy.
#pragma once

#include <cstdint>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace systole::explore {

class Database {
 public:
  // `path` empty: in memory.
  explicit Database(std::string path);
  ~Database();  // an open transaction is rolled back
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  void Execute(const std::string& sql) const;
  [[noreturn]] void Fail() const;
  sqlite3* handle() const { return db_; }

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
};

class Statement {
 public:
  Statement(const Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Values from 1 on; a text must stay until the step is done.
  void Bind(int at, int64_t value);
  void Bind(int at, double value);
  void Bind(int at, const std::string& text);
  void BindNull(int at);
  int Parameters() const;

  bool Step();  // false: no further row
  void Run();   // one step, and ready for the next values

  // Columns of the row, from 0 on.
  int Columns() const;
  int64_t Integer(int column) const;
  double Real(int column) const;
  const char* TextOrNull(int column) const;  // until the next step
  std::string Text(int column)
      const;  // empty where it is null; reals in the shortest form that reads back the same

 private:
  const Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

// First column of the first row; 0 without one.
int64_t QueryInteger(const Database& database, const std::string& sql);

// "name", for SQL.
inline std::string Quoted(const std::string& name) { return "\"" + name + "\""; }

}  // namespace systole::explore

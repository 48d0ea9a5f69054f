#include "sw/explore/engine/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "sw/base/error.h"

namespace systole::explore {

namespace {

// The process has a limit on the size of files (ulimit -f); SQLite does not tell which write met
// it.
bool SizeLimited() {
  struct rlimit limit = {};
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

Database::Database(std::string path) : path_(std::move(path)) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path_.empty() ? ":memory:" : path_.c_str(), &db_, flags, nullptr) ==
      SQLITE_OK)
    return;
  try {
    Fail();
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

Database::~Database() { sqlite3_close_v2(db_); }

void Database::Execute(const std::string& sql) const {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail();
}

void Database::Fail() const {
  const int code = sqlite3_errcode(db_) & 0xFF;
  const int system = sqlite3_system_errno(db_);
  const std::string where = path_.empty() ? "the store in memory" : path_;
  if (code == SQLITE_FULL ||
      (code == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT || SizeLimited()))) {
    throw InputError(
        where +
        ": no space is left for it, or a file size limit is met; make room and go on with " +
        "--resume: what was committed is kept");
  }
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    throw InputError(where + ": another process has it open; wait for that, or give another name");
  }
  if (code == SQLITE_NOTADB) throw InputError(where + ": is no SQLite file; give another name");
  if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM) {
    throw InputError(
        fmt::format("{}: cannot be written{}; see that the folder is there and may be written in",
                    where, system ? fmt::format(" ({})", std::strerror(system)) : ""));
  }
  throw InputError(fmt::format("{}: {}{}; see whether the disk is well", where, sqlite3_errmsg(db_),
                               system ? fmt::format(" ({})", std::strerror(system)) : ""));
}

Statement::Statement(const Database& database, const std::string& sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
    database.Fail();
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::Bind(int at, int64_t value) { sqlite3_bind_int64(statement_, at, value); }
void Statement::Bind(int at, double value) { sqlite3_bind_double(statement_, at, value); }
void Statement::Bind(int at, const std::string& text) {
  sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}
void Statement::BindNull(int at) { sqlite3_bind_null(statement_, at); }
int Statement::Parameters() const { return sqlite3_bind_parameter_count(statement_); }

bool Statement::Step() {
  const int status = sqlite3_step(statement_);
  if (status != SQLITE_ROW && status != SQLITE_DONE) database_.Fail();
  return status == SQLITE_ROW;
}

void Statement::Run() {
  Step();
  sqlite3_reset(statement_);
}

int Statement::Columns() const { return sqlite3_column_count(statement_); }
int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::Real(int column) const { return sqlite3_column_double(statement_, column); }
const char* Statement::TextOrNull(int column) const {
  return reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
}

std::string Statement::Text(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return "";
    case SQLITE_FLOAT:
      return fmt::format("{}", sqlite3_column_double(statement_, column));
    default:
      return TextOrNull(column);
  }
}

int64_t QueryInteger(const Database& database, const std::string& sql) {
  Statement statement(database, sql);
  return statement.Step() ? statement.Integer(0) : 0;
}

}  // namespace systole::explore

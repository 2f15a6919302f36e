// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "storage/sqlite/errors.h"

namespace firmbench::storage::sqlite {

namespace {

// Of the last write that failed, to the log or, when none did there, to the database itself.
// (sqlite3_system_errno has forgotten it by the time a commit returns.)
int WriteErrno(sqlite3* handle) {
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    int system_errno = 0;
    sqlite3_file_control(handle, "main", which, &file);
    if (file == nullptr || file->pMethods == nullptr) continue;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_errno) == SQLITE_OK &&
        system_errno != 0) {
      return system_errno;
    }
  }
  return 0;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      sql_(std::move(other.sql_)),
      bind_code_(other.bind_code_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  database_->idle_[sql_].push_back(statement_);
}

void Statement::Note(int code) {
  if (code != SQLITE_OK && bind_code_ == SQLITE_OK) bind_code_ = code;
}
void Statement::BindOne(int index, int64_t value) {
  Note(sqlite3_bind_int64(statement_, index, value));
}
void Statement::BindOne(int index, std::string_view value) {
  Note(sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(),
                           value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::BindOne(int index, Nullable value) {
  if (value.text.empty()) {
    Note(sqlite3_bind_null(statement_, index));
  } else {
    BindOne(index, value.text);
  }
}
void Statement::BindOne(int index, ByteView value) {
  if (value.empty()) {
    Note(sqlite3_bind_zeroblob(statement_, index, 0));
  } else {
    Note(sqlite3_bind_blob64(statement_, index, value.data(), value.size(), SQLITE_STATIC));
  }
}

Result<bool> Statement::Step() {
  if (bind_code_ != SQLITE_OK) return SqliteError(bind_code_, sqlite3_errstr(bind_code_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = database_->LastError();
  sqlite3_reset(statement_);
  return error;
}

Status Statement::Run() {
  ASSIGN_OR_RETURN(bool row, Step());
  while (row) {
    ASSIGN_OR_RETURN(row, Step());
  }
  sqlite3_reset(statement_);
  return Ok();
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  const int length = sqlite3_column_bytes(statement_, column);
  return text == nullptr
             ? std::string()
             : std::string(reinterpret_cast<const char*>(text), static_cast<size_t>(length));
}
ByteView Statement::Blob(int column) const {
  const auto* bytes = static_cast<const uint8_t*>(sqlite3_column_blob(statement_, column));
  const int length = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? ByteView() : ByteView(bytes, static_cast<size_t>(length));
}

Result<std::unique_ptr<Database>> Database::Open(const Options& options) {
  sqlite3* handle = nullptr;
  const int access = options.mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY
                     : options.mode == Mode::kCreate ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                     : SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(options.path.c_str(), &handle,
                                   access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  // A handle exists even after a failure (except without memory) and must be closed.
  std::unique_ptr<Database> database(new Database(handle));
  if (handle == nullptr) return SqliteError(code, "no memory");
  if (code != SQLITE_OK) return database->LastError();
  sqlite3_busy_timeout(handle, options.busy_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  RETURN_IF_ERROR(database->Exec(
      fmt::format("PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA synchronous=FULL;"
                  "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
                  "PRAGMA cache_size=-{};",
                  options.cache_kib)));
  return database;
}

Result<int64_t> Database::FileSize(const std::string& path) {
  sqlite3* handle = nullptr;
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code == SQLITE_OK) {
    code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  }
  if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &size);
  sqlite3_close(handle);
  if (code != SQLITE_OK) return SqliteError(code, "its size cannot be read");
  return int64_t{size};
}

Database::~Database() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

Error Database::LastError() const {
  const int code = sqlite3_extended_errcode(handle_);
  return SqliteError(
      code, sqlite3_errmsg(handle_),
      code == SQLITE_IOERR_WRITE ? WriteErrno(handle_) : sqlite3_system_errno(handle_));
}

Status Database::Exec(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return Ok();
}

Result<Statement> Database::Prepare(std::string_view sql) {
  if (const auto at = idle_.find(std::string(sql)); at != idle_.end() && !at->second.empty()) {
    sqlite3_stmt* statement = at->second.back();
    at->second.pop_back();
    return Statement(this, statement, sql);
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return Statement(this, statement, sql);
}

Result<int64_t> Database::QueryInt(std::string_view sql) {
  ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  if (!row) return Internal("LEDGER_INTERNAL", "a query that must have an answer has none");
  return statement.Int(0);
}

Status Database::CopyTo(Database& target) {
  sqlite3_backup* const copy = sqlite3_backup_init(target.handle_, "main", handle_, "main");
  if (copy == nullptr) return target.LastError();
  // In one step, hence of one moment: of a log in write-ahead mode a reader holds up nobody.
  const int code = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (code == SQLITE_DONE) return Ok();
  return SqliteError(code, sqlite3_errstr(code), sqlite3_system_errno(target.handle_));
}

int64_t Database::changes() const { return sqlite3_changes64(handle_); }
int64_t Database::total_changes() const { return sqlite3_total_changes64(handle_); }
bool Database::autocommit() const { return sqlite3_get_autocommit(handle_) != 0; }

}  // namespace firmbench::storage::sqlite

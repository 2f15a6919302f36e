// SPDX-License-Identifier: Apache-2.0
#pragma once

// SQLite's C API with owners and Result. A Database and its Statements are for one thread at a
// time; a Statement lives no longer than its Database. Errors are those of errors.h.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace firmbench::storage::sqlite {

// "FBLG", in the file's header: says that a database is a ledger of ours.
inline constexpr int64_t kApplicationId = 0x46424C47;

// A text that is stored as NULL when it is empty.
struct Nullable {
  std::string_view text;
};

class Database;

// A prepared statement. When it goes out of scope it is kept by its Database for the next Prepare
// of the same text.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the parameters ?1, ?2, ... in order. Bytes are not copied: they must live until the
  // statement is bound again or destroyed. Texts are copied.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  // One parameter, counted from 1.
  void BindOne(int index, int64_t value);
  void BindOne(int index, int value) { BindOne(index, int64_t{value}); }
  void BindOne(int index, bool value) { BindOne(index, int64_t{value ? 1 : 0}); }
  void BindOne(int index, std::string_view value);
  void BindOne(int index, const std::string& value) { BindOne(index, std::string_view(value)); }
  void BindOne(int index, const char* value) { BindOne(index, std::string_view(value)); }
  void BindOne(int index, Nullable value);
  void BindOne(int index, ByteView value);

  // True when there is a row to read, false when there is no further one.
  Result<bool> Step();
  // For statements without rows; may be bound and run again afterwards.
  Status Run();

  // Columns of the row, counted from 0. NULL reads as 0, "" and no bytes. Views live until the
  // next Step.
  int64_t Int(int column) const;
  std::string Text(int column) const;
  ByteView Blob(int column) const;

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* statement, std::string_view sql)
      : database_(database), statement_(statement), sql_(sql) {}
  void Note(int code);

  Database* database_;
  sqlite3_stmt* statement_;
  std::string sql_;
  int bind_code_ = 0;  // the first failure of Bind, reported by Step
};

class Database {
 public:
  // kCreate: makes the file when it is missing.
  enum class Mode : unsigned char { kReadOnly, kReadWrite, kCreate };
  struct Options {
    std::string path;
    Mode mode = Mode::kReadWrite;
    int cache_kib = 512;  // page cache; the daemon must stay small when idle
    int busy_ms = 5000;   // how long a lock of another program is waited for
  };

  // Opens a file; sets what every connection needs (foreign keys, synchronous=FULL,
  // secure_delete, distrust of the schema) but does not touch the file.
  static Result<std::unique_ptr<Database>> Open(const Options& options);
  // Bytes of the database file, without its log; looks at nothing inside it.
  static Result<int64_t> FileSize(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // One or several statements without parameters; rows are ignored.
  Status Exec(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql);
  // The first column of the first row; LEDGER_INTERNAL when there is none.
  Result<int64_t> QueryInt(std::string_view sql);

  // Copies every page of one moment into `target`, an empty database that nobody else has open.
  // Commits go on meanwhile.
  Status CopyTo(Database& target);

  // Rows changed by the last INSERT or UPDATE, and since the connection was opened.
  int64_t changes() const;
  int64_t total_changes() const;
  // True outside BEGIN ... COMMIT; SQLite also leaves a transaction by itself on some errors.
  bool autocommit() const;

 private:
  friend class Statement;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Error LastError() const;

  sqlite3* handle_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle_;
};

}  // namespace firmbench::storage::sqlite

// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/errors.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <string>

namespace firmbench::storage::sqlite {
namespace {

Error Constraint(int code, std::string text) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Error(Code::kAlreadyExists, "ALREADY_EXISTS", "already in the ledger: " + text);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return NotFound("NOT_FOUND", "what the row refers to is not in the ledger");
    default:
      return FailedPrecondition("LEDGER_CONSTRAINT", "the ledger refuses this: " + text);
  }
}

Error ByPrimaryCode(int code, std::string text) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return ResourceExhausted("LEDGER_FULL", "the ledger has no space left: " + text)
          .WithRemedy(
              "Free space on the file system that holds the ledger; what was recorded "
              "before is safe and can be read.");
    case SQLITE_READONLY:
      return FailedPrecondition("LEDGER_READ_ONLY", "the ledger cannot be written: " + text)
          .WithRemedy(
              "Check that its folder belongs to the user that runs firmbenchd and that the "
              "file system is not mounted read-only, for example after a disk error.");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return Unavailable("LEDGER_IO", "the ledger's disk reports an error: " + text)
          .WithRemedy(
              "Look for disk errors in the kernel's log and keep a copy of the ledger's "
              "folder before anything else.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Unavailable("LEDGER_BUSY", "another program keeps the ledger locked: " + text)
          .WithRemedy("Close other programs that have the ledger open, such as the sqlite3 shell.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DataLoss("LEDGER_CORRUPT", "the ledger's file is damaged: " + text)
          .WithRemedy(
              "Stop firmbenchd, copy the ledger's folder as it is, and bring back the "
              "newest copy that verifies.");
    case SQLITE_NOMEM:
      return ResourceExhausted("LEDGER_MEMORY", "not enough memory for the ledger: " + text);
    default:
      return Internal("LEDGER_INTERNAL", "the ledger failed: " + text);
  }
}

// What the kernel says of a write that it refuses as a whole.
int WithErrno(int code, int system_errno) {
  const int primary = code & 0xFF;
  if (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN) return code;
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) return code;
  switch (system_errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return SQLITE_FULL;
    case EROFS:
      return SQLITE_READONLY;
    default:
      return code;
  }
}

}  // namespace

Error SqliteError(int code, std::string_view message, int system_errno) {
  const int meant = WithErrno(code, system_errno);
  std::string text(meant == code ? message : sqlite3_errstr(meant));
  Error error = (code & 0xFF) == SQLITE_CONSTRAINT ? Constraint(code, std::move(text))
                                                   : ByPrimaryCode(meant, std::move(text));
  return std::move(error).With("sqlite_code", fmt::format("{}", code));
}

}  // namespace firmbench::storage::sqlite

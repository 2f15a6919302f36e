// SPDX-License-Identifier: Apache-2.0
#pragma once

// SQLite's result codes as errors of the ledger, with the words that tell a person what to do.
// Pure.

#include <string_view>

#include "daemon/base/result.h"

namespace firmbench::storage::sqlite {

// `code` is an extended result code, `message` what SQLite said of it, `system_errno` the kernel's
// errno behind IOERR and CANTOPEN (0: not known).
//   SQLITE_FULL LEDGER_FULL, READONLY LEDGER_READ_ONLY, IOERR and CANTOPEN LEDGER_IO (but with
//   ENOSPC, EDQUOT and EFBIG LEDGER_FULL, with EROFS LEDGER_READ_ONLY: SQLite knows only the first
//   by itself; a failed sync stays LEDGER_IO whatever its errno, as nobody knows what is on the
//   disk), BUSY and LOCKED LEDGER_BUSY, CORRUPT and NOTADB LEDGER_CORRUPT, NOMEM LEDGER_MEMORY,
//   unique or primary key ALREADY_EXISTS, foreign key NOT_FOUND,
//   any other constraint or trigger LEDGER_CONSTRAINT, the rest LEDGER_INTERNAL.
Error SqliteError(int code, std::string_view message, int system_errno = 0);

}  // namespace firmbench::storage::sqlite

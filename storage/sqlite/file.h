// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is done with a ledger's file by the kernel's calls rather than by SQLite's. Any thread.

#include <cstdint>
#include <string>

#include "daemon/base/result.h"

namespace firmbench::storage::sqlite {

// An errno as LEDGER_READ_ONLY, LEDGER_FULL or LEDGER_IO.
Error FileError(int error_number, const std::string& what);

// "folder/" of "folder/file", "." of "file".
std::string FolderOf(const std::string& path);

// Makes a change of names in the folder durable.
Status SyncFolder(const std::string& folder);

// Removes a database and what SQLite keeps beside it, as far as they are there.
void RemoveDatabase(const std::string& path);

struct FileDigest {
  int64_t size_bytes = 0;
  std::string sha256;  // hex
};
// Reads the whole file from its beginning, in bounded memory; `to` >= 0 gets a copy of it.
Result<FileDigest> DigestOf(int file, int to = -1);

}  // namespace firmbench::storage::sqlite

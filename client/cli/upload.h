// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files of this computer on their way to the bench and back. Blocking.

#include <string>

#include "client/cli/bench_client.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

// The largest file that the bench takes, and the largest piece of it.
inline constexpr size_t kMaxFileBytes = 16 << 20;
inline constexpr size_t kPieceBytes = 1 << 20;

// The whole of a regular file. FILE_NOT_READABLE, FILE_EMPTY, FILE_TOO_LARGE.
Result<Bytes> ReadFile(const std::string& path);
// Makes a new file with these bytes, whole or not at all. FILE_EXISTS unless `replace`,
// FILE_NOT_WRITTEN.
// `mode` 0600 for what is about customers.
Status WriteFile(const std::string& path, ByteView bytes, bool replace, unsigned mode = 0644);
// FILE_EXISTS when WriteFile would say so now: for who does something long before it writes.
Status CheckNewFile(const std::string& path, bool replace);
// The last part of a path, as it may be shown: what a terminal would obey becomes '?'.
std::string FileName(const std::string& path);

// Uploads the bytes and leaves them an upload.
Result<v1::Upload> UploadBytes(BenchClient& client, const std::string& file_name, ByteView bytes);
// Uploads the file into the library of images; `revision` says which firmware of an updater that
// holds several.
Result<v1::Image> AddImage(BenchClient& client, const std::string& path,
                           const std::string& revision = {});

}  // namespace firmbench::cli

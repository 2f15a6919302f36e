// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a job sent to its drive. A value: copy it to any thread. Read and written through
// storage/storage.h.

#include <cstdint>
#include <string>

namespace firmbench::storage {

// A job that the daemon's end interrupted has one for each time that it began.
struct JobTrace {
  std::string id;
  std::string job_id;
  std::string sha256;    // of the trace's text (daemon/base/trace.h), a blob
  int64_t commands = 0;  // that are in it, those included that were only counted
  int64_t created_us = 0;
};

}  // namespace firmbench::storage

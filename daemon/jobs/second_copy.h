// SPDX-License-Identifier: Apache-2.0
#pragma once

// What jobs and screens know of the second copy: whether every committed dump also lies on another
// file system. Implementations are thread-safe.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/inventory/inventory.h"

namespace firmbench::jobs {

// How far the copying is.
struct CopyState {
  std::set<std::string> pending;              // SHA-256 of the blobs that it lacks
  std::optional<inventory::Problem> failing;  // why the last attempt came to nothing
};

class SecondCopy {
 public:
  virtual ~SecondCopy() = default;
  // Whether nothing is written to a drive before its dumps are copied.
  virtual bool required() const = 0;
  // Dumps were committed: they are copied soon, on a thread of its own.
  virtual void Wake() = 0;
  virtual CopyState State() = 0;
  // Copies these blobs on the caller's thread, as far as they are not, and reads them back there.
  // COPY_MISSING with the reason.
  virtual Status CopyNow(const std::vector<std::string>& sha256s) = 0;
};

// What a bench or a plan says of it: COPY_PENDING and why. None when all is copied.
std::vector<inventory::Problem> CopyProblems(const CopyState& state);

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The last checkpoint of each bench that this person saw, in a file of their own beside the last
// known state. The bench holds the key of its audit log, so only what is kept elsewhere tells
// whether the log was put back or rewritten. One file per bench, mode 0600. Main thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "storage/audit/note.h"

namespace firmbench::cli {

struct KeptCheckpoint {
  storage::audit::TreeHead head;
  storage::audit::PublicKey key{};
  std::string note;
  int64_t seen_us = 0;  // wall clock of this computer
};

class CheckpointMemory {
 public:
  // `folder` "" keeps nothing. `origin` is the bench's, as its notes have it.
  CheckpointMemory(const std::string& folder, std::string origin, const Clock& clock = RealClock());

  // nullopt when there is none. AUDIT_MEMORY_INVALID for a file that holds something else: it is
  // not passed over, or changing it would hide what it was kept for.
  Result<std::optional<KeptCheckpoint>> Load() const;
  // Takes the place of the one before, durably. AUDIT_FILE_FAILED.
  Status Keep(const std::string& note, const storage::audit::PublicKey& key) const;
  // Where it is kept; "" for nowhere.
  const std::string& path() const { return path_; }

 private:
  const std::string folder_;
  const std::string origin_;
  const Clock& clock_;
  std::string path_;
};

// What a bench shows as its tree now, with the proof that it continues the older one.
struct ShownTree {
  storage::audit::TreeHead head;
  std::vector<std::string> consistency_proof;  // hex
};

// Whether the tree that is shown continues the one that was kept. AUDIT_ROLLED_BACK: it has fewer
// entries. AUDIT_FORKED: it has as many or more, but others. Both say both sizes. Pure.
Status CheckContinues(const storage::audit::TreeHead& kept, const ShownTree& shown);

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit checkpoint`, and what every command that trusts the audit log does first: takes
// the bench's checkpoint, checks its signature, and compares it with the last one seen. Main
// thread.

#include <optional>
#include <string>

#include "client/cli/checkpoint_memory.h"
#include "client/cli/context.h"

namespace firmbench::cli {

struct CheckedCheckpoint {
  v1::Checkpoint shown;
  storage::audit::TreeHead head;
  storage::audit::PublicKey key{};
  std::optional<KeptCheckpoint> before;  // the one seen last
};

// Takes the checkpoint, checks it, and keeps it as the last one seen. What cannot be kept is said
// on stderr; so is a key that is not the one seen before. AUDIT_ROLLED_BACK, AUDIT_FORKED,
// CHECKPOINT_WRONG, AUDIT_MEMORY_INVALID.
Result<CheckedCheckpoint> TakeCheckpoint(Context& context);

// "57 entries, ...", with how it compares to the one before.
std::string CheckpointWords(const CheckedCheckpoint& checked);

struct AuditCheckpointOptions {
  std::string since;  // a file with a note that was kept elsewhere; "" for none
};
// Prints the signed note, so that it can be kept elsewhere.
Ending RunAuditCheckpoint(Context& context, const AuditCheckpointOptions& options);

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit prove DUMP|JOB -o DIR`: a folder that a person checks without firmbench. Main
// thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct AuditProveOptions {
  std::string what;    // dumps/ID, jobs/ID, or the ID alone
  std::string folder;  // is made; must not be there
};
// FILE_EXISTS, FILE_NOT_WRITTEN, PROOF_WRONG, DUMP_NOT_PROVEN, and what TakeCheckpoint says.
Ending RunAuditProve(Context& context, const AuditProveOptions& options);

}  // namespace firmbench::cli

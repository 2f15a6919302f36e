// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct AuditListOptions {
  int limit = 1000;
  std::string resource;   // "jobs/ID"; "" for all
  std::string principal;  // "" for all
  std::string action;     // "" for all
};

Ending RunAuditList(Context& context, const AuditListOptions& options);
// kFailed when the ledger is not as it was written.
Ending RunAuditVerify(Context& context);

}  // namespace firmbench::cli

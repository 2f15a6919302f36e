// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where every way to a drive passes on its way up: bare handles go in, gated ones come out. Part of
// the composition root. Any thread.

#include <memory>

#include "daemon/inventory/drive_source.h"

namespace firmbench {

// What a transport opened, not yet safe to hand on.
struct RawHandles {
  std::unique_ptr<scsi::Transport> scsi;
  std::unique_ptr<ata::TaskFile> task_file;
};

// With `simulated` false a hypothetical command passes at no level.
inventory::Handles PutBehindGate(RawHandles raw, const inventory::GateRules& rules, bool simulated);

}  // namespace firmbench

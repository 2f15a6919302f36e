// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opens the engine's gate for a scope, and closes it to reads whatever happens inside. Lane-only.

#include "daemon/inventory/drive_source.h"

namespace firmbench::jobs {

class GateOpening {
 public:
  GateOpening(inventory::GateControl& gate, inventory::GateLevel level) : gate_(gate) {
    gate_.SetLevel(level);
  }
  ~GateOpening() { gate_.SetLevel(inventory::GateLevel::kReadOnly); }
  GateOpening(const GateOpening&) = delete;
  GateOpening& operator=(const GateOpening&) = delete;

 private:
  inventory::GateControl& gate_;
};

}  // namespace firmbench::jobs

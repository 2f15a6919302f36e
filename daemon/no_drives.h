// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench without drives: what there is to see on a machine whose ports this version cannot reach.
// Thread-safe.

#include "daemon/inventory/drive_source.h"

namespace firmbench {

class NoDrives final : public inventory::DriveSource {
 public:
  std::vector<inventory::Attachment> List() override { return {}; }
  void Watch(std::function<void()>) override {}
};

}  // namespace firmbench

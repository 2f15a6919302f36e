// SPDX-License-Identifier: Apache-2.0
#pragma once

// What /metrics says of the bench; each family is explained in daemon/web/README.md. No unit, no
// serial, nobody's name: labels are words of the product.

#include <string>

#include "daemon/inventory/inventory.h"
#include "daemon/job_meter.h"
#include "daemon/rpc/access.h"
#include "storage/storage.h"

namespace firmbench {

struct MeasuredBench {
  storage::Ledger& ledger;
  inventory::Inventory& inventory;
  rpc::Access& access;
  const JobMeter& jobs;
  std::string ledger_path;
  bool simulated = false;
  int64_t started_us = 0;
};

// Reads the ledger: not for a thread that others wait for. LEDGER_*.
Result<std::string> BenchMetrics(const MeasuredBench& bench);

}  // namespace firmbench

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Puts a simulated bench where the kernel's drives would be: part of the composition root, the only
// place that knows both the simulator and the inventory. Thread-safe.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/inventory/drive_source.h"
#include "daemon/simulator/bench.h"

namespace firmbench {

class SimulatedBench final : public inventory::DriveSource {
 public:
  // Reads the scenario; a drive's memories are kept in `persist_dir` unless it is empty or the
  // scenario names a folder itself. SCENARIO_INVALID with file, line and column, and what
  // simulator::Bench::Create returns.
  static Result<std::unique_ptr<SimulatedBench>> Load(const std::string& scenario_path,
                                                      const std::string& persist_dir);
  explicit SimulatedBench(std::unique_ptr<simulator::Bench> bench,
                          std::vector<inventory::Attachment> replayed = {})
      : bench_(std::move(bench)), replayed_(std::move(replayed)) {}

  std::vector<inventory::Attachment> List() override;
  void Watch(std::function<void()> changed) override;

  simulator::Bench& bench() { return *bench_; }

 private:
  std::unique_ptr<simulator::Bench> bench_;
  const std::vector<inventory::Attachment> replayed_;  // drives made of traces
};

}  // namespace firmbench

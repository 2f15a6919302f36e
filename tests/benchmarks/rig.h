// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole bench in this process: one simulated drive, the job engine and a ledger on a real disk
// with its real durability. For one thread.

#include <memory>
#include <string>
#include <string_view>

#include "daemon/jobs/engine.h"
#include "daemon/simulated_bench.h"

namespace firmbench::benchmarks {

class Rig {
 public:
  // `mode`: "virtual" or "paced". `folder` exists and is empty.
  static Result<std::unique_ptr<Rig>> Make(std::string_view model, std::string_view mode,
                                           const std::string& folder);

  simulator::Drive& drive() { return *bench_->bench().drives().front(); }

  // The old and the new firmware: valid images of the model in which all but the bytes that make
  // an image one differ.
  const Bytes& before() const { return before_; }
  const Bytes& after() const { return after_; }

  // Flashes the new firmware with all protection, from the accepted request to the closed job.
  // Whatever is not as it must be afterwards is an error: the result, the outcome, the EEPROM
  // check, the chip's bytes, a destructive command out of its time.
  Result<Nanos> Flash();

 private:
  Rig() = default;
  Status CheckEnd(const std::string& job_id);

  std::unique_ptr<storage::Ledger> ledger_;
  std::unique_ptr<SimulatedBench> bench_;
  jobs::WatchHub hub_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<jobs::Engine> engine_;
  std::string image_id_;
  Bytes before_;
  Bytes after_;
};

}  // namespace firmbench::benchmarks

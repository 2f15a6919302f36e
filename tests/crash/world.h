// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench that can be left in the middle of anything and gone on with elsewhere: one simulated
// drive, a ledger on a disk in memory, and the engine over both, in one process. A World belongs to
// one thread; several live side by side.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/jobs/engine.h"
#include "daemon/simulated_bench.h"
#include "tests/support/crash_vfs.h"

namespace firmbench::test {

// What a world was left in.
struct WorldState {
  simulator::DriveStart drive;
  CrashDisk::Snapshot disk;
};

// The one drive of a world: "bay 1", with an operator who does what prompts ask for.
struct WorldDrive {
  std::string model;
  bool boot_lost = false;  // no way back once its firmware is dead
};

class World {
 public:
  // A new bench, or one that goes on from `left` as a restarted daemon does. Check ok() first.
  World(const WorldDrive& drive, const WorldState* left);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Why the daemon would not start; Ok otherwise.
  const Status& ok() const { return started_; }

  simulator::Drive& drive() { return *simulated_->bench().Find("bay 1"); }
  CrashDisk& disk() { return disk_; }
  storage::Ledger& ledger() { return *ledger_; }
  jobs::Engine& engine() { return *engine_; }
  inventory::Snapshot snapshot() { return inventory_->List().front(); }
  std::string AddImage(ByteView bytes);

  // As a careful client does it: the plan first, then its digest.
  Result<jobs::JobView> Submit(const jobs::JobSpec& spec);
  // Waits until the engine has let go of every job.
  void WaitIdle();
  Result<jobs::JobView> Run(const jobs::JobSpec& spec);
  // Has the lane look at the drive again.
  void LookAgain();

  jobs::JobSpec Spec(jobs::Kind kind);
  WorldState State(simulator::PowerLoss power, Loss loss, uint64_t seed);

 private:
  Status Start();

  const WorldDrive spec_;
  CrashDisk disk_;
  std::unique_ptr<SimulatedBench> simulated_;
  std::unique_ptr<storage::Ledger> ledger_;
  jobs::WatchHub hub_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<jobs::Engine> engine_;
  Status started_ = Ok();
  int requests_ = 0;
};

}  // namespace firmbench::test

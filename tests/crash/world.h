// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench that can be left in the middle of anything and gone on with elsewhere: one simulated
// drive, a ledger on a disk in memory, and the engine over both, in one process. A World belongs to
// one thread; several live side by side.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/jobs/engine.h"
#include "daemon/simulated_bench.h"
#include "daemon/transport/decorators/fault.h"
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
  // Faults on the way to it, behind the gate; nullptr for a way without any.
  std::shared_ptr<transport::FaultScript> script = nullptr;
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
  transport::FaultScript& script() { return *spec_.script; }  // where the drive has one
  CrashDisk& disk() { return disk_; }
  storage::Ledger& ledger() { return *ledger_; }
  jobs::Engine& engine() { return *engine_; }
  inventory::Snapshot snapshot() { return inventory_->List().front(); }
  std::string AddImage(ByteView bytes);
  // Runs `act` once, on the job's own lane, when a job has begun the step of this name.
  void WhenStep(const std::string& name, std::function<void()> act);

  // As a careful client does it: the plan first, then its digest.
  Result<jobs::JobView> Submit(const jobs::JobSpec& spec);
  // Waits until the engine has let go of every job.
  void WaitIdle();
  Result<jobs::JobView> Run(const jobs::JobSpec& spec);
  // Has the lane look at the drive again.
  void LookAgain();
  // Takes over what was plugged in or unplugged, and waits until it was looked at.
  void Rescan();

  jobs::JobSpec Spec(jobs::Kind kind);
  WorldState State(simulator::PowerLoss power, Loss loss, uint64_t seed);

 private:
  Status Start();

  const WorldDrive spec_;
  CrashDisk disk_;
  std::unique_ptr<SimulatedBench> simulated_;
  std::unique_ptr<inventory::DriveSource> faulty_;
  std::unique_ptr<storage::Ledger> ledger_;
  jobs::WatchHub hub_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<jobs::Engine> engine_;
  std::vector<jobs::WatchHub::Subscription> hooks_;
  Status started_ = Ok();
  int requests_ = 0;
};

}  // namespace firmbench::test

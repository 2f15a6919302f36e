// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench of many simulated drives over one ledger on a disk in memory, in one process: watched
// from other threads while it works, and cut off at a moment that is given beforehand. Belongs to
// one thread but for what is said otherwise.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/jobs/engine.h"
#include "daemon/simulated_bench.h"
#include "tests/support/crash_vfs.h"

namespace firmbench::test {

// What a bench was left in.
struct BenchState {
  std::vector<simulator::DriveStart> drives;
  CrashDisk::Snapshot disk;
};

// When and how a bench is cut off: with the first write of the ledger after the drive took so many
// commands more.
struct CutDraw {
  size_t drive = 0;
  uint64_t commands = 0;
  simulator::PowerLoss power = simulator::PowerLoss::kNone;  // of all drives
  Loss disk = Loss::kProcessKilled;
  uint64_t seed = 0;
};

class SoakBench {
 public:
  // A new one, or one that goes on from `left` as a restarted daemon does: open jobs are settled or
  // queued again. Check ok() first.
  SoakBench(size_t drives, uint64_t seed, const BenchState* left);
  ~SoakBench();
  SoakBench(const SoakBench&) = delete;
  SoakBench& operator=(const SoakBench&) = delete;

  const Status& ok() const { return started_; }
  size_t size() const { return drives_; }
  simulator::Drive& drive(size_t index) { return *simulated_->bench().drives()[index]; }
  inventory::Snapshot snapshot(size_t index);
  storage::Ledger& ledger() { return *ledger_; }
  inventory::Inventory& inventory() { return *inventory_; }
  jobs::Engine& engine() { return *engine_; }

  // As a careful client does it: the plan first, then its digest; a second person approves.
  Result<jobs::JobView> Submit(const jobs::JobSpec& spec);
  // Waits until the engine has let go of these jobs, or the cut has come; false when they hang.
  bool WaitClosed(const std::vector<std::string>& job_ids);
  // Has the lane look at the drive again.
  void LookAgain(size_t index);

  // Forgets what was armed before.
  void BeginRound();
  // Arms both; what they mean counts from here.
  void CutAt(const CutDraw& cut);
  void CancelAt(size_t drive, uint64_t commands, const std::string& job_id);
  // Ends both. The state at the cut, when it came to that.
  std::optional<BenchState> Disarm();
  BenchState StateNow(const CutDraw& cut) const;
  // Whether the engine agreed to end the job.
  bool cancelled(const std::string& job_id);

  // What the watchers saw that must never be; "" when all is well. Any thread.
  std::string trouble();
  uint64_t wakes() const { return wakes_seen_; }

 private:
  struct Wish {  // to cancel a job
    size_t drive = 0;
    uint64_t at_command = 0;
    std::string job_id;
    bool due = false;
    bool agreed = false;
    bool done = false;
  };

  Status Start();
  void Hook();
  void Wake();
  void Watch();
  void CancelDue();
  void LookOnce();
  void Trouble(std::string text);

  const size_t drives_;
  CrashDisk disk_;
  std::unique_ptr<SimulatedBench> simulated_;
  std::unique_ptr<storage::Ledger> ledger_;
  jobs::WatchHub hub_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<jobs::Engine> engine_;
  Status started_ = Ok();

  std::unique_ptr<std::atomic<uint64_t>[]> commands_;  // of each drive, as its hook saw them
  std::atomic<uint64_t> cut_command_ = 0;              // of the drive of the cut; 0: none
  std::atomic<size_t> cut_drive_ = 0;
  std::atomic<bool> cut_due_ = false;
  std::atomic<bool> wishing_ = false;  // some cancel is armed
  std::atomic<uint64_t> wakes_seen_ = 0;

  Mutex mutex_;
  CondVar woken_;
  uint64_t wakes_ FB_GUARDED_BY(mutex_) = 0;
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  std::optional<CutDraw> cut_ FB_GUARDED_BY(mutex_);
  std::optional<BenchState> left_ FB_GUARDED_BY(mutex_);
  std::vector<Wish> wishes_ FB_GUARDED_BY(mutex_);
  std::string trouble_ FB_GUARDED_BY(mutex_);

  std::vector<jobs::WatchHub::Subscription> watching_;
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace firmbench::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole bench in one process: simulated drives with virtual time, a real ledger in a folder of
// its own, inventory, watch hub and job engine, put together as the daemon does it. Nothing in it
// sleeps: waiting is for a condition variable that the hub's wake-ups move.
//
// For the test's own thread, but for what is said to be thread-safe.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/jobs/engine.h"
#include "daemon/jobs/library.h"
#include "daemon/simulated_bench.h"
#include "tests/support/ledger_spy.h"

namespace firmbench::test {

// The value, or the end of the test program with the error's own words.
template <typename T>
T Must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
    std::abort();
  }
  return std::move(result).value();
}
inline void Must(const Status& status) { ASSERT_TRUE(status) << status.error().ToString(); }

// "OK" or the error's reason.
template <typename T>
std::string ReasonOf(const Result<T>& result) {
  return result.has_value() ? "OK" : result.error().reason();
}

// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// TOML of one drive: `keys` are further lines of it, `tables` its faults. An operator does what its
// prompts ask for, unless `alone` says that nobody is there.
struct DriveToml {
  std::string model;
  std::string bay = "bay 1";
  std::string keys;
  std::string tables;
  bool alone = false;
};
using Drives = std::vector<DriveToml>;
std::string ScenarioOf(const Drives& drives);
// The three models that the simulator plays, for parameterised tests.
const std::vector<std::string>& ThreeModels();
std::string TestName(const testing::TestParamInfo<std::string>& model);

class BenchFixture {
 public:
  // May change what the simulated bench attaches, each time it is listed.
  using Adjust = std::function<void(inventory::Attachment&)>;

  explicit BenchFixture(const Drives& drives, Adjust adjust = {});
  explicit BenchFixture(const DriveToml& drive, Adjust adjust = {})
      : BenchFixture(Drives{drive}, std::move(adjust)) {}
  // One drive in "bay 1".
  explicit BenchFixture(const std::string& model, Adjust adjust = {})
      : BenchFixture(Drives{{.model = model}}, std::move(adjust)) {}
  ~BenchFixture();

  simulator::Drive& drive(std::string_view bay = "bay 1");
  inventory::Snapshot snapshot(std::string_view bay = "bay 1");
  std::string drive_id(std::string_view bay = "bay 1") { return snapshot(bay)->id; }
  inventory::DriveSource& source() { return *source_; }
  inventory::Inventory& inventory() { return *inventory_; }
  jobs::Engine& engine() { return *engine_; }
  jobs::WatchHub& hub() { return hub_; }
  LedgerSpy& ledger() { return *spy_; }
  std::string ledger_path() const { return folder_.Path("ledger.db"); }
  jobs::Services services();
  // Changes what the engine is given, from the next Restart on.
  std::function<void(jobs::Services&)> adjust_services;

  // Keeps the file in the library; returns the image's id.
  std::string AddImage(ByteView bytes, const std::string& file_name = "firmware.bin");
  // The same for bytes that the library would refuse, as if an older version had let them in.
  std::string ForceImage(ByteView bytes);
  // Another firmware of the drive's own model, that differs in a few places from the one in it.
  Bytes NewFirmware(std::string_view bay = "bay 1");

  jobs::JobSpec BackupOf(std::string_view bay, const std::string& memory = "all");
  jobs::JobSpec FlashOf(std::string_view bay, const std::string& image_id);
  jobs::JobSpec RestoreOf(std::string_view bay, const std::string& dump_id);
  jobs::JobSpec RecoverOf(std::string_view bay, const std::string& job_id,
                          const std::string& to = {});

  // What a careful client sends: the plan's digest and the drive's etag, a request id of its own.
  jobs::CreateRequest Request(const jobs::JobSpec& spec);
  Result<jobs::JobView> Submit(const jobs::JobSpec& spec);
  // Submits and waits until it is closed.
  jobs::JobView Run(const jobs::JobSpec& spec);
  jobs::JobView Backup(std::string_view bay = "bay 1", const std::string& memory = "all") {
    return Run(BackupOf(bay, memory));
  }
  jobs::JobView Flash(std::string_view bay, ByteView image) {
    return Run(FlashOf(bay, AddImage(image)));
  }
  // Looks at every drive again and waits until that is done.
  void LookAgain();
  // Waits until the engine has let go of the job.
  jobs::JobView WaitClosed(const std::string& job_id);
  // Waits until `reached` says so; asked again after every wake-up of the hub. False after a
  // minute.
  bool WaitUntil(const std::function<bool()>& reached);

  // Runs `act` once, on the job's own lane, when a job of this drive has come to `state`.
  void When(jobs::State state, std::function<void(const std::string& job_id)> act);

  // The dumps that a job stored, in the order in which it did, of one memory and purpose.
  std::vector<storage::Dump> DumpsOf(const jobs::JobView& job, const std::string& memory,
                                     const std::string& purpose);
  std::vector<storage::AuditEntry> Audit();
  std::vector<std::string> QuarantinesInForce();

  // As if the daemon had been killed and started again; `between` sees the ledger in the meantime.
  void Restart(const std::function<void(storage::Ledger&)>& between = {});

 private:
  class AdjustedSource;
  void Start();
  void Stop();

  TempFolder folder_;
  std::unique_ptr<SimulatedBench> simulated_;
  std::unique_ptr<inventory::DriveSource> source_;
  std::unique_ptr<storage::Ledger> ledger_;
  std::unique_ptr<LedgerSpy> spy_;
  jobs::WatchHub hub_;
  std::unique_ptr<inventory::Inventory> inventory_;
  std::unique_ptr<jobs::Engine> engine_;

  Mutex mutex_;
  CondVar woken_;
  uint64_t wakes_ FB_GUARDED_BY(mutex_) = 0;
  jobs::WatchHub::Subscription waking_;
  std::vector<jobs::WatchHub::Subscription> hooks_;
  int requests_ = 0;
};

}  // namespace firmbench::test

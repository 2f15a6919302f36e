// SPDX-License-Identifier: Apache-2.0
// Jobs that wait for one another, jobs that do not, and the end of the day.
#include <map>
#include <optional>
#include <thread>

#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

// Keeps a drive's lane busy until it is opened again or goes away.
class Roadblock {
 public:
  explicit Roadblock(BenchFixture& bench, std::string_view bay = "bay 1") {
    Must(bench.inventory().Bind(bench.drive_id(bay))).lane->Post([this] {
      MutexLock lock(mutex_);
      reached_ = true;
      changed_.NotifyAll();
      while (!open_) changed_.Wait(mutex_);
      left_ = true;
      changed_.NotifyAll();
    });
    MutexLock lock(mutex_);
    while (!reached_) changed_.Wait(mutex_);
  }
  ~Roadblock() { Open(); }
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
    while (!left_) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool reached_ FB_GUARDED_BY(mutex_) = false;
  bool open_ FB_GUARDED_BY(mutex_) = false;
  bool left_ FB_GUARDED_BY(mutex_) = false;
};

TEST(Queue, ShowsThePlaceOfEveryJobInItsLane) {
  BenchFixture bench("LTR-48246S");
  Roadblock block(bench);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) {
    const JobView job = Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
    EXPECT_EQ(job.row.state, "QUEUED");
    EXPECT_EQ(job.queue_position, i);
    ids.push_back(job.row.id);
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(Must(bench.engine().Get(ids[i])).queue_position, static_cast<int>(i));
  }
  EXPECT_EQ(bench.engine().CurrentJob(bench.drive_id()), ids.front());
  block.Open();
  int64_t ended = 0;
  for (const std::string& id : ids) {
    const JobView job = bench.WaitClosed(id);
    EXPECT_EQ(job.row.result, "SUCCEEDED");
    EXPECT_EQ(job.queue_position, 0);
    EXPECT_GE(job.row.started_us, ended) << "one after the other";
    ended = job.row.ended_us;
  }
  EXPECT_EQ(bench.engine().CurrentJob(bench.drive_id()), "");
}

TEST(Queue, PlacesAreTheOrderInWhichJobsRun) {
  BenchFixture bench("LTR-48246S");
  Roadblock block(bench);
  constexpr size_t kClients = 8;
  std::vector<CreateRequest> requests;
  for (size_t i = 0; i < kClients; ++i) {
    requests.push_back(bench.Request(bench.BackupOf("bay 1", "eeprom")));
  }
  std::vector<std::string> ids(kClients);
  {
    std::vector<std::jthread> clients;
    for (size_t i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] { ids[i] = Must(bench.engine().Create(requests[i])).row.id; });
    }
  }
  std::map<int, std::string> by_place;
  for (const std::string& id : ids) by_place[Must(bench.engine().Get(id)).queue_position] = id;
  ASSERT_EQ(by_place.size(), kClients);
  EXPECT_EQ(by_place.rbegin()->first, static_cast<int>(kClients) - 1);
  block.Open();
  int64_t ended = 0;
  for (const auto& [place, id] : by_place) {
    const JobView job = bench.WaitClosed(id);
    EXPECT_GE(job.row.started_us, ended) << "place " << place;
    ended = job.row.ended_us;
  }
}

// No model of today needs an approval on a simulated drive, so a job is put into that state by
// hand.
TEST(Approval, IsOfAnotherPersonForThisPlanAndStartsTheJobOnce) {
  BenchFixture bench("LTR-48246S");
  bench.Backup("bay 1", "eeprom");
  const uint64_t before = bench.drive().counters().scsi_commands;
  bench.Backup("bay 1", "eeprom");
  const uint64_t of_one_job = bench.drive().counters().scsi_commands - before;
  Roadblock block(bench);
  const JobView job = Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
  const auto approve = [&](const std::string& digest, const std::string& principal) {
    return ReasonOf(bench.engine().Approve(job.row.id, digest, "seen", principal));
  };
  EXPECT_EQ(approve(job.plan.digest, "user/bert"), "NOT_AWAITING_APPROVAL");
  bench.engine().Live(job.row.id)->Update([](storage::Job& row) {
    row.state = "AWAITING_APPROVAL";
  });
  EXPECT_EQ(approve(job.plan.digest, job.row.principal), "APPROVER_IS_REQUESTER");
  EXPECT_EQ(approve(std::string(64, 'a'), "user/bert"), "PLAN_STALE");
  EXPECT_EQ(approve(job.plan.digest, "user/bert"), "OK");
  EXPECT_EQ(approve(job.plan.digest, "user/bert"), "NOT_AWAITING_APPROVAL");
  block.Open();
  EXPECT_EQ(bench.WaitClosed(job.row.id).row.result, "SUCCEEDED");
  // Whatever else was posted to the lane has run when this has.
  Roadblock behind(bench);
  behind.Open();
  EXPECT_EQ(bench.drive().counters().scsi_commands, before + 2 * of_one_job);
  int approvals = 0;
  for (const auto& entry : bench.Audit()) {
    approvals += entry.action == "job.approve" && entry.principal == "user/bert" ? 1 : 0;
  }
  EXPECT_EQ(approvals, 1);
}

TEST(Queue, OtherLanesDoNotCount) {
  BenchFixture bench(
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1"},
                   {.model = "LTR-48246S", .bay = "bay 2", .keys = "eeprom_seed = 2"}});
  Roadblock first(bench, "bay 1");
  Roadblock second(bench, "bay 2");
  Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
  EXPECT_EQ(Must(bench.Submit(bench.BackupOf("bay 2", "eeprom"))).queue_position, 0);
}

TEST(Queue, DrivesOnOneChannelWaitForOneAnother) {
  BenchFixture bench(
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "channel = \"ide0\""},
                   {.model = "LTR-52327S",
                    .bay = "bay 2",
                    .keys = "channel = \"ide0\"\ndevice = 1\neeprom_seed = 2"}});
  Roadblock block(bench, "bay 1");
  Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
  const JobView job = Must(bench.Submit(bench.BackupOf("bay 2", "eeprom")));
  EXPECT_EQ(job.queue_position, 1);
  block.Open();
  EXPECT_EQ(bench.WaitClosed(job.row.id).row.result, "SUCCEEDED");
}

TEST(Queue, ACancelledJobNeverTouchesItsDrive) {
  BenchFixture bench("LTR-48246S");
  Roadblock block(bench);
  const JobView job =
      Must(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()))));
  Must(bench.engine().Cancel(job.row.id, "user/bert"));
  Must(bench.engine().Cancel(job.row.id, "user/bert"));
  const uint64_t commands = bench.drive().counters().scsi_commands;
  block.Open();
  const JobView closed = bench.WaitClosed(job.row.id);
  EXPECT_EQ(closed.row.result, "CANCELLED");
  EXPECT_EQ(closed.row.outcome, "NOT_STARTED");
  EXPECT_EQ(closed.row.started_us, 0);
  EXPECT_EQ(bench.drive().counters().scsi_commands, commands);
}

TEST(Queue, ADriveThatLeavesWhileItsJobsWaitEndsThem) {
  BenchFixture bench("LTR-48246S");
  Roadblock block(bench);
  const JobView flash =
      Must(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()))));
  const JobView backup = Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
  bench.drive().Unplug();
  block.Open();
  for (const std::string& id : {flash.row.id, backup.row.id}) {
    const JobView closed = bench.WaitClosed(id);
    EXPECT_EQ(closed.row.result, "REFUSED");
    EXPECT_EQ(closed.row.error_reason, "DRIVE_GONE");
    EXPECT_EQ(closed.row.outcome, "NOT_STARTED");
    EXPECT_EQ(closed.row.drive_state, "untouched");
  }
}

TEST(Queue, ADriveThatBecameAnotherWhileItsJobsWaitIsNotTouched) {
  for (const simulator::DriveIdentity& other :
       {simulator::DriveIdentity{"ACME", "CD-RW 9000", "X001", "", ""},
        simulator::DriveIdentity{"LITE-ON", "LTR-52327S", "QS0C", "", ""}}) {
    BenchFixture bench("LTR-48246S");
    const bool known = other.vendor == "LITE-ON";
    Roadblock block(bench);
    const JobView flash =
        Must(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()))));
    const JobView backup = Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
    bench.drive().PlugAs(other);
    block.Open();
    for (const std::string& id : {flash.row.id, backup.row.id}) {
      const JobView closed = bench.WaitClosed(id);
      EXPECT_EQ(closed.row.result, "REFUSED");
      EXPECT_EQ(closed.row.error_reason, known ? "TARGET_CHANGED" : "DRIVE_UNKNOWN");
      EXPECT_TRUE(closed.dump_ids.empty());
    }
    EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  }
}

TEST(Queue, ADriveThatStoppedAnsweringWhileItsJobWaited) {
  BenchFixture bench("LTR-48246S");
  Roadblock block(bench);
  const JobView job = Must(bench.Submit(bench.BackupOf("bay 1")));
  bench.drive().CutPower();
  block.Open();
  const JobView closed = bench.WaitClosed(job.row.id);
  EXPECT_EQ(closed.row.result, "REFUSED");
  EXPECT_EQ(closed.row.outcome, "NOT_STARTED");
  EXPECT_FALSE(closed.row.error_reason.empty());
}

// Opening the drives waits until as many of them are open as are expected at once.
TEST(Parallel, JobsOnSeveralDrivesRunAtTheSameTime) {
  constexpr int kDrives = 3;
  Mutex mutex;
  CondVar changed;
  int expected = 0;
  int inside = 0;
  std::vector<test::DriveToml> drives;
  for (int i = 1; i <= kDrives; ++i) {
    drives.push_back({.model = "LTR-48246S",
                      .bay = "bay " + std::to_string(i),
                      .keys = "eeprom_seed = " + std::to_string(i)});
  }
  BenchFixture bench(drives, [&](inventory::Attachment& attachment) {
    attachment.open = [&, open = attachment.open](const inventory::GateRules& rules) {
      {
        MutexLock lock(mutex);
        if (expected > 0) {
          ++inside;
          changed.NotifyAll();
          while (inside < expected) changed.Wait(mutex);
        }
      }
      return open(rules);
    };
  });
  {
    MutexLock lock(mutex);
    expected = kDrives;
  }
  std::vector<std::string> ids;
  for (const auto& drive : drives) {
    ids.push_back(Must(bench.Submit(bench.BackupOf(drive.bay, "eeprom"))).row.id);
  }
  for (const std::string& id : ids) EXPECT_EQ(bench.WaitClosed(id).row.result, "SUCCEEDED");
}

TEST(Drain, PutsBackWhatHasNotBegunToWriteAndFinishesWhatHas) {
  BenchFixture bench(test::Drives{{.model = "LTR-52327S", .bay = "bay 1"},
                                  {.model = "LDW-451S", .bay = "bay 2", .alone = true}});
  const Bytes target = bench.NewFirmware("bay 1");
  const JobView prompting =
      Must(bench.Submit(bench.FlashOf("bay 2", bench.AddImage(bench.NewFirmware("bay 2")))));
  ASSERT_TRUE(bench.WaitUntil([&] {
    const auto live = bench.engine().Live(prompting.row.id);
    return live == nullptr || live->prompt();
  }));
  // Drains from another thread while the first drive is being written.
  std::optional<std::jthread> drainer;
  bench.When(State::kWriting,
             [&](const std::string&) { drainer.emplace([&] { bench.engine().Drain(); }); });
  const JobView writing = Must(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(target))));
  const JobView queued = Must(bench.Submit(bench.BackupOf("bay 1", "eeprom")));
  const JobView written = bench.WaitClosed(writing.row.id);
  const JobView dropped = bench.WaitClosed(queued.row.id);
  const JobView stopped = bench.WaitClosed(prompting.row.id);
  drainer.reset();
  EXPECT_EQ(written.row.outcome, "CHANGED_VERIFIED") << written.row.error_message;
  EXPECT_EQ(bench.drive("bay 1").FlashBytes(), target);
  for (const JobView& kept : {dropped, stopped}) {
    EXPECT_EQ(kept.row.state, "QUEUED");
    EXPECT_EQ(kept.row.result, "");
    EXPECT_EQ(kept.row.started_us, 0);
  }
  EXPECT_EQ(ReasonOf(bench.Submit(bench.BackupOf("bay 1", "eeprom"))), "SHUTTING_DOWN");
  // The next process goes on with both; the one that asks for hands asks again.
  bench.Restart();
  EXPECT_EQ(bench.WaitClosed(queued.row.id).row.result, "SUCCEEDED");
  ASSERT_TRUE(bench.WaitUntil([&] {
    const auto live = bench.engine().Live(prompting.row.id);
    return live == nullptr || live->prompt();
  }));
  Must(bench.engine().Cancel(prompting.row.id, "user/bert"));
  EXPECT_EQ(bench.WaitClosed(prompting.row.id).row.result, "CANCELLED");
}

}  // namespace
}  // namespace firmbench::jobs

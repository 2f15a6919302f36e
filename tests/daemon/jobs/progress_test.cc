// SPDX-License-Identifier: Apache-2.0
// Progress never goes back, and says 100 percent of a job that is done and of no other.
#include "daemon/jobs/progress_meter.h"

#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using std::chrono::seconds;
using test::BenchFixture;
using test::Must;

class HandClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return 0; }
  void SleepFor(Nanos duration) override { now_ += duration; }

 private:
  Nanos now_{0};
};

class Meter : public testing::Test {
 protected:
  static Plan MakeSteps() {
    Plan plan;
    plan.steps = {{StepId::kCheckDrive, "check", {}, "", 0, Nanos{0}},
                  {StepId::kReadFirmware, "read", Memory::kFirmware, "", 1000, seconds(30)},
                  {StepId::kWrite, "write", Memory::kFirmware, "", 1000, seconds(60)},
                  {StepId::kReset, "reset", {}, "", 0, seconds(10)}};
    return plan;
  }
  Progress Now() { return job_.progress().value_or(Progress{}); }

  HandClock clock_;
  LiveJob job_{{}, MakeSteps()};
  int wakes_ = 0;
  ProgressMeter meter_{job_, clock_, [this] { ++wakes_; }};
};

TEST_F(Meter, WeighsStepsByTheirTime) {
  meter_.BeginStep(0);
  meter_.EndStep();
  meter_.BeginStep(1);
  EXPECT_NEAR(Now().percent, 0, 0.1);
  EXPECT_EQ(Now().phase, "read");
  EXPECT_EQ(Now().total_bytes, 1000);
  meter_.EndStep();
  EXPECT_NEAR(Now().percent, 30, 0.1);
  EXPECT_NEAR(std::chrono::duration<double>(Now().remaining).count(), 70, 0.1);
  meter_.BeginStep(2);
  meter_.EndStep();
  meter_.BeginStep(3);
  EXPECT_NEAR(Now().percent, 90, 0.1);
  meter_.EndStep();
  EXPECT_LT(Now().percent, 100) << "nobody has judged it yet";
  meter_.EndJob();
  EXPECT_DOUBLE_EQ(Now().percent, 100);
  EXPECT_EQ(Now().remaining.count(), 0);
}

TEST_F(Meter, TellsSpeedOnTheDrivesClock) {
  meter_.BeginStep(1);
  clock_.SleepFor(seconds(2));
  meter_.Report(500, 1000);
  meter_.EndStep();
  EXPECT_DOUBLE_EQ(Now().bytes_per_second, 250);
  meter_.BeginStep(2);
  EXPECT_EQ(Now().bytes_per_second, 0);
}

TEST_F(Meter, NeverGoesBack) {
  double last = 0;
  const auto check = [&] {
    EXPECT_GE(Now().percent, last);
    EXPECT_LT(Now().percent, 100);
    EXPECT_GE(Now().remaining.count(), 0);
    last = Now().percent;
  };
  // A write that is tried again reports from the start; a careless reporter more than there is.
  meter_.BeginStep(2);
  for (const uint64_t done : {100u, 900u, 100u, 5000u}) {
    meter_.Report(done, 1000);
    meter_.EndStep();
    check();
  }
  meter_.Report(0, 0);
  meter_.BeginStep(1);
  check();
  meter_.BeginStep(99);
  check();
}

TEST_F(Meter, ASkippedRestIsDoneWhenTheJobIs) {
  meter_.BeginStep(1);
  meter_.EndJob();
  EXPECT_DOUBLE_EQ(Now().percent, 100);
  EXPECT_EQ(Now().remaining.count(), 0);
}

TEST_F(Meter, WakesNotForEveryByte) {
  meter_.BeginStep(1);
  const int before = wakes_;
  for (uint64_t i = 0; i < 1000; ++i) meter_.Report(i, 1000);
  EXPECT_LT(wakes_ - before, 100);
}

TEST(Meters, APlanWithoutStepsHasNoHundredPercentToDivideBy) {
  HandClock clock;
  LiveJob job({}, {});
  ProgressMeter meter(job, clock, [] {});
  meter.BeginStep(0);
  meter.EndStep();
  EXPECT_GE(job.progress()->percent, 0);
  EXPECT_LE(job.progress()->percent, 100);
}

// What a watcher sees of a whole job.
class Watched {
 public:
  explicit Watched(BenchFixture& bench)
      : watching_(bench.hub().Subscribe([this, &bench](const std::string& id) {
          const auto job = id.empty() ? nullptr : bench.engine().Live(id);
          if (job == nullptr || !job->progress()) return;
          const double percent = job->progress()->percent;
          went_back_ = went_back_ || percent < last_;
          last_ = percent;
          if (job->row().state == "CLOSED") at_close_ = percent;
        })) {}
  bool went_back() const { return went_back_; }
  double at_close() const { return at_close_; }

 private:
  bool went_back_ = false;
  double last_ = 0;
  double at_close_ = -1;
  jobs::WatchHub::Subscription watching_;
};

TEST(ProgressOfAJob, EndsAtAHundredWhenItSucceeds) {
  for (const std::string& model : test::ThreeModels()) {
    BenchFixture bench(model);
    {
      const Watched flash(bench);
      EXPECT_EQ(bench.Flash("bay 1", bench.NewFirmware()).row.result, "SUCCEEDED");
      EXPECT_FALSE(flash.went_back()) << model;
      EXPECT_DOUBLE_EQ(flash.at_close(), 100) << model;
    }
    {
      const Watched unchanged(bench);
      EXPECT_EQ(bench.Flash("bay 1", bench.drive().FlashBytes()).row.outcome, "UNCHANGED");
      EXPECT_DOUBLE_EQ(unchanged.at_close(), 100) << model;
    }
    const Watched backup(bench);
    bench.Backup("bay 1", "eeprom");
    EXPECT_DOUBLE_EQ(backup.at_close(), 100) << model;
  }
}

TEST(ProgressOfAJob, DoesNotClaimAHundredWhenItFails) {
  BenchFixture bench("LTR-48246S");
  bench.When(State::kWriting,
             [&](const std::string&) { bench.drive().PokeEeprom(0x20, Bytes{1}); });
  const Watched watched(bench);
  EXPECT_EQ(bench.Flash("bay 1", bench.NewFirmware()).row.result, "FAILED");
  EXPECT_FALSE(watched.went_back());
  EXPECT_LT(watched.at_close(), 100);
  EXPECT_GT(watched.at_close(), 0);
}

}  // namespace
}  // namespace firmbench::jobs

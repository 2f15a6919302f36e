// SPDX-License-Identifier: Apache-2.0
// What is kept of a bench, and that nothing in the file can do more harm than not being there.

#include "client/cli/last_known.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/cli/render/last_known.h"
#include "tests/client/golden.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kNoonUs = 1795348800'000'000;
constexpr char kBench[] = "unix:/run/firmbench/firmbench.sock";

class HandClock final : public Clock {
 public:
  Nanos Monotonic() const override { return Nanos{0}; }
  int64_t WallMicros() const override { return now_us; }
  void SleepFor(Nanos) override {}
  int64_t now_us = kNoonUs;
};

class LastKnownTest : public ::testing::Test {
 protected:
  LastKnownTest() {
    std::string pattern = "/tmp/firmbench-last-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  ~LastKnownTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  LastKnown Open(const std::string& bench = kBench) const {
    return LastKnown(root_ + "/state/firmbench", bench, clock_);
  }
  static v1::Job JobIn(v1::Job::State state) {
    v1::Job job = SampleJob();
    job.set_state(state);
    return job;
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  HandClock clock_;
  std::string root_;
};

TEST_F(LastKnownTest, KeepsDrivesAndJobsWithTheirAge) {
  v1::ListDrivesResponse drives;
  *drives.add_drives() = SampleDrive();
  *drives.add_drives() = SampleDriveAlien();
  Open().KeepDrives(drives);
  clock_.now_us += 60'000'000;
  Open().KeepJob(JobIn(v1::Job::STATE_WRITING));
  v1::Drive busy = SampleDrive();
  busy.set_state(v1::Drive::STATE_BUSY);
  Open().KeepDrive(busy);

  const LastState state = Open().Load();
  ASSERT_EQ(state.drives.size(), 2u);
  EXPECT_EQ(state.drives[0].drive.name(), kDriveA);
  EXPECT_EQ(state.drives[0].drive.state(), v1::Drive::STATE_BUSY);
  EXPECT_EQ(state.drives[0].seen_us, clock_.now_us);
  EXPECT_EQ(state.drives[1].seen_us, kNoonUs);
  ASSERT_EQ(state.jobs.size(), 1u);
  EXPECT_EQ(state.jobs[0].job.state(), v1::Job::STATE_WRITING);
  EXPECT_EQ(state.jobs[0].seen_us, clock_.now_us);

  drives.mutable_drives()->RemoveLast();
  Open().KeepDrives(drives);
  EXPECT_EQ(Open().Load().drives.size(), 1u);
  EXPECT_EQ(Open().Load().jobs.size(), 1u);
}

TEST_F(LastKnownTest, IsOneFilePerBenchThatOnlyItsOwnerReads) {
  Open().KeepDrive(SampleDriveAlien());
  Open("unix:/tmp/other").KeepDrive(SampleDrive());
  EXPECT_NE(Open().path(), Open("unix:/tmp/other").path());
  EXPECT_EQ(Open().Load().drives.at(0).drive.name(), kDriveB);
  EXPECT_EQ(Open("unix:/tmp/other").Load().drives.at(0).drive.name(), kDriveA);
  struct stat info {};
  ASSERT_EQ(stat(Open().path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat((root_ + "/state/firmbench").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  // No serial, and nothing half-written beside it.
  EXPECT_THAT(Read(Open().path()), Not(HasSubstr("A 17")));
  const std::filesystem::directory_iterator files(root_ + "/state/firmbench");
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
}

TEST_F(LastKnownTest, IsBounded) {
  v1::ListDrivesResponse drives;
  for (int i = 0; i < 5000; ++i) {
    v1::Drive drive = SampleDrive();
    drive.set_name("drives/" + std::to_string(i));
    drive.set_product(std::string(100'000, 'x'));
    *drives.add_drives() = drive;
  }
  Open().KeepDrives(drives);
  for (int i = 0; i < 100; ++i) {
    v1::Job job = JobIn(v1::Job::STATE_WRITING);
    job.set_name("jobs/" + std::to_string(i));
    Open().KeepJob(job);
  }
  EXPECT_LE(std::filesystem::file_size(Open().path()), 256u << 10);
  EXPECT_EQ(Open().Load().drives.size(), 64u);
  EXPECT_EQ(Open().Load().jobs.size(), 16u);
  EXPECT_EQ(Open().Load().jobs.front().job.name(), "jobs/99");
}

TEST_F(LastKnownTest, IgnoresWhatItCannotRead) {
  LastKnown kept = Open();
  kept.KeepDrive(SampleDrive());
  const std::string good = Read(kept.path());
  const auto drives_in = [&](const std::string& text) {
    std::ofstream(kept.path(), std::ios::binary | std::ios::trunc) << text;
    return Open().Load().drives.size();
  };
  EXPECT_EQ(drives_in(good), 1u);
  EXPECT_EQ(drives_in(good.substr(0, good.size() / 2)), 0u);
  EXPECT_EQ(drives_in(""), 0u);
  EXPECT_EQ(drives_in("another program's file\n" + good), 0u);
  EXPECT_EQ(drives_in(good + "drive\ndrive x {}\ndrive 5\ndrive -5 {}\nboat 5 {}\n\n"), 1u);
  EXPECT_EQ(drives_in(good + "drive 5 {\"name\": 7, \"state\": \"STATE_X\"}\n"), 1u);
  EXPECT_EQ(drives_in(good + std::string(300 << 10, 'x')), 0u);
  // Then it is written anew.
  kept.KeepDrive(SampleDrive());
  EXPECT_EQ(Open().Load().drives.size(), 1u);
}

TEST_F(LastKnownTest, FollowsNoLinkAndOpensNoPipe) {
  LastKnown kept = Open();
  kept.KeepDrive(SampleDrive());
  const std::string elsewhere = root_ + "/elsewhere";
  std::filesystem::rename(kept.path(), elsewhere);
  ASSERT_EQ(symlink(elsewhere.c_str(), kept.path().c_str()), 0);
  EXPECT_TRUE(kept.Load().drives.empty());
  ASSERT_EQ(unlink(kept.path().c_str()), 0);
  ASSERT_EQ(mkfifo(kept.path().c_str(), 0600), 0);
  EXPECT_TRUE(kept.Load().drives.empty());
}

TEST_F(LastKnownTest, WithoutAFolderKeepsNothing) {
  LastKnown kept("", kBench, clock_);
  kept.KeepDrive(SampleDrive());
  kept.KeepDrives({});
  kept.KeepJob(SampleJob());
  EXPECT_TRUE(kept.Load().drives.empty());
  EXPECT_EQ(kept.path(), "");
  // A folder that cannot be made is no error either.
  LastKnown nowhere("/dev/null/firmbench", kBench, clock_);
  nowhere.KeepDrive(SampleDrive());
  EXPECT_TRUE(nowhere.Load().drives.empty());
}

TEST_F(LastKnownTest, SaysWhatToDoShouldThePcNotStart) {
  LastState state;
  EXPECT_EQ(render::LastKnownText(state, kNoonUs, {}), "");
  v1::Drive drive = SampleDrive();
  drive.set_state(v1::Drive::STATE_BUSY);
  state.drives = {{kNoonUs, drive}, {kNoonUs - 86400'000'000 * 3, SampleDriveAlien()}};
  state.jobs = {{kNoonUs + 30'000'000, JobIn(v1::Job::STATE_WRITING)}};
  const std::string text = render::LastKnownText(state, kNoonUs + 12 * 60'000'000, {});
  ExpectGolden("last_known.txt", text);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(LastKnownTest, TellsOnlyOfWritesThatMayHaveBegun) {
  const auto text = [](const v1::Job& job) {
    LastState state;
    state.jobs = {{kNoonUs, job}};
    return render::LastKnownText(state, kNoonUs, {});
  };
  EXPECT_EQ(text(JobIn(v1::Job::STATE_CLOSED)), "");
  EXPECT_THAT(text(JobIn(v1::Job::STATE_DUMPING)), Not(HasSubstr("does not start")));
  EXPECT_THAT(text(JobIn(v1::Job::STATE_ARMED)), HasSubstr("was about to be written"));
  EXPECT_THAT(text(JobIn(v1::Job::STATE_READBACK)), HasSubstr("was being written"));
  EXPECT_THAT(text(SampleCutJob()), HasSubstr(std::string("firmbench job recover ") + kJob));
  v1::Job backup = JobIn(v1::Job::STATE_READBACK);
  backup.set_kind("backup");
  EXPECT_THAT(text(backup), Not(HasSubstr("does not start")));
}

TEST(Age, IsShort) {
  EXPECT_EQ(render::Age(10'000'000, 5'000'000), "0 s");
  EXPECT_EQ(render::Age(0, 119'000'000), "119 s");
  EXPECT_EQ(render::Age(0, 120'000'000), "2 min");
  EXPECT_EQ(render::Age(0, 3 * 3600'000'000), "3 h");
  EXPECT_EQ(render::Age(0, 50 * 3600'000'000), "2 days");
}

}  // namespace
}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
// The program on a bench where something went wrong: what stands first on every screen, how a drive
// is brought back, claimed, approved, lifted, and what is told when the bench is gone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/client/fake_bench.h"
#include "tests/client/program.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSentence[] = "drive U-0001 in bay 1 was cut off while its firmware was written";

class RecoveryProgramTest : public ::testing::Test {
 protected:
  std::vector<std::string> WithBench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--bench", bench_->address()});
    return arguments;
  }
  Finished Run(const std::vector<std::string>& arguments) const {
    return Program(bench_->folder(), WithBench(arguments)).Wait();
  }
  static std::vector<v1::Problem> CutDrive() {
    v1::Problem cut;
    cut.set_reason("RECOVERY_NEEDED");
    cut.set_text(kSentence);
    cut.set_remedy(std::string("firmbench job recover ") + kJob);
    v1::Problem other;
    other.set_reason("NO_COPY");
    other.set_text("nothing is copied");
    return {cut, other};
  }

  std::unique_ptr<FakeBench> bench_ = std::make_unique<FakeBench>();
};

TEST_F(RecoveryProgramTest, EveryScreenBeginsWithTheDriveThatWasCut) {
  bench_->SetProblems(CutDrive());
  const std::string first = std::string(kSentence) + "\n  firmbench job recover " + kJob + "\n\n";
  for (const std::vector<std::string>& screen : {std::vector<std::string>{"drive", "list"},
                                                 {"drive", "show", "bay-1"},
                                                 {"dump", "list"},
                                                 {"dump", "show", kDump},
                                                 {"image", "show", kImage},
                                                 {"job", "show", kJob},
                                                 {"bench", "info"},
                                                 {"-o", "wide", "drive", "list"}}) {
    const Finished done = Run(screen);
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith(first));
    EXPECT_EQ(done.out.find(kSentence, first.size()), std::string::npos) << done.out;
  }
  EXPECT_THAT(Run({"bench", "info"}).out, HasSubstr("nothing is copied [NO_COPY]"));
}

TEST_F(RecoveryProgramTest, JsonAndQuietBenchesStayAsTheyAre) {
  EXPECT_THAT(Run({"drive", "list"}).out, StartsWith("NAME "));
  bench_->SetProblems(CutDrive());
  EXPECT_THAT(Run({"-o", "json", "drive", "list"}).out, StartsWith("{"));
  EXPECT_THAT(Run({"-o", "json", "job", "show", kJob}).out, Not(HasSubstr(kSentence)));
}

TEST_F(RecoveryProgramTest, ShowsPlanAndRunsRecovery) {
  bench_->SetJob(SampleCutJob());
  const Finished dry = Run({"job", "recover", kJob, "--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("what undoes it"));
  EXPECT_TRUE(bench_->recoveries().empty());

  const Finished unasked = Run({"job", "recover", kJob});
  EXPECT_EQ(unasked.status, 2);
  EXPECT_THAT(unasked.err, HasSubstr("CONFIRMATION_NEEDED"));
  EXPECT_TRUE(bench_->recoveries().empty());

  Run({"job", "recover", kJob, "--to", "new", "--yes", "--reason", "the shop wants it"});
  ASSERT_EQ(bench_->recoveries().size(), 1u);
  const v1::RecoverJobRequest request = bench_->recoveries()[0];
  EXPECT_EQ(request.name(), kJob);
  EXPECT_EQ(request.recover_to(), "new");
  EXPECT_EQ(request.plan_digest(), "d1");
  EXPECT_EQ(request.etag(), "etag-1");
  EXPECT_EQ(request.override_reason(), "the shop wants it");
  EXPECT_FALSE(request.request_id().empty());
  EXPECT_EQ(Run({"job", "recover", kJob, "--to", "elsewhere"}).status, 2);
}

TEST_F(RecoveryProgramTest, APersonConfirmsARecoveryByTheUnitsNumber) {
  bench_->SetJob(SampleCutJob());
  TerminalProgram program(bench_->folder(), WithBench({"job", "recover", kJob}));
  ASSERT_TRUE(program.WaitFor("Type U-0001"));
  program.Type("U-0001\n");
  program.Wait();
  EXPECT_EQ(bench_->recoveries().size(), 1u);
}

TEST_F(RecoveryProgramTest, BringsBackADriveThatNobodyKnows) {
  const Finished done =
      Run({"recover", "bay-2", "--model", "LTR-48246S", "--image", kImage, "--yes"});
  EXPECT_EQ(done.status, 0) << done.err;
  ASSERT_EQ(bench_->creates().size(), 1u);
  const v1::Job job = bench_->creates()[0].job();
  EXPECT_EQ(job.kind(), "recover");
  EXPECT_EQ(job.drive(), kDriveB);
  EXPECT_EQ(job.model(), "LTR-48246S");
  EXPECT_EQ(job.image(), kImage);
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"recover", "bay-2", "--image", kImage},
        {"recover", "bay-2", "--model", "LTR-48246S"},
        {"recover", "bay-2", "--model", "LTR-48246S", "--image", kImage, "--dump", kDump}}) {
    EXPECT_EQ(Run(wrong).status, 2);
  }
}

TEST_F(RecoveryProgramTest, TheEndOfACutJobSaysWhatToDo) {
  bench_->SetJob(SampleCutJob());
  const Finished done = Run({"job", "watch", kJob});
  EXPECT_EQ(done.status, 3);
  // What happened and what to do are said once.
  EXPECT_THAT(done.err, Not(HasSubstr("What happened")));
  EXPECT_THAT(done.err, Not(HasSubstr("what to do:")));
  EXPECT_THAT(done.err, HasSubstr("reason: DAEMON_STOPPED"));
  EXPECT_THAT(done.err, HasSubstr("  Known          The firmware was read"));
  EXPECT_THAT(done.err,
              HasSubstr(std::string("  Next           firmbench job recover ") + kJob + "\n"));
}

TEST_F(RecoveryProgramTest, ApprovesThePlanThatItShows) {
  const Finished done = Run({"job", "approve", kJob, "--reason", "I saw the board"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("what undoes it"));
  EXPECT_THAT(done.out, HasSubstr(std::string(kJob) + " approved"));
  ASSERT_EQ(bench_->approvals().size(), 1u);
  EXPECT_EQ(bench_->approvals()[0].plan_digest(), "d1");
  EXPECT_EQ(bench_->approvals()[0].reason(), "I saw the board");
  EXPECT_EQ(Run({"job", "approve", kJob}).status, 2);
}

TEST_F(RecoveryProgramTest, ClaimsReleasesAndLifts) {
  const Finished claimed = Run({"drive", "claim", "bay-1", "--for", "2h", "--note", "a talk"});
  EXPECT_EQ(claimed.status, 0) << claimed.err;
  EXPECT_EQ(claimed.out,
            "drive U-0001 (LTR-48246S, bay 1) is in use by ann until 2026-11-22T12:00:00Z: a "
            "talk\n");
  ASSERT_EQ(bench_->claims().size(), 1u);
  EXPECT_EQ(bench_->claims()[0].duration().seconds(), 7200);
  Run({"drive", "claim", "bay-1"});
  EXPECT_FALSE(bench_->claims().at(1).has_duration());
  const Finished endless = Run({"drive", "claim", "bay-1", "--for", "long"});
  EXPECT_EQ(endless.status, 1);
  EXPECT_THAT(endless.err, HasSubstr("reason: DURATION_INVALID"));
  EXPECT_THAT(Run({"drive", "release", "bay-1"}).out, HasSubstr("is free for everybody"));

  const Finished lifted = Run({"drive", "lift", "bay-2", "--reason", "new cable"});
  EXPECT_EQ(lifted.status, 0) << lifted.err;
  ASSERT_EQ(bench_->lifts().size(), 1u);
  EXPECT_EQ(bench_->lifts()[0].name(), kDriveB);
  EXPECT_EQ(bench_->lifts()[0].reason(), "new cable");
  EXPECT_EQ(Run({"drive", "lift", "bay-2"}).status, 2);
}

TEST_F(RecoveryProgramTest, SaysThatItIsTooLateToCancel) {
  bench_->SetCancelStatus(BenchError(grpc::StatusCode::FAILED_PRECONDITION,
                                     "PAST_POINT_OF_NO_RETURN", "the write has begun"));
  const Finished done = Run({"job", "cancel", kJob});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.err,
            "error: the write has begun\n  reason: PAST_POINT_OF_NO_RETURN\n  what to do: mend "
            "it\n");
}

TEST_F(RecoveryProgramTest, TellsWhatItKnewOfABenchThatIsGone) {
  bench_->SetWatches(
      {[](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter& writer) {
        writer.Write(StateEvent(1, v1::Job::STATE_WRITING));
        return BenchError(grpc::StatusCode::INTERNAL, "BROKEN", "the stream broke");
      }});
  EXPECT_EQ(Run({"drive", "list"}).status, 0);
  EXPECT_EQ(Run({"job", "watch", kJob}).status, 1);

  // Another bench is not this one.
  const Finished stranger =
      Program(bench_->folder(), {"--bench", bench_->address() + "x", "drive", "list"}).Wait();
  EXPECT_EQ(stranger.status, 5);
  EXPECT_THAT(stranger.err, Not(HasSubstr("said last")));

  bench_->StopServing();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"drive", "list"}, {"-o", "json", "job", "show", kJob}}) {
    const Finished gone = Run(command);
    EXPECT_EQ(gone.status, 5);
    EXPECT_EQ(gone.out, "");
    EXPECT_THAT(gone.err, StartsWith("error: the bench does not answer\n"));
    EXPECT_THAT(gone.err, HasSubstr("what this bench said last:\n"));
    EXPECT_THAT(gone.err, HasSubstr("drive U-0001 (LTR-48246S, bay 1): ready, "));
    EXPECT_THAT(gone.err, HasSubstr("drive U-0001 was being written when it was last seen"));
    EXPECT_THAT(gone.err, HasSubstr("unplug the drive's power"));
  }
}

}  // namespace
}  // namespace firmbench::cli

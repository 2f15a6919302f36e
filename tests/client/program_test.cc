// SPDX-License-Identifier: Apache-2.0
// The program itself: exit codes, what goes where, and what the bench is asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <iterator>

#include "daemon/base/hash.h"
#include "tests/client/fake_bench.h"
#include "tests/client/program.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kPatience{10};

class ProgramTest : public ::testing::Test {
 protected:
  std::vector<std::string> WithBench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--bench", bench_.address()});
    return arguments;
  }
  Finished Run(const std::vector<std::string>& arguments) const {
    return Program(bench_.folder(), WithBench(arguments)).Wait();
  }
  std::string File(const std::string& name, const std::string& bytes) const {
    const std::string path = bench_.folder() + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  FakeBench bench_;
};

TEST_F(ProgramTest, EndsWith5WhenNobodyListens) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"drive", "list"},
                                                  {"-o", "json", "bench", "info"},
                                                  {"backup", "bay-1"},
                                                  {"audit", "verify"}}) {
    std::vector<std::string> arguments = {"--bench", "unix:" + bench_.folder() + "/nobody"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const Finished done = Program(bench_.folder(), arguments).Wait();
    EXPECT_EQ(done.status, 5) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("reason: BENCH_UNREACHABLE"));
  }
}

TEST_F(ProgramTest, EndsWith2ForAWrongCommandLine) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"nonesuch"},
                                                    {"drive"},
                                                    {"drive", "show"},
                                                    {"backup", "x", "--memory", "rom"},
                                                    {"-o", "xml", "drive", "list"},
                                                    {"dump", "list", "--limit", "0"},
                                                    {"flash", "x"},
                                                    {"drive", "list", "extra"}}) {
    const Finished done = Run(arguments);
    EXPECT_EQ(done.status, 2) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("reason: USAGE"));
  }
  const Finished done = Program(bench_.folder(), {"--bench", "tcp:1", "drive", "list"}).Wait();
  EXPECT_EQ(done.status, 2) << done.err;
}

TEST_F(ProgramTest, HelpsOnStdoutWithExamples) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{},
                                                  {"backup"},
                                                  {"flash"},
                                                  {"restore"},
                                                  {"verify"},
                                                  {"dump", "compare"},
                                                  {"dump", "export"},
                                                  {"image", "add"},
                                                  {"job", "answer"},
                                                  {"audit", "verify"},
                                                  {"bench", "info"},
                                                  {"explain"},
                                                  {"unit", "show"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const Finished done = Run(arguments);
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("Examples:\n  firmbench "));
    EXPECT_EQ(done.err, "");
  }
}

TEST_F(ProgramTest, ListsEveryPage) {
  const Finished table = Run({"drive", "list"});
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_THAT(table.out, ::testing::StartsWith("NAME "));
  EXPECT_THAT(table.out, HasSubstr(kDriveA));
  EXPECT_THAT(table.out, HasSubstr(kDriveB));
  const Finished json = Run({"drive", "list", "-o", "json"});
  EXPECT_THAT(json.out, HasSubstr("\"serial\": null"));
}

TEST_F(ProgramTest, SaysWhatTheBenchSaid) {
  const Finished done = Run({"job", "show", "01jd9rd3q5e8n2x4z7w0k6m1hz"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.err,
            "error: there is no such job\n  reason: JOB_NOT_FOUND\n  what to do: mend it\n");
}

TEST_F(ProgramTest, EndsWith4WhenDenied) {
  bench_.SetDrivesStatus(
      BenchError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING", "you may not"));
  EXPECT_EQ(Run({"drive", "list"}).status, 4);
}

TEST_F(ProgramTest, AsksForYesWhenNobodyIsThere) {
  const Finished done = Run({"flash", "U-0001", kImage});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("CONFIRMATION_NEEDED"));
  EXPECT_THAT(done.err, HasSubstr("plan: flash"));
  EXPECT_TRUE(bench_.creates().empty());
}

TEST_F(ProgramTest, DryRunPrintsThePlanAndCreatesNothing) {
  const Finished done = Run({"flash", "U-0001", kImage, "--dry-run"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("what undoes it"));
  EXPECT_TRUE(bench_.creates().empty());
}

TEST_F(ProgramTest, CreatesNothingWhenThePlanHasAProblem) {
  v1::Job plan = SamplePlan();
  plan.mutable_plan()->add_problems()->set_reason("IMAGE_MODEL_MISMATCH");
  bench_.SetPlan(plan);
  const Finished done = Run({"flash", "U-0001", kImage, "--yes"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("reason: IMAGE_MODEL_MISMATCH"));
  EXPECT_TRUE(bench_.creates().empty());
}

TEST_F(ProgramTest, FlashesAFileAfterUploadingIt) {
  std::string bytes(3'000'000, 'x');
  bytes[2'500'000] = 'y';
  const Finished done = Run({"flash", "bay-1", File("new.bin", bytes), "--yes"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, EndsWith("\nCHANGED_VERIFIED  eeprom EQUAL\n"));
  EXPECT_EQ(bench_.uploads().count(Sha256Hex(AsBytes(bytes))), 1u);
  ASSERT_EQ(bench_.creates().size(), 1u);
  const v1::CreateJobRequest request = bench_.creates()[0];
  EXPECT_EQ(request.job().kind(), "flash");
  EXPECT_EQ(request.job().drive(), kDriveA);
  EXPECT_EQ(request.job().image(), kImage);
  EXPECT_EQ(request.plan_digest(), "d1");
  EXPECT_EQ(request.etag(), "etag-1");
  EXPECT_FALSE(request.request_id().empty());
}

TEST_F(ProgramTest, PrintsTheJobAsJsonAlone) {
  const Finished done = Run({"-o", "json", "backup", "bay-1"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.out.front(), '{');
  EXPECT_THAT(done.out, HasSubstr("\"outcome\": \"OUTCOME_CHANGED_VERIFIED\""));
}

TEST_F(ProgramTest, ResumesAWatchWhereItBroke) {
  bench_.SetWatches(
      {[](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter& writer) {
         writer.Write(StateEvent(7, v1::Job::STATE_DUMPING));
         writer.Write(StateEvent(8, v1::Job::STATE_WRITING));
         return grpc::Status(grpc::StatusCode::UNAVAILABLE, "going down");
       },
       [](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter&) {
         return grpc::Status(grpc::StatusCode::UNAVAILABLE, "still down");
       },
       [](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter& writer) {
         writer.Write(StateEvent(9, v1::Job::STATE_CLOSED));
         return grpc::Status::OK;
       }});
  const Finished done = Run({"job", "watch", kJob});
  EXPECT_EQ(done.status, 0) << done.err;
  ASSERT_EQ(bench_.watches().size(), 3u);
  EXPECT_EQ(bench_.watches()[0].after_sequence(), 0);
  EXPECT_EQ(bench_.watches()[1].after_sequence(), 8);
  EXPECT_EQ(bench_.watches()[2].after_sequence(), 8);
}

TEST_F(ProgramTest, EndsWith3WhenTheJobFailed) {
  v1::Job job = SampleJob();
  job.set_result(v1::Job::RESULT_FAILED);
  job.set_outcome(v1::OUTCOME_CHANGED_UNVERIFIED);
  job.mutable_error()->set_reason("READBACK_DIFFERS");
  job.mutable_error()->set_drive_state(v1::DRIVE_STATE_PARTLY_WRITTEN);
  bench_.SetJob(job);
  const Finished done = Run({"job", "watch", kJob});
  EXPECT_EQ(done.status, 3);
  EXPECT_THAT(done.out, EndsWith("CHANGED_UNVERIFIED  eeprom EQUAL\n"));
  EXPECT_THAT(done.err, HasSubstr("reason: READBACK_DIFFERS"));
  EXPECT_THAT(done.err, HasSubstr("drive: partly written"));
}

TEST_F(ProgramTest, LetsGoOfTheJobOnCtrlC) {
  std::promise<void> client_is_gone;
  bench_.SetWatches(
      {[gone = client_is_gone.get_future().share()](
           grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter&) {
        gone.wait_for(kPatience);
        return grpc::Status::CANCELLED;
      }});
  Program program(bench_.folder(), WithBench({"job", "watch", kJob}));
  ASSERT_TRUE(bench_.WaitForWatches(1));
  program.Signal(SIGINT);
  const Finished done = program.Wait();
  client_is_gone.set_value();
  EXPECT_EQ(done.status, 130);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("the job goes on. `firmbench job watch jobs/"));
}

TEST_F(ProgramTest, ExportsOnlyBytesThatHashToTheirName) {
  const std::string file = bench_.folder() + "/dump.bin";
  EXPECT_EQ(Run({"dump", "export", kDump, file}).status, 0);
  EXPECT_EQ(Read(file), "abcdef");
  EXPECT_EQ(Run({"dump", "export", kDump, "-"}).out, "abcdef");

  const Finished again = Run({"dump", "export", kDump, file});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("FILE_EXISTS"));
  EXPECT_EQ(Run({"dump", "export", kDump, file, "--force"}).status, 0);

  bench_.SetDumpBytes("abcdeX");
  const Finished bad = Run({"dump", "export", kDump, bench_.folder() + "/bad.bin"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, HasSubstr("SHA256_MISMATCH"));
  EXPECT_NE(access((bench_.folder() + "/bad.bin").c_str(), F_OK), 0);
}

TEST_F(ProgramTest, EndsWith6WhenTheyDiffer) {
  const std::string a = File("a.bin", "aaa");
  const std::string b = File("b.bin", "aab");
  EXPECT_EQ(Run({"dump", "compare", a, b}).status, 6);
  // Both stayed uploads: the library got nothing.
  EXPECT_EQ(bench_.uploads(),
            (std::map<std::string, std::string>{{"uploads/0", "aaa"}, {"uploads/1", "aab"}}));

  v1::CompareDumpsResponse same;
  same.set_identical(true);
  same.add_warnings()->set_reason("SAME_BYTES_OF_TWO_MODELS");
  bench_.SetComparison(same);
  const Finished done = Run({"dump", "compare", kDump, kImage});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("identical"));
  EXPECT_THAT(done.err, HasSubstr("SAME_BYTES_OF_TWO_MODELS"));
}

TEST_F(ProgramTest, ShowsTheBytesOnlyWhenAskedTo) {
  v1::CompareDumpsResponse different;
  different.set_summary("2 of 3 bytes equal; of the 1 others 1 is not publicly known");
  v1::ComparedLine* line = different.add_lines();
  line->set_a("aaa");
  line->set_b("aab");
  bench_.SetComparison(different);
  const Finished plain = Run({"compare", kDump, kImage});
  EXPECT_EQ(plain.status, 6) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("2 of 3 bytes equal"));
  EXPECT_THAT(plain.out, Not(HasSubstr("61 61 62")));
  const Finished hex = Run({"compare", kDump, kImage, "--hex"});
  EXPECT_EQ(hex.status, 6);
  EXPECT_THAT(hex.out, HasSubstr("61 61 62"));
  EXPECT_THAT(hex.out, Not(HasSubstr("\x1b")));  // no terminal, no colours
  const Finished json = Run({"-o", "json", "compare", kDump, kImage, "--hex"});
  EXPECT_THAT(json.out, HasSubstr("\"lines\""));
  EXPECT_EQ(Run({"compare", kDump, kImage, "--memory", "rom"}).status, 2);
  EXPECT_THAT(Run({"compare", kDump, "drive:nowhere"}).err, HasSubstr("DRIVE_NOT_FOUND"));
}

TEST_F(ProgramTest, SaysThingsAboutImages) {
  EXPECT_EQ(Run({"image", "approve", kImage}).status, 0);
  EXPECT_EQ(Run({"image", "approve", kImage, "--withdraw", "--reason", "x"}).status, 0);
  const Finished bad = Run({"image", "known-bad", kImage, "--reason", "no \x1b[31mDVD"});
  EXPECT_THAT(bad.out, HasSubstr("known to be bad, so no job writes it: no ?[31mDVD"));
  EXPECT_EQ(Run({"image", "known-bad", kImage}).status, 2);
  EXPECT_EQ(Run({"image", "note", kImage, "from the maker"}).status, 0);
  EXPECT_EQ(Run({"image", "archive", kImage, "--undo"}).status, 0);
  std::vector<std::string> said;
  for (const auto& mark : bench_.image_marks()) {
    EXPECT_EQ(mark.name(), kImage);
    said.push_back(mark.kind() + ":" + mark.text());
  }
  EXPECT_THAT(said,
              ::testing::ElementsAre("approved:", "not_approved:x", "known_bad:no \x1b[31mDVD",
                                     "note:from the maker", "not_archived:"));
  EXPECT_THAT(Run({"image", "show", kImage}).out, HasSubstr("uid:1000: approved, ran a week"));
}

TEST_F(ProgramTest, AddsAMemberOfAnUpdaterOrADonor) {
  const std::string file = File("x.exe", "MZ");
  const Finished added = Run({"image", "add", file, "--member", "GSB6"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("GSB6"));
  EXPECT_THAT(added.err, HasSubstr("warning: an odd file"));
  EXPECT_THAT(Run({"image", "add", "--from-dump", kDump}).err, HasSubstr("DONOR_RANGES_UNKNOWN"));
  EXPECT_EQ(Run({"image", "add"}).status, 2);
  EXPECT_EQ(Run({"image", "add", file, "--from-dump", kDump}).status, 2);
}

TEST_F(ProgramTest, RefusesFilesThatCannotBe) {
  EXPECT_THAT(Run({"image", "add", bench_.folder() + "/none"}).err, HasSubstr("FILE_NOT_READABLE"));
  EXPECT_THAT(Run({"image", "add", bench_.folder()}).err, HasSubstr("FILE_NOT_READABLE"));
  EXPECT_THAT(Run({"image", "add", "/dev/zero"}).err, HasSubstr("FILE_NOT_READABLE"));
  EXPECT_THAT(Run({"image", "add", File("empty", "")}).err, HasSubstr("FILE_EMPTY"));
  const std::string huge = File("huge", "");
  for (const int64_t gigabytes : {2, 8}) {
    ASSERT_EQ(truncate(huge.c_str(), gigabytes << 30), 0);
    EXPECT_THAT(Run({"image", "add", huge}).err, HasSubstr("FILE_TOO_LARGE"));
    EXPECT_THAT(Run({"compare", huge, kDump}).err, HasSubstr("FILE_TOO_LARGE"));
  }
  EXPECT_TRUE(bench_.uploads().empty());
}

TEST_F(ProgramTest, FailsWhenItsResultCannotBeWritten) {
  const std::string out = bench_.folder() + "/out";
  ASSERT_EQ(symlink("/dev/full", out.c_str()), 0);
  const Finished done = Run({"drive", "list"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("OUTPUT_FAILED"));
}

TEST_F(ProgramTest, APersonTypesTheUnitAndSeesABar) {
  bench_.SetWatches(
      {[](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter& writer) {
        writer.Write(ProgressEvent("writing firmware", 50, 1, 2));
        writer.Write(StateEvent(1, v1::Job::STATE_CLOSED));
        return grpc::Status::OK;
      }});
  TerminalProgram program(bench_.folder(), WithBench({"flash", "bay-1", kImage}));
  ASSERT_TRUE(program.WaitFor("Type U-0001"));
  program.Type("U-0001\n");
  const Finished done = program.Wait();
  EXPECT_EQ(done.status, 0) << done.out;
  EXPECT_THAT(done.out, HasSubstr("\r\x1b[K[############------------] 50 %"));
  EXPECT_EQ(bench_.creates().size(), 1u);
}

TEST_F(ProgramTest, AnotherWordCreatesNothing) {
  TerminalProgram program(bench_.folder(), WithBench({"flash", "bay-1", kImage}));
  ASSERT_TRUE(program.WaitFor("Type U-0001"));
  program.Type("yes\n");
  const Finished done = program.Wait();
  EXPECT_EQ(done.status, 1) << done.out;
  EXPECT_THAT(done.out, HasSubstr("NOT_CONFIRMED"));
  EXPECT_TRUE(bench_.creates().empty());
}

TEST_F(ProgramTest, CtrlCBeforeTheJobEndsWith130) {
  TerminalProgram program(bench_.folder(), WithBench({"flash", "bay-1", kImage}));
  ASSERT_TRUE(program.WaitFor("Type U-0001"));
  program.Type("\x03");
  EXPECT_EQ(program.Wait().status, 130);
  EXPECT_TRUE(bench_.creates().empty());
}

TEST_F(ProgramTest, EnterAnswersAPrompt) {
  FakeBench& bench = bench_;
  bench_.SetWatches(
      {[&bench](grpc::ServerContext&, const v1::WatchJobRequest&, FakeBench::WatchWriter& writer) {
        v1::JobEvent event;
        event.set_sequence(1);
        event.mutable_prompt()->set_prompt_id("p1");
        event.mutable_prompt()->set_text("Hold the eject button.");
        writer.Write(event);
        bench.WaitForAnswers(1);
        writer.Write(StateEvent(2, v1::Job::STATE_CLOSED));
        return grpc::Status::OK;
      }});
  TerminalProgram program(bench_.folder(), WithBench({"job", "watch", kJob}));
  ASSERT_TRUE(program.WaitFor("press Enter"));
  program.Type("\n");
  EXPECT_EQ(program.Wait().status, 0);
  ASSERT_EQ(bench_.answers().size(), 1u);
  EXPECT_EQ(bench_.answers()[0].prompt_id(), "p1");
  EXPECT_EQ(bench_.answers()[0].answer(), "done");
}

}  // namespace
}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
// A job's capsule is a drive: the same job on it has the same plan and comes to the same end.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "daemon/gated_handles.h"
#include "daemon/jobs/job_trace.h"
#include "daemon/replayed_drives.h"
#include "daemon/transport/replay/replayed_drive.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;

const test::DriveToml kDrive{.model = "SPC-07", .keys = "connection = \"scsi\"\nserial = \"SPC7\""};

std::string CapsuleOf(BenchFixture& bench, const JobView& job) {
  Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  PackCapsule(job, "0", trace);
  return FormatTrace(trace, TracePayloads::kFull);
}

// Without ids, which are new on every bench.
std::string PlanText(const Plan& plan) {
  std::string text = plan.undo;
  for (const PlanStep& step : plan.steps) text += "\n" + step.name + ": " + step.text;
  for (const std::string& line : plan.lines) text += "\n" + line;
  return std::regex_replace(text, std::regex("[0-9a-z]{26}"), "ID");
}

// The images of the flash that both benches do.
struct Images {
  Bytes own;
  Bytes wanted;
};

JobView FlashWith(BenchFixture& bench, const Images& images) {
  bench.AddImage(images.own, "own.bin");
  return bench.Run(bench.FlashOf("bay 1", bench.AddImage(images.wanted, "wanted.bin")));
}

// A bench whose drive is the trace.
BenchFixture::Adjust FromTrace(const std::shared_ptr<transport::ReplayedDrive>& drive) {
  return [drive](inventory::Attachment& attachment) {
    attachment.open = [drive](const inventory::GateRules& rules) -> Result<inventory::Handles> {
      RawHandles raw;
      raw.scsi = transport::ReplayedDrive::OpenTransport(drive);
      return PutBehindGate(std::move(raw), rules, /*simulated=*/true);
    };
  };
}

TEST(JobReplay, AFlashComesToTheSamePlanAndOutcome) {
  BenchFixture bench(kDrive);
  Images images{bench.drive().FlashBytes(), bench.NewFirmware()};
  images.own.resize(bench.drive().profile().firmware_bytes);
  const JobView flash = FlashWith(bench, images);
  ASSERT_EQ(flash.row.result, "SUCCEEDED") << flash.row.error_message;
  const auto drive = Must(transport::ReplayedDrive::Make(Must(ParseTrace(CapsuleOf(bench, flash))),
                                                         transport::ReplayMode::kLenient));

  BenchFixture elsewhere(kDrive, FromTrace(drive));
  const JobView again = FlashWith(elsewhere, images);
  EXPECT_EQ(again.row.result, flash.row.result) << again.row.error_message;
  EXPECT_EQ(again.row.outcome, flash.row.outcome);
  EXPECT_EQ(again.row.drive_state, flash.row.drive_state);
  EXPECT_EQ(PlanText(again.plan), PlanText(flash.plan));
  ASSERT_EQ(again.steps.size(), flash.steps.size());
  for (size_t i = 0; i < flash.steps.size(); ++i) {
    EXPECT_EQ(again.steps[i].outcome, flash.steps[i].outcome) << flash.steps[i].name;
  }
  // The simulated drive beside it was never touched.
  EXPECT_EQ(elsewhere.drive().counters().destructive_commands, 0u);
}

// Another image is another flash: the trace has no answer for it.
TEST(JobReplay, OtherBytesAreNotTaken) {
  BenchFixture bench(kDrive);
  Images images{bench.drive().FlashBytes(), bench.NewFirmware()};
  images.own.resize(bench.drive().profile().firmware_bytes);
  const JobView flash = FlashWith(bench, images);
  ASSERT_EQ(flash.row.result, "SUCCEEDED");
  Trace trace = Must(ParseTrace(CapsuleOf(bench, flash)));
  for (TraceStep& step : trace.steps) {
    for (TraceBlock& block : step.blocks) {
      if (block.sent) block.sent->data->back() ^= 1;
    }
  }
  BenchFixture elsewhere(
      kDrive,
      FromTrace(Must(transport::ReplayedDrive::Make(trace, transport::ReplayMode::kLenient))));
  const JobView again = FlashWith(elsewhere, images);
  EXPECT_EQ(again.row.result, "FAILED");
  EXPECT_EQ(again.row.error_reason, "REPLAY_DIVERGED");
}

TEST(ReplayedDrives, AreDrivesOfASimulatedBench) {
  BenchFixture bench("LDW-451S");
  const JobView backup = bench.Backup();
  test::TempFolder folder;
  const std::string path = folder.Path("job.capsule");
  std::ofstream(path, std::ios::binary) << CapsuleOf(bench, backup);
  const std::string toml = folder.Path("bench.toml");
  std::ofstream(toml) << "[[drives]]\nbay = \"bay 2\"\nreplay = \"job.capsule\"\n";
  const auto replayed = Must(SimulatedBench::Load(toml, ""));
  const auto attachments = replayed->List();
  ASSERT_EQ(attachments.size(), 1u);
  EXPECT_EQ(attachments[0].bay, "bay 2");
  EXPECT_TRUE(attachments[0].connection.simulated);
  const auto handles = Must(attachments[0].open({}));
  EXPECT_EQ(Must(scsi::ReadIdentity(*handles.scsi)).product, "DVDRW LDW-451S");
  const simulator::ReplaySpec missing{.bay = "bay 1", .file = folder.Path("none")};
  EXPECT_EQ(test::ReasonOf(MakeReplayedDrives({&missing, 1})), "SCENARIO_TRACE_FILE");
}

}  // namespace
}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/job_trace.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

const TraceBlock* Find(const Trace& trace, const std::string& command) {
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      if (block.command == command) return &block;
    }
  }
  return nullptr;
}

TEST(JobTrace, IsKeptWithTheJob) {
  BenchFixture bench("LDW-451S");
  const JobView job = bench.Backup();
  ASSERT_EQ(job.row.result, "SUCCEEDED");
  const Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  EXPECT_EQ(trace.Head("kind"), "backup");
  EXPECT_EQ(trace.Head("model"), "LDW-451S");
  EXPECT_EQ(trace.Head("hardware"), "simulated");
  ASSERT_FALSE(trace.steps.empty());
  EXPECT_EQ(trace.steps[0].name, "check the drive");
  const TraceBlock* inquiry = Find(trace, "INQUIRY (12)");
  ASSERT_NE(inquiry, nullptr);
  EXPECT_EQ(inquiry->evidence, Evidence::kDocumented);
  const TraceBlock* eeprom = Find(trace, "read EEPROM (DF 89)");
  ASSERT_NE(eeprom, nullptr);
  EXPECT_EQ(eeprom->evidence, Evidence::kSecondHand);
  EXPECT_TRUE(eeprom->returned && eeprom->returned->data);
}

// What a real drive answered was observed; what a simulated one did proves nothing (above).
TEST(JobTrace, OfARealDriveRaisesTheEvidenceOfItsCommands) {
  BenchFixture bench("LDW-451S", [](inventory::Attachment& attachment) {
    attachment.connection.simulated = false;
  });
  const JobView job = bench.Backup();
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  const Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  EXPECT_EQ(trace.Head("hardware"), "real");
  const TraceBlock* eeprom = Find(trace, "read EEPROM (DF 89)");
  ASSERT_NE(eeprom, nullptr);
  EXPECT_EQ(eeprom->evidence, Evidence::kObserved);
}

TEST(JobTrace, RaisesOnlyWhatWasAnswered) {
  TraceBlock block{.command = "x", .evidence = Evidence::kSecondHand};
  const auto raised = [&block](bool simulated) {
    Trace trace{.head = {}, .steps = {{"step", {block}}}};
    RaiseEvidence({.simulated = simulated}, trace);
    return trace.steps[0].blocks[0].evidence;
  };
  EXPECT_EQ(raised(false), Evidence::kSecondHand) << "without a status";
  block.status = 0x02;
  EXPECT_EQ(raised(false), Evidence::kSecondHand) << "refused";
  block.status = 0x00;
  EXPECT_EQ(raised(false), Evidence::kObserved);
  EXPECT_EQ(raised(true), Evidence::kSecondHand) << "simulated";
  block.error = "DRIVE_GONE";
  EXPECT_EQ(raised(false), Evidence::kSecondHand) << "its end is not known";
  block.error.clear();
  block.evidence.reset();
  EXPECT_EQ(raised(false), std::nullopt) << "a command that nobody names";
}

TEST(JobTrace, IsThereForAFailedJobAndForNoneThatNeverRan) {
  BenchFixture bench("LDW-451S");
  EXPECT_EQ(ReasonOf(LoadTrace(bench.ledger(), std::string(26, '0'))), "TRACE_MISSING");
  simulator::FaultSpec fault;
  fault.kind = simulator::FaultKind::kGone;
  fault.at = {.command = 60};
  bench.drive().AddFault(fault);
  const JobView job = bench.Backup();
  ASSERT_NE(job.row.result, "SUCCEEDED");
  const Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  EXPECT_EQ(trace.steps.back().blocks.back().error, "DRIVE_GONE");
}

TEST(JobTrace, NeverFailsAJob) {
  BenchFixture bench("LTR-48246S");
  bench.ledger().AskBefore([](const std::string& what) -> Status {
    if (what == "trace") return Unavailable("LEDGER_FULL", "there is no room");
    return Ok();
  });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "SUCCEEDED");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(ReasonOf(LoadTrace(bench.ledger(), job.row.id)), "TRACE_MISSING");
}

// A flash by registers has millions of accesses: what finds no room is still counted.
TEST(JobTrace, StaysWithinItsBounds) {
  BenchFixture bench("LTR-48246S");
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  ASSERT_EQ(job.row.result, "SUCCEEDED");
  const Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  size_t blocks = 0;
  uint64_t together = 0;
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      ++blocks;
      if (block.together()) together += block.count;
    }
  }
  EXPECT_LE(blocks, TraceLimits{}.blocks + 1000);
  EXPECT_GT(together, 500'000u);
}

TEST(JobTrace, CapsuleTellsTheJob) {
  BenchFixture bench("LDW-451S");
  const JobView job = bench.Backup();
  Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  PackCapsule(bench.engine().Get(job.row.id).value(), "9.9.9", trace);
  const Trace capsule = Must(ParseTrace(FormatTrace(trace, TracePayloads::kFull)));
  EXPECT_EQ(capsule.Head("packed by"), "firmbench 9.9.9");
  EXPECT_EQ(capsule.Head("plan"), job.row.plan_json);
  EXPECT_EQ(capsule.Head("result"), "SUCCEEDED");
  const auto done = std::count_if(capsule.head.begin(), capsule.head.end(),
                                  [](const auto& field) { return field.first == "done"; });
  EXPECT_EQ(static_cast<size_t>(done), job.plan.steps.size());
}

TEST(JobTrace, MasksTheSerialsOfDriveAndUnit) {
  BenchFixture bench(test::DriveToml{.model = "LDW-451S", .keys = "serial = \"SN-4711-A\""});
  const JobView job = bench.Backup();
  Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  const std::string hex = ToHex(AsBytes("SN-4711-A"));
  EXPECT_NE(FormatTrace(trace, TracePayloads::kFull).find(hex), std::string::npos);
  MaskInTrace(Must(SerialsIn(bench.ledger(), job.row, trace)), trace);
  EXPECT_EQ(FormatTrace(trace, TracePayloads::kFull).find(hex), std::string::npos);
}

}  // namespace
}  // namespace firmbench::jobs

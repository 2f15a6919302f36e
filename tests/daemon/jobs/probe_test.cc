// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "daemon/families/probe.h"
#include "daemon/jobs/job_trace.h"
#include "daemon/jobs/probe_plan.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;

JobSpec ProbeOf(BenchFixture& bench) {
  JobSpec spec;
  spec.kind = Kind::kProbe;
  spec.drive_id = bench.drive_id();
  return spec;
}

std::set<std::string> Sent(const Trace& trace) {
  std::set<std::string> sent;
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      if (!block.cdb.empty()) sent.insert(ToHex(block.cdb));
    }
  }
  return sent;
}

std::set<std::string> Allowed(bool makers_own) {
  std::set<std::string> allowed;
  for (const auto& question : families::ProbeQuestions(makers_own)) {
    allowed.insert(ToHex(question.cdb.view()));
  }
  return allowed;
}

class ProbeOfEach : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, ProbeOfEach, testing::ValuesIn(test::ThreeModels()),
                         test::TestName);

TEST_P(ProbeOfEach, SendsItsOwnQuestionsAndNothingThatWrites) {
  BenchFixture bench(GetParam());
  const Bytes flash = bench.drive().FlashBytes();
  const Bytes eeprom = bench.drive().EepromBytes();
  const JobView job = bench.Run(ProbeOf(bench));
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().FlashBytes(), flash);
  EXPECT_EQ(bench.drive().EepromBytes(), eeprom);
  const Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  EXPECT_EQ(Sent(trace), Allowed(true));
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      EXPECT_FALSE(block.sent) << block.command;
      EXPECT_TRUE(block.evidence || block.command == "registers") << block.command;
    }
  }
}

// Each command stands in the plan, with its evidence, before any is sent.
TEST(Probe, NamesItsEvidenceBefore) {
  BenchFixture bench("LDW-451S");
  const Plan plan = Must(bench.engine().MakePlanFor(ProbeOf(bench)));
  EXPECT_TRUE(plan.problems.empty());
  for (const auto& question : families::ProbeQuestions(true)) {
    const std::string named =
        std::string(question.name) + " (" + std::string(ToString(question.evidence)) + ")";
    EXPECT_TRUE(std::any_of(plan.lines.begin(), plan.lines.end(), [&](const std::string& line) {
      return line.starts_with(named);
    })) << named;
  }
}

TEST(Probe, AsksADriveThatNobodyKnows) {
  BenchFixture bench("LDW-451S");
  bench.drive().Unplug();
  bench.drive().PlugAs({.vendor = "ACME", .product = "DVD BURNER", .revision = "ZZ01"});
  bench.LookAgain();
  ASSERT_EQ(bench.snapshot()->model, nullptr);
  const JobView job = bench.Run(ProbeOf(bench));
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.model, "");
  EXPECT_FALSE(Must(LoadTrace(bench.ledger(), job.row.id)).steps.empty());
}

// A maker's own commands mean something else to other makers' drives.
TEST(Probe, KeepsMakersCommandsFromOtherDrives) {
  scsi::Identity identity;
  identity.vendor = "PIONEER";
  identity.product = "DVD-RW  DVR-112D";
  identity.revision = "1.24";
  EXPECT_FALSE(families::HasMakersOwn(identity));
  identity.vendor = "LITE-ON";
  EXPECT_TRUE(families::HasMakersOwn(identity));
  for (const std::string& cdb : Allowed(false)) EXPECT_LT(cdb.substr(0, 2), "c0") << cdb;
}

TEST(ProbeRules, LetNothingThroughThatWrites) {
  for (const scsi::CdbRule& rule : families::ProbeRules()) {
    EXPECT_EQ(rule.effect, scsi::Effect::kReadOnly) << rule.name;
    EXPECT_NE(rule.evidence, Evidence::kHypothetical) << rule.name;
    // The book type, a byte of XDATA by either way, microcode, a guessed write of the EEPROM.
    for (const char* writes :
         {"df000f010100000000000000", "df840000010080001200", "f1010000800000000012",
          "3b050000000000100000", "3b01e200000000001000", "df000a000000000000000000",
          "df080102000000000000", "a3000000000000000800"}) {
      const Bytes cdb = Must(FromHex(writes));
      EXPECT_FALSE(rule.Matches(cdb)) << rule.name << " lets " << writes << " through";
    }
  }
}

}  // namespace
}  // namespace firmbench::jobs

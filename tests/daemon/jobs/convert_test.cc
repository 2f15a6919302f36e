// SPDX-License-Identifier: Apache-2.0
// Making another model of a drive: two memories, one after the other, and the ways back.
#include "daemon/scsi/commands.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

constexpr uint32_t kModelDigit = 0x014;  // of the simulator's EEPROM

struct Pair {
  std::string from, to;
};
void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.from << " to " << pair.to; }
std::string NameOf(const testing::TestParamInfo<Pair>& pair) {
  std::string name = pair.param.from + "to" + pair.param.to;
  std::erase(name, '-');
  return name;
}

JobSpec ConvertTo(BenchFixture& bench, const std::string& model, const std::string& image_model) {
  JobSpec spec;
  spec.kind = Kind::kConvert;
  spec.drive_id = bench.drive_id();
  spec.model = model;
  spec.image_id =
      bench.AddImage(test::BuildImage(image_model, image_model.starts_with("LDW") ? "GS0N" : ""));
  return spec;
}

test::DriveToml Writable(const std::string& model, const std::string& keys = {}) {
  return {.model = model, .keys = "eeprom_write = true\n" + keys};
}

std::vector<size_t> Differing(ByteView a, ByteView b) {
  std::vector<size_t> places;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i]) places.push_back(i);
  }
  return places;
}

int64_t IndexOf(const JobView& job, const std::string& step) {
  for (const auto& row : job.steps) {
    if (row.name == step) return row.index;
  }
  ADD_FAILURE() << "no step " << step;
  return -1;
}

std::string OutcomeOf(const JobView& job, const std::string& step) {
  return job.steps.at(static_cast<size_t>(IndexOf(job, step))).outcome;
}

class Convert : public testing::TestWithParam<Pair> {
 protected:
  // A conversion that loses the drive's power at this write, with a ledger that takes nothing more
  // from then on; the next daemon finds what is left.
  void CutAtWrite(uint64_t write) {
    simulator::FaultSpec fault;
    fault.kind = FaultKind::kPowerCut;
    fault.at.write = write;
    Cut(fault, "audit job.close");
  }
  // The drive cannot be entered, so that nothing follows the EEPROM.
  void CutBetween() {
    simulator::FaultSpec fault;
    fault.kind = FaultKind::kIgnoreIntro;
    fault.times = 0;
    Cut(fault, "audit job.close");
  }
  void Cut(const simulator::FaultSpec& fault, const std::string& last) {
    const JobSpec spec = ConvertTo(bench_, GetParam().to, GetParam().to);
    image_ = Must(bench_.ledger().ReadBlob(Must(bench_.ledger().GetImage(spec.image_id)).sha256));
    bench_.adjust_services = [](Services& services) { services.spill_folder.clear(); };
    bench_.Restart();
    bench_.drive().AddFault(fault);
    bench_.ledger().RefuseFrom(last);
    job_ = Must(bench_.Submit(spec)).row.id;
    bench_.WaitClosed(job_);
    bench_.drive().ClearFaults();
    bench_.drive().RestorePower();
    bench_.Restart();
  }
  JobView Left() { return Must(bench_.engine().Get(job_)); }
  void ExpectOld() {
    EXPECT_EQ(bench_.drive().FlashBytes(), flash_);
    EXPECT_EQ(bench_.drive().EepromBytes(), eeprom_);
    ExpectWhole(GetParam().from);
  }
  void ExpectNew() {
    Bytes converted = eeprom_;
    converted[kModelDigit] = GetParam().to == "LDW-851S" ? '8' : '4';
    EXPECT_EQ(bench_.drive().FlashBytes(), image_);
    EXPECT_EQ(bench_.drive().EepromBytes(), converted);
    ExpectWhole(GetParam().to);
  }
  void ExpectWhole(const std::string& model) {
    ASSERT_NE(bench_.snapshot()->model, nullptr);
    EXPECT_EQ(bench_.snapshot()->model->model, model);
    EXPECT_TRUE(bench_.QuarantinesInForce().empty());
    EXPECT_FALSE(Left().needs_recovery);
    EXPECT_EQ(bench_.snapshot()->unit.unit_id, Left().row.unit_id);
    EXPECT_EQ(bench_.drive().state(), simulator::RunState::kRun);
  }

  BenchFixture bench_{Writable(GetParam().from)};
  const Bytes flash_ = bench_.drive().FlashBytes();
  const Bytes eeprom_ = bench_.drive().EepromBytes();
  Bytes image_;
  std::string job_;
};
INSTANTIATE_TEST_SUITE_P(Pairs, Convert,
                         testing::Values(Pair{"LDW-451S", "LDW-851S"},
                                         Pair{"LDW-851S", "LDW-451S"}),
                         NameOf);

TEST_P(Convert, MakesTheOtherModelOfItAndBackAgain) {
  const std::string unit = bench_.Backup().row.unit_id;
  const JobView job = bench_.Run(ConvertTo(bench_, GetParam().to, GetParam().to));
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(job.row.model, GetParam().from);
  EXPECT_EQ(job.row.target_model, GetParam().to);
  EXPECT_EQ(job.row.memory, "all");
  EXPECT_EQ(bench_.drive().FlashBytes(), test::BuildImage(GetParam().to, "GS0N"));
  EXPECT_EQ(Differing(bench_.drive().EepromBytes(), eeprom_), (std::vector<size_t>{kModelDigit}));
  EXPECT_EQ(bench_.drive().counters().destructive_before_write_started, 0u);
  // It says itself what it is now, and it is the unit that it was.
  EXPECT_EQ(bench_.snapshot()->model->model, GetParam().to);
  EXPECT_EQ(bench_.snapshot()->identity.revision, "GS0N");
  EXPECT_EQ(bench_.snapshot()->unit.unit_id, unit);
  EXPECT_EQ(job.row.unit_id, unit);
  EXPECT_EQ(bench_.DumpsOf(job, "firmware", "before_write").at(0).model, GetParam().from);
  EXPECT_EQ(bench_.DumpsOf(job, "firmware", "readback").at(0).model, GetParam().to);

  JobSpec back = ConvertTo(bench_, GetParam().from, GetParam().from);
  back.image_id = bench_.AddImage(flash_);
  const JobView again = bench_.Run(back);
  ASSERT_EQ(again.row.result, "SUCCEEDED") << again.row.error_message;
  EXPECT_EQ(bench_.drive().FlashBytes(), flash_);
  EXPECT_EQ(bench_.drive().EepromBytes(), eeprom_);
  EXPECT_EQ(again.row.unit_id, unit);
}

TEST_P(Convert, WritesTheEepromFirstAndNotesThatItIsVerified) {
  const JobSpec spec = ConvertTo(bench_, GetParam().to, GetParam().to);
  bench_.ledger().Forget();
  const JobView job = bench_.Run(spec);
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_LT(IndexOf(job, "read back eeprom"), IndexOf(job, "checkpoint"));
  EXPECT_LT(IndexOf(job, "checkpoint"), IndexOf(job, "write firmware"));
  EXPECT_EQ(OutcomeOf(job, "read back eeprom"), "CHANGED_VERIFIED");
  EXPECT_EQ(OutcomeOf(job, "read back firmware"), "CHANGED_VERIFIED");
  for (const auto& step : job.steps) EXPECT_NE(step.ended_us, 0) << step.name;
  const auto committed = bench_.ledger().committed();
  const auto at = [&](const std::string& what) {
    return std::find(committed.begin(), committed.end(), what) - committed.begin();
  };
  EXPECT_LT(at("dump eeprom before_write"), at("audit job.write_started"));
  EXPECT_LT(at("dump firmware before_write"), at("audit job.write_started"));
  EXPECT_LT(at("audit job.write_started"), at("audit job.checkpoint"));
  EXPECT_LT(at("dump eeprom readback"), at("audit job.checkpoint"));
  EXPECT_LT(at("audit job.checkpoint"), at("dump firmware readback"));
}

TEST_P(Convert, TheEepromOfTheOtherModelHidesTheDisc) {
  bench_.drive().SetDisc(true);
  const auto finds_disc = [&] {
    auto transport = Must(bench_.drive().OpenTransport());
    scsi::TestUnitReady(*transport).IgnoreError("hears of the disc");
    return Must(scsi::TestUnitReady(*transport)) == scsi::Readiness::kReady;
  };
  EXPECT_TRUE(finds_disc());
  bench_.drive().PokeEeprom(kModelDigit,
                            Bytes{GetParam().to == "LDW-851S" ? uint8_t{'8'} : uint8_t{'4'}});
  EXPECT_FALSE(finds_disc());
}

TEST_P(Convert, RefusesAnImageOfTheOldModel) {
  EXPECT_EQ(ReasonOf(bench_.Submit(ConvertTo(bench_, GetParam().to, GetParam().from))),
            "IMAGE_MODEL_MISMATCH");
  EXPECT_EQ(ReasonOf(bench_.Submit(ConvertTo(bench_, GetParam().to, "LTR-52327S"))),
            "IMAGE_MODEL_MISMATCH");
  EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
}

TEST_P(Convert, AnEepromThatIsNotAsExpectedIsLeftAlone) {
  bench_.drive().PokeEeprom(kModelDigit, Bytes{'7'});
  bench_.LookAgain();
  const JobView job = bench_.Run(ConvertTo(bench_, GetParam().to, GetParam().to));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "EEPROM_NOT_AS_EXPECTED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_FALSE(job.row.error_remedy.empty());
  EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
}

TEST_P(Convert, WithoutAVerifiedEepromTheFirmwareIsNeverBegun) {
  bench_.drive().AddFault({.kind = FaultKind::kDropWrite, .at = {.write = 1}, .times = 1});
  const JobView job = bench_.Run(ConvertTo(bench_, GetParam().to, GetParam().to));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "WRITE_NO_EFFECT");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(OutcomeOf(job, "write firmware"), "NOT_STARTED");
  EXPECT_EQ(OutcomeOf(job, "checkpoint"), "NOT_STARTED");
  EXPECT_EQ(bench_.drive().FlashBytes(), flash_);
  EXPECT_EQ(bench_.drive().EepromBytes(), eeprom_);
  EXPECT_TRUE(bench_.QuarantinesInForce().empty());
}

TEST_P(Convert, AnEepromThatCannotBeReadBackStopsItToo) {
  bench_.When(State::kWriting, [&](const std::string&) {
    bench_.drive().AddFault(
        {.kind = FaultKind::kCheckCondition, .at = {.write = 1, .opcode = 0xdf}, .times = 0});
    bench_.drive().AddFault(
        {.kind = FaultKind::kCheckCondition, .at = {.write = 1, .opcode = 0x3c}, .times = 0});
  });
  const JobView job = bench_.Run(ConvertTo(bench_, GetParam().to, GetParam().to));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "READBACK_FAILED");
  EXPECT_EQ(job.row.drive_state, "unknown");
  EXPECT_EQ(OutcomeOf(job, "write firmware"), "NOT_STARTED");
  EXPECT_EQ(bench_.drive().FlashBytes(), flash_);
  EXPECT_FALSE(bench_.QuarantinesInForce().empty());
  EXPECT_TRUE(job.needs_recovery);
  bench_.drive().ClearFaults();
  const JobView back = bench_.Run(bench_.RecoverOf("bay 1", job.row.id));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  job_ = job.row.id;
  ExpectOld();
}

TEST_P(Convert, FirmwareThatCannotBeBegunLeavesItHalfDoneAndSaysSo) {
  bench_.drive().AddFault({.kind = FaultKind::kIgnoreIntro, .times = 0});
  const JobView job = bench_.Run(ConvertTo(bench_, GetParam().to, GetParam().to));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "CONVERSION_HALF_DONE");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_NE(job.row.error_remedy.find("job recover jobs/" + job.row.id), std::string::npos);
  EXPECT_TRUE(job.needs_recovery);
  EXPECT_EQ(bench_.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
  bench_.drive().ClearFaults();
  job_ = job.row.id;
  const JobView back = bench_.Run(bench_.RecoverOf("bay 1", job_));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  EXPECT_EQ(back.row.memory, "all");
  // The firmware was never touched, so it is not written again.
  EXPECT_EQ(OutcomeOf(back, "write firmware"), "NOT_STARTED");
  ExpectOld();
}

TEST_P(Convert, AnOperatorWhoGivesUpBetweenTheWritesCancelsNothing) {
  BenchFixture bench(test::DriveToml{.model = GetParam().from,
                                     .keys = "eeprom_write = true",
                                     .tables = R"(
[[drives.operator]]
on_prompt = "hold_eject"
answer = "cancel"
)",
                                     .alone = true});
  const JobView job = bench.Run(ConvertTo(bench, GetParam().to, GetParam().to));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "CONVERSION_HALF_DONE");
  EXPECT_TRUE(job.needs_recovery);
}

TEST_P(Convert, CutBetweenTheTwoWritesIsBroughtBack) {
  CutBetween();
  const JobView left = Left();
  EXPECT_EQ(left.row.result, "FAILED");
  EXPECT_EQ(left.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_EQ(left.row.drive_state, "partly_written");
  EXPECT_EQ(left.row.error_reason, "DAEMON_STOPPED");
  EXPECT_NE(left.row.error_message.find("the firmware is the old one, whole, and the EEPROM is the "
                                        "new one, whole"),
            std::string::npos)
      << left.row.error_message;
  EXPECT_TRUE(left.needs_recovery);
  const JobView job = bench_.Run(bench_.RecoverOf("bay 1", job_));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  ExpectOld();
}

TEST_P(Convert, CutBetweenTheTwoWritesIsFinished) {
  CutBetween();
  const JobView job = bench_.Run(bench_.RecoverOf("bay 1", job_, "new"));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(OutcomeOf(job, "write eeprom"), "NOT_STARTED");
  ExpectNew();
}

TEST_P(Convert, CutInTheEeprom) {
  CutAtWrite(1);
  EXPECT_EQ(Left().row.drive_state, "partly_written") << Left().row.error_message;
  EXPECT_EQ(Left().row.eeprom_check, "CHANGED");
  const JobView job = bench_.Run(bench_.RecoverOf("bay 1", job_, "new"));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  ExpectNew();
}

TEST_P(Convert, CutInTheFirmwareGoesToEitherSide) {
  CutAtWrite(5);
  EXPECT_EQ(Left().row.drive_state, "partly_written") << Left().row.error_message;
  // The cut also took what the firmware needs to start: its EEPROM cannot be read either.
  bench_.drive().PokeFlash(0, Bytes(0x100, 0xff));
  bench_.drive().PowerCycle();
  bench_.LookAgain();
  const JobView job = bench_.Run(bench_.RecoverOf("bay 1", job_));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(bench_.DumpsOf(job, "eeprom", "before_write").size(), 1u);
  ExpectOld();
}

TEST_P(Convert, CutInTheFirmwareIsFinished) {
  CutAtWrite(5);
  const JobView job = bench_.Run(bench_.RecoverOf("bay 1", job_, "new"));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  ExpectNew();
}

TEST_P(Convert, ARecoveryLeavesAnotherUnitOnThatPortAlone) {
  CutBetween();
  const Bytes other = test::BuildEeprom(GetParam().from, 77);
  bench_.drive().PokeEeprom(0, other);
  bench_.LookAgain();
  const auto job = bench_.Submit(bench_.RecoverOf("bay 1", job_));
  if (job) {
    EXPECT_EQ(bench_.WaitClosed(job->row.id).row.error_reason, "TARGET_CHANGED");
  }
  EXPECT_EQ(bench_.drive().EepromBytes(), other);
  EXPECT_EQ(bench_.drive().FlashBytes(), flash_);
}

TEST(Conversion, RefusesWhatNoRowKnows) {
  BenchFixture bench(Writable("LTR-48246S"));
  const auto plan = Must(bench.engine().MakePlanFor(ConvertTo(bench, "LDW-851S", "LDW-851S")));
  ASSERT_FALSE(plan.problems.empty());
  EXPECT_EQ(plan.problems.front().reason, "CONVERSION_NOT_KNOWN");
  EXPECT_FALSE(plan.problems.front().remedy.empty());
  JobSpec spec = ConvertTo(bench, "LDW-851S", "LDW-851S");
  spec.model.clear();
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "MODEL_REQUIRED");
  spec.model = "LDW-851S";
  spec.image_id.clear();
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "IMAGE_REQUIRED");
  spec.dump_id = "01hgw2bbg0000000000000000a";
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "REFERENCE_UNEXPECTED");
}

TEST(Conversion, IsAGuessAndStaysAwayFromRealDrives) {
  BenchFixture bench(Writable("LDW-451S"), [](inventory::Attachment& attachment) {
    attachment.connection.simulated = false;
  });
  const auto plan = Must(bench.engine().MakePlanFor(ConvertTo(bench, "LDW-851S", "LDW-851S")));
  std::vector<std::string> reasons;
  for (const auto& problem : plan.problems) reasons.push_back(problem.reason);
  EXPECT_EQ(reasons.at(0), "HYPOTHETICAL_COMMAND");
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "MEMORY_NOT_WRITABLE"), 2);
}

TEST(Conversion, ThePlanSaysWhatIsWrittenAndWhatIsAGuess) {
  BenchFixture bench(Writable("LDW-451S"));
  const auto plan = Must(bench.engine().MakePlanFor(ConvertTo(bench, "LDW-851S", "LDW-851S")));
  EXPECT_TRUE(plan.problems.empty());
  EXPECT_TRUE(std::any_of(plan.warnings.begin(), plan.warnings.end(), [](const auto& warning) {
    return warning.reason == "CONVERSION_HYPOTHETICAL";
  }));
  EXPECT_TRUE(std::any_of(plan.lines.begin(), plan.lines.end(), [](const std::string& line) {
    return line.find("makes a LDW-851S of it") != std::string::npos &&
           line.find("0014 (34 to 38)") != std::string::npos;
  }));
  const Plan stored = Must(ParsePlan(plan.json));
  EXPECT_EQ(stored.spec.model, "LDW-851S");
  EXPECT_EQ(stored.spec.memory, "all");
  EXPECT_EQ(stored.steps.size(), plan.steps.size());
}

}  // namespace
}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/families/family_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/jobs/library.h"
#include "tests/daemon/families/trace_recorder.h"

namespace firmbench::families {
namespace {

using jobs::JobView;
using test::BenchFixture;
using test::Must;

constexpr auto kBay = "bay 1";

// Obeys, and remembers whether progress was ever wrong.
class Listener final : public Observer {
 public:
  explicit Listener(simulator::Drive& drive) : drive_(drive) {}
  void Progress(uint64_t done, uint64_t total) override {
    wrong_ =
        wrong_ || done < done_ || done > total || total == 0 || (total_ != 0 && total != total_);
    done_ = done;
    total_ = total;
  }
  Status Prompt(const PromptRequest& request) override {
    if (const auto action = drive_.OnPrompt(request.kind)) drive_.Perform(*action);
    return Ok();
  }
  bool cancelled() const override { return cancel_; }

  void NewPhase() { done_ = total_ = 0; }
  void CancelReads() { cancel_ = true; }
  bool wrong() const { return wrong_; }
  bool whole() const { return total_ != 0 && done_ == total_; }

 private:
  simulator::Drive& drive_;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
  bool wrong_ = false;
  bool cancel_ = false;
};

// A session without an engine.
struct Direct {
  Direct(BenchFixture& bench, const Family& family, const ModelInfo& model,
         TraceRecorder* recorder = nullptr)
      : listener(bench.drive()) {
    const auto attachments = bench.source().List();
    const inventory::Attachment& drive = attachments.front();
    handles = Must(drive.open({family.cdb_rules(), family.task_file_rules()}));
    if (recorder != nullptr) {
      handles.scsi = recorder->Wrap(std::move(handles.scsi));
      handles.task_file = recorder->Wrap(std::move(handles.task_file));
    }
    session = family.Open(model, {.scsi = handles.scsi.get(),
                                  .task_file = handles.task_file.get(),
                                  .clock = drive.clock,
                                  .second_device = drive.second_device,
                                  .simulated = true});
  }
  // With the gate as the engine moves it.
  Status WriteAll(const Family& family, const ModelInfo& model, ByteView current, ByteView target) {
    RETURN_IF_ERROR(session->EnterUpdateMode(listener));
    handles.gate->SetLevel(inventory::GateLevel::kChipIdentify);
    ASSIGN_OR_RETURN(const ChipIdentity chip, session->IdentifyChip());
    handles.gate->SetLevel(inventory::GateLevel::kReadOnly);
    ASSIGN_OR_RETURN(const WritePlan plan,
                     family.PlanWrite(model, Memory::kFirmware, current, target, chip.part));
    RETURN_IF_ERROR(session->CheckWrite(current, target));
    listener.NewPhase();
    handles.gate->SetLevel(inventory::GateLevel::kOpen);
    WriteReport report;
    const Status written = session->Write(plan, current, target, report, listener);
    handles.gate->SetLevel(inventory::GateLevel::kReadOnly);
    return written;
  }

  inventory::Handles handles;
  Listener listener;
  std::unique_ptr<Session> session;
};

std::string Text(const JobView& job) {
  return fmt::format("{} {} {} {}: {}", job.row.result, job.row.outcome, job.row.drive_state,
                     job.row.error_reason, job.row.error_message);
}

uint64_t CommandsOf(simulator::Drive& drive) {
  const simulator::Counters counters = drive.counters();
  return counters.scsi_commands + counters.task_file_ops;
}

}  // namespace

void PrintTo(const FamilyCase& family_case, std::ostream* out) { *out << family_case.model; }

std::string CaseName(const testing::TestParamInfo<FamilyCase>& info) {
  std::string name = info.param.model;
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
}

std::unique_ptr<BenchFixture> FamilySuite::Bench(const std::string& more_keys) {
  auto bench = std::make_unique<BenchFixture>(
      test::DriveToml{.model = GetParam().model, .keys = GetParam().keys + "\n" + more_keys});
  if (!GetParam().readable) bench->AddImage(FirmwareIn(*bench), "own.bin");
  return bench;
}

const ModelInfo& FamilySuite::RowOf(BenchFixture& bench) { return *bench.snapshot()->model; }
const Family& FamilySuite::FamilyOf(BenchFixture& bench) { return *bench.snapshot()->family; }

Bytes FamilySuite::FirmwareIn(BenchFixture& bench) {
  Bytes bytes = bench.drive().FlashBytes();
  bytes.resize(bench.drive().profile().firmware_bytes);
  return bytes;
}

Bytes FamilySuite::Target(BenchFixture& bench, ByteView image) {
  return Must(FamilyOf(bench).ComposeTarget(RowOf(bench), FirmwareIn(bench), image));
}

Bytes FamilySuite::Current(BenchFixture& bench) const {
  return GetParam().readable ? GetParam().shown(FirmwareIn(bench)) : Bytes();
}

TEST_P(FamilySuite, RowIsWhole) {
  const auto bench = Bench();
  ASSERT_NE(bench->snapshot()->model, nullptr);
  const ModelInfo& row = RowOf(*bench);
  const Family& family = FamilyOf(*bench);
  EXPECT_EQ(row.model, GetParam().model);
  EXPECT_EQ(row.family, family.name());
  EXPECT_FALSE(row.kind.empty());
  EXPECT_FALSE(row.provenance.empty());
  EXPECT_FALSE(row.recoverable_why.empty());
  EXPECT_EQ(row.firmware_bytes, bench->drive().profile().firmware_bytes);
  EXPECT_EQ(row.eeprom_bytes, bench->drive().profile().eeprom.size_bytes);
  for (const ByteRange& range : row.unit_ranges) {
    EXPECT_LE(uint64_t{range.offset} + range.length, row.firmware_bytes);
  }
  const PhaseEstimates estimates = family.Estimates(row);
  EXPECT_GT(estimates.write.count(), 0);
  EXPECT_EQ(GetParam().readable, estimates.read_firmware.count() > 0);
}

// A guess never reaches real hardware.
TEST_P(FamilySuite, AGuessIsNoAbilityOnRealHardware) {
  const auto bench = Bench();
  const inventory::Snapshot drive = bench->snapshot();
  Connection real = drive->connection;
  for (const bool simulated : {true, false}) {
    real.simulated = simulated;
    for (const MemoryAbilities& memory : drive->family->Abilities(*drive->model, real)) {
      for (const Ability* ability : {&memory.read, &memory.flash, &memory.restore}) {
        EXPECT_FALSE(ability->why.empty());
        EXPECT_TRUE(simulated || !ability->possible || ability->evidence != Evidence::kHypothetical)
            << ability->why;
      }
      if (memory.memory != Memory::kFirmware || !simulated) continue;
      EXPECT_EQ(memory.read.possible, GetParam().readable);
      EXPECT_TRUE(memory.flash.possible) << memory.flash.why;
    }
  }
}

TEST_P(FamilySuite, ClaimsNoOtherDrive) {
  const auto bench = Bench();
  const scsi::Identity own = bench->snapshot()->identity;
  const Family& family = FamilyOf(*bench);
  ASSERT_EQ(family.Match(own), &RowOf(*bench));
  const auto claims = [&](const std::function<void(scsi::Identity&)>& change) {
    scsi::Identity other = own;
    change(other);
    return family.Match(other) != nullptr;
  };
  EXPECT_FALSE(claims([](auto& id) { id.vendor = "OTHER"; }));
  EXPECT_FALSE(claims([](auto& id) { id.product = "OTHER"; }));
  EXPECT_FALSE(claims([](auto& id) { id.product += " X"; }));
  EXPECT_FALSE(claims([](auto& id) { id.revision = "ZZ99"; }));
  EXPECT_FALSE(claims([](auto& id) { id.revision = ""; }));
  EXPECT_FALSE(claims([](auto& id) { id.device_type = 0x00; }));
  EXPECT_EQ(MatchDrive(own).family, &family);
}

TEST_P(FamilySuite, RefusesFilesThatAreNotForThisDrive) {
  const auto bench = Bench();
  const Bytes good = bench->NewFirmware();
  const Status accepted = FamilyOf(*bench).CheckImage(RowOf(*bench), good);
  ASSERT_TRUE(accepted) << accepted.error().ToString();
  std::vector<BadImage> bad = GetParam().bad_images;
  bad.push_back({"cut short", "",
                 [](const Bytes& whole) { return Bytes(whole.begin(), whole.end() - 512); }});
  bad.push_back(
      {"blank", "IMAGE_BLANK", [](const Bytes& whole) { return Bytes(whole.size(), 0xff); }});
  for (const BadImage& image : bad) {
    const Bytes bytes = image.make(good);
    ASSERT_NE(bytes, good) << image.name;
    const Status refused = FamilyOf(*bench).CheckImage(RowOf(*bench), bytes);
    ASSERT_FALSE(refused) << image.name;
    if (!image.reason.empty()) {
      EXPECT_EQ(refused.error().reason(), image.reason) << image.name;
    }
    // Even one that came into the library by another door is refused by the plan.
    const auto job = bench->Submit(bench->FlashOf(kBay, bench->ForceImage(bytes)));
    EXPECT_FALSE(job) << image.name;
  }
  EXPECT_EQ(bench->drive().counters().destructive_commands, 0u);
}

TEST_P(FamilySuite, RefusesADriveWithADisc) {
  const auto bench = Bench("disc = true");
  const Bytes before = FirmwareIn(*bench);
  const JobView job = bench->Flash(kBay, bench->NewFirmware());
  EXPECT_EQ(job.row.result, "REFUSED") << Text(job);
  EXPECT_EQ(job.row.error_reason, "MEDIUM_PRESENT");
  EXPECT_EQ(bench->drive().counters().destructive_commands, 0u);
  EXPECT_EQ(FirmwareIn(*bench), before);
}

TEST_P(FamilySuite, SendsNothingDestructiveWhileTheGateIsClosed) {
  const auto bench = Bench();
  const Family& family = FamilyOf(*bench);
  const Bytes before = FirmwareIn(*bench);
  const Bytes target = Target(*bench, bench->NewFirmware());
  Direct direct(*bench, family, RowOf(*bench));
  if (GetParam().readable) {
    const auto read = direct.session->Read(Memory::kFirmware, {}, direct.listener);
    ASSERT_TRUE(read) << read.error().ToString();
    EXPECT_EQ(*read, Current(*bench));
  }
  const Status entered = direct.session->EnterUpdateMode(direct.listener);
  ASSERT_TRUE(entered) << entered.error().ToString();
  const auto plan = family.PlanWrite(RowOf(*bench), Memory::kFirmware, Current(*bench), target, {});
  ASSERT_TRUE(plan);
  WriteReport report;
  EXPECT_FALSE(direct.session->Write(*plan, Current(*bench), target, report, direct.listener));
  EXPECT_EQ(report.bytes_programmed, 0u);
  EXPECT_EQ(bench->drive().counters().destructive_commands, 0u);
  EXPECT_EQ(FirmwareIn(*bench), before);
  EXPECT_TRUE(direct.session->LeaveUpdateMode(direct.listener));
}

TEST_P(FamilySuite, ProgressNeverGoesBack) {
  const auto bench = Bench();
  const Family& family = FamilyOf(*bench);
  const Bytes target = Target(*bench, bench->NewFirmware());
  Direct direct(*bench, family, RowOf(*bench));
  if (GetParam().readable) {
    for (const ReadPlan& plan : {ReadPlan{}, ReadPlan{ReadOrder::kDescending, 96}}) {
      direct.listener.NewPhase();
      EXPECT_EQ(Must(direct.session->Read(Memory::kFirmware, plan, direct.listener)),
                Current(*bench));
      EXPECT_TRUE(direct.listener.whole());
    }
  }
  const Status written = direct.WriteAll(family, RowOf(*bench), Current(*bench), target);
  EXPECT_TRUE(written) << written.error().ToString();
  EXPECT_TRUE(direct.listener.whole());
  EXPECT_FALSE(direct.listener.wrong());
  EXPECT_TRUE(direct.session->LeaveUpdateMode(direct.listener));
}

TEST_P(FamilySuite, ReadsStopWhenCancelled) {
  if (!GetParam().readable) return;
  const auto bench = Bench();
  Direct direct(*bench, FamilyOf(*bench), RowOf(*bench));
  direct.listener.CancelReads();
  const auto read = direct.session->Read(Memory::kFirmware, {}, direct.listener);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason(), "JOB_CANCELLED");
}

TEST_P(FamilySuite, FlashEndsAsHonestlyAsItCan) {
  const auto bench = Bench();
  const ModelInfo& row = RowOf(*bench);
  const Bytes before = FirmwareIn(*bench);
  const Bytes image = bench->NewFirmware();
  const Bytes target = Target(*bench, image);
  const JobView job = bench->Flash(kBay, image);
  ASSERT_EQ(job.row.result, "SUCCEEDED") << Text(job);
  EXPECT_EQ(job.row.outcome, GetParam().readable ? "CHANGED_VERIFIED" : "CHANGED_UNVERIFIED");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(FirmwareIn(*bench), GetParam().keeps ? target : before);
  for (const ByteRange& range : row.unit_ranges) {
    EXPECT_TRUE(std::equal(before.begin() + range.offset,
                           before.begin() + range.offset + range.length,
                           FirmwareIn(*bench).begin() + range.offset));
  }
  EXPECT_EQ(bench->drive().counters().destructive_before_write_started, 0u);
  const std::string revision = RecogniseImage(image).revision;
  EXPECT_EQ(bench->snapshot()->identity.revision, revision);
  if (!GetParam().readable) {
    EXPECT_NE(job.steps.back().note.find(revision), std::string::npos) << job.steps.back().note;
  }
  EXPECT_TRUE(bench->QuarantinesInForce().empty());
}

TEST_P(FamilySuite, BackupIsOfWhatIsThereOrRefused) {
  const auto bench = Bench();
  if (!GetParam().readable) {
    EXPECT_FALSE(bench->Submit(bench->BackupOf(kBay, "firmware")));
    return;
  }
  const JobView job = bench->Backup(kBay);
  ASSERT_EQ(job.row.result, "SUCCEEDED") << Text(job);
  const auto dumps = bench->DumpsOf(job, "firmware", "backup");
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].agreeing_reads, 2);
  EXPECT_EQ(Must(bench->ledger().ReadBlob(dumps[0].sha256)), Current(*bench));
  EXPECT_EQ(bench->drive().counters().destructive_commands, 0u);
}

TEST_P(FamilySuite, WhatWasBackedUpGoesBack) {
  if (!GetParam().readable) return;
  const auto bench = Bench();
  const Bytes before = FirmwareIn(*bench);
  const JobView flash = bench->Flash(kBay, bench->NewFirmware());
  ASSERT_EQ(flash.row.result, "SUCCEEDED") << Text(flash);
  const auto dumps = bench->DumpsOf(flash, "firmware", "before_write");
  ASSERT_EQ(dumps.size(), 1u);
  const JobView restore = bench->Run(bench->RestoreOf(kBay, dumps[0].id));
  ASSERT_EQ(restore.row.result, "SUCCEEDED") << Text(restore);
  EXPECT_EQ(restore.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(FirmwareIn(*bench), before);
}

TEST_P(FamilySuite, CancelBeforeTheFirstWriteChangesNothing) {
  const auto bench = Bench();
  const Bytes before = FirmwareIn(*bench);
  bench->When(jobs::State::kEntering, [&](const std::string& job_id) {
    EXPECT_TRUE(bench->engine().Cancel(job_id, "user/anna"));
  });
  const JobView job = bench->Flash(kBay, bench->NewFirmware());
  EXPECT_EQ(job.row.result, "CANCELLED") << Text(job);
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(bench->drive().counters().destructive_commands, 0u);
  EXPECT_EQ(FirmwareIn(*bench), before);
}

TEST_P(FamilySuite, CancelPastTheFirstWriteIsRefused) {
  const auto bench = Bench();
  const Bytes image = bench->NewFirmware();
  const Bytes target = Target(*bench, image);
  bool refused = false;
  bench->When(jobs::State::kWriting, [&](const std::string& job_id) {
    refused = !bench->engine().Cancel(job_id, "user/anna");
  });
  const JobView job = bench->Flash(kBay, image);
  EXPECT_TRUE(refused);
  EXPECT_EQ(job.row.result, "SUCCEEDED") << Text(job);
  if (GetParam().keeps) {
    EXPECT_EQ(FirmwareIn(*bench), target);
  }
}

TEST_P(FamilySuite, PowerCutAtEveryCommandEndsAsTheRowDeclares) {
  uint64_t commands = 0;
  {
    const auto bench = Bench();
    uint64_t first = 0;
    bench->When(jobs::State::kWriting, [&](const auto&) { first = CommandsOf(bench->drive()); });
    bench->When(jobs::State::kResetting,
                [&](const auto&) { commands = CommandsOf(bench->drive()) - first; });
    ASSERT_EQ(bench->Flash(kBay, bench->NewFirmware()).row.result, "SUCCEEDED");
  }
  ASSERT_GT(commands, 0u);
  const uint64_t cuts =
      GetParam().cuts == 0 ? commands : std::min<uint64_t>(GetParam().cuts, commands);
  // Sanitizers look at memory, not at what a cut leaves, and take minutes for all of them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr uint64_t kEvery = 3;
#else
  constexpr uint64_t kEvery = 1;
#endif
  for (uint64_t cut = 0; cut < cuts; cut += kEvery) {
    const uint64_t command = 1 + (cuts == 1 ? 0 : cut * (commands - 1) / (cuts - 1));
    SCOPED_TRACE(fmt::format("cut at command {} of {}", command, commands));
    const auto bench = Bench();
    const Bytes before = FirmwareIn(*bench);
    const Bytes image = bench->NewFirmware();
    const Bytes target = Target(*bench, image);
    bench->When(jobs::State::kWriting, [&](const auto&) {
      bench->drive().AddFault({.kind = simulator::FaultKind::kPowerCut,
                               .at = {.command = CommandsOf(bench->drive()) + command},
                               .back_after = std::chrono::seconds(2)});
    });
    const JobView job = bench->Flash(kBay, image);
    ExpectCutIsDeclared(*bench, job, before, target);
    if (HasFailure()) return;
  }
}

TEST_P(FamilySuite, PowerCutInTheMiddleOfTheFlashEndsAsTheRowDeclares) {
  const auto bench = Bench();
  const Bytes before = FirmwareIn(*bench);
  const Bytes image = bench->NewFirmware();
  const Bytes target = Target(*bench, image);
  bench->drive().AddFault({.kind = simulator::FaultKind::kPowerCut,
                           .at = {.write = 1},
                           .percent = 60,
                           .back_after = std::chrono::seconds(2)});
  const JobView job = bench->Flash(kBay, image);
  if (GetParam().keeps) {
    EXPECT_NE(job.row.result, "SUCCEEDED") << Text(job);
  }
  ExpectCutIsDeclared(*bench, job, before, target);
}

void FamilySuite::ExpectCutIsDeclared(BenchFixture& bench, const JobView& job, ByteView before,
                                      ByteView target) {
  const auto holds = [&](ByteView bytes) {
    const Bytes now = FirmwareIn(bench);
    return std::equal(now.begin(), now.end(), bytes.begin(), bytes.end());
  };
  const bool whole = holds(target) || holds(before);
  EXPECT_EQ(bench.drive().counters().destructive_before_write_started, 0u);
  if (job.row.result == "SUCCEEDED") {
    EXPECT_TRUE(holds(GetParam().keeps ? target : before)) << Text(job);
    return;
  }
  if (job.row.drive_state == "untouched") {
    EXPECT_TRUE(whole) << Text(job);
    EXPECT_NE(bench.drive().state(), simulator::RunState::kDead);
    return;
  }
  // Whoever cannot say that all is well keeps others from writing to it.
  EXPECT_FALSE(bench.QuarantinesInForce().empty()) << Text(job);
  const ModelInfo* row = FindFamily(job.row.family) == nullptr ? nullptr : [&] {
    const auto rows = FindFamily(job.row.family)->models();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& r) { return r.model == job.row.model; });
    return found == rows.end() ? nullptr : &*found;
  }();
  ASSERT_NE(row, nullptr);
  if (row->recoverable_after_cut == Recoverable::kNo) {
    if (!whole) {
      EXPECT_EQ(bench.drive().state(), simulator::RunState::kDead) << Text(job);
    }
    return;
  }
  bench.LookAgain();
  const auto recovery = bench.Submit(bench.RecoverOf(kBay, job.row.id, "new"));
  ASSERT_TRUE(recovery) << Text(job) << "\n" << recovery.error().ToString();
  const JobView back = bench.WaitClosed(recovery->row.id);
  EXPECT_EQ(back.row.result, "SUCCEEDED") << Text(job) << "\n" << Text(back);
  EXPECT_TRUE(holds(GetParam().keeps ? target : before)) << Text(back);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

namespace {

std::string PathOf(const ModelInfo& row) {
  return fmt::format("{}/tests/daemon/families/{}/traces/{}.trace", FIRMBENCH_SOURCE_DIR,
                     row.family, row.model);
}

std::string Record(BenchFixture& bench, const Family& family, const ModelInfo& row,
                   ByteView current, ByteView target) {
  TraceRecorder recorder(family);
  {
    Direct direct(bench, family, row, &recorder);
    if (!current.empty()) {
      recorder.BeginStep("read firmware");
      Must(direct.session->Read(Memory::kFirmware, {}, direct.listener));
    }
    recorder.BeginStep("write", {"TEST UNIT READY"});
    const Status written = direct.WriteAll(family, row, current, target);
    EXPECT_TRUE(written) << written.error().ToString();
    recorder.BeginStep("leave update mode", {"TEST UNIT READY"});
    EXPECT_TRUE(direct.session->LeaveUpdateMode(direct.listener));
  }
  const std::string text = recorder.Finish(row.model);
  for (const std::string& name : recorder.names()) {
    EXPECT_FALSE(name.starts_with("unnamed")) << name;
  }
  return fmt::format(
             "# SPDX-License-Identifier: Apache-2.0\n"
             "# The format stands in daemon/base/trace.h.\n"
             "# What {} sends to flash a simulated {}, recorded from the simulator with\n"
             "# synthetic contents: no real drive has been seen.\n",
             family.name(), row.model) +
         text;
}

}  // namespace

// Run with FIRMBENCH_RECORD_TRACES=1 to write the traces anew, and read the difference before
// committing it.
TEST_P(FamilySuite, TraceIsWhatIsSent) {
  if (!GetParam().trace) return;
  const auto bench = Bench();
  const ModelInfo& row = RowOf(*bench);
  const Bytes target = Target(*bench, bench->NewFirmware());
  const std::string recorded = Record(*bench, FamilyOf(*bench), row, Current(*bench), target);
  if (std::getenv("FIRMBENCH_RECORD_TRACES") != nullptr) {
    std::ofstream(PathOf(row), std::ios::binary) << recorded;
  }
  std::ifstream file(PathOf(row), std::ios::binary);
  ASSERT_TRUE(file) << PathOf(row);
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(recorded, kept.str());
}

}  // namespace firmbench::families

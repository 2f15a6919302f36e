// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/drive_soak.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/family.h"
#include "daemon/inventory/unit_desk.h"
#include "daemon/jobs/library.h"

namespace firmbench::test {
namespace {

using jobs::Kind;
using simulator::FaultKind;
using simulator::FaultSpec;
using simulator::RunState;

constexpr size_t kMostDumps = 6;

template <typename T>
void KeepNewest(std::vector<T>& list, T item) {
  list.push_back(std::move(item));
  if (list.size() > kMostDumps) list.erase(list.begin());
}

bool LiesInReads(FaultKind kind) {
  return kind == FaultKind::kNoisyRead || kind == FaultKind::kAliasedRead ||
         kind == FaultKind::kStuckRead || kind == FaultKind::kStaleRead;
}

}  // namespace

void DriveSoak::Fail(std::string why) {
  if (broken_.empty()) {
    broken_ = fmt::format("bay {:02}: {}", index_ + 1, why);
    ++tally_.broken;
  }
}

void DriveSoak::Learn(SoakBench& bench) {
  firmware_ = bench.drive(index_).FlashBytes();
  eeprom_ = bench.drive(index_).EepromBytes();
}

// Short ways into a job as often as long ones.
uint64_t DriveSoak::DrawCommands() {
  const uint64_t magnitude = Draw(14);
  return 1 + Draw(uint64_t{2} << magnitude);
}

// The same firmware with other bytes in some stretches, but where they would make it another
// model's.
Bytes DriveSoak::DrawFirmware(SoakBench& bench) {
  Bytes bytes = firmware_;
  const inventory::Snapshot drive = bench.snapshot(index_);
  const size_t stretch = bytes.size() / 64;
  const uint64_t places = 1 + Draw(6);
  for (uint64_t i = 0; i < places; ++i) {
    const Bytes before = bytes;
    const size_t at = Draw(bytes.size());
    const size_t end = std::min(bytes.size(), at + 1 + Draw(stretch));
    for (size_t k = at; k < end; ++k) bytes[k] ^= static_cast<uint8_t>(1 + Draw(255));
    if (!drive->family->CheckImage(*drive->model, bytes)) bytes = before;
  }
  return bytes;
}

DriveSoak::Job DriveSoak::DrawJob(SoakBench& bench) {
  Job job;
  job.spec.drive_id = bench.snapshot(index_)->id;
  const uint64_t dice = Draw(100);
  const uint64_t which = Draw(kMostDumps);
  const auto from = [&](const KnownDump& dump) {
    job.spec.dump_id = dump.id;
    job.target = dump.bytes;
  };
  if (dice < 35) {
    job.target = DrawFirmware(bench);
    if (auto image = jobs::AddImage(bench.ledger(), "firmware.bin", job.target, "user/anna")) {
      job.spec.kind = Kind::kFlash;
      job.spec.image_id = image->image.id;
      return job;
    }
    Fail("an image is refused");
  }
  if (dice < 52 && !firmware_dumps_.empty()) {
    job.spec.kind = Kind::kRestore;
    from(firmware_dumps_[which % firmware_dumps_.size()]);
  } else if (dice < 65 && !eeprom_dumps_.empty()) {
    job.spec.kind = Kind::kEepromRestore;
    job.memory = Memory::kEeprom;
    from(eeprom_dumps_[which % eeprom_dumps_.size()]);
  } else if (dice < 80 && !firmware_dumps_.empty()) {
    job.spec.kind = Kind::kVerify;
    const bool eeprom = Chance(30) && !eeprom_dumps_.empty();
    job.memory = eeprom ? Memory::kEeprom : Memory::kFirmware;
    const auto& dumps = eeprom ? eeprom_dumps_ : firmware_dumps_;
    from(dumps[which % dumps.size()]);
  } else {
    job.spec.kind = Kind::kBackup;
  }
  return job;
}

// Any kind but the one that makes the drive another drive.
void DriveSoak::AddFault(SoakBench& bench) {
  constexpr FaultKind kKinds[] = {
      FaultKind::kTimeout,   FaultKind::kCheckCondition, FaultKind::kShortTransfer,
      FaultKind::kDropWrite, FaultKind::kNoisyRead,      FaultKind::kAliasedRead,
      FaultKind::kStuckRead, FaultKind::kStaleRead,      FaultKind::kPowerCut,
      FaultKind::kGone,      FaultKind::kStuckStatus,    FaultKind::kIgnoreIntro,
      FaultKind::kPreempted,
  };
  const simulator::Counters counters = bench.drive(index_).counters();
  FaultSpec fault;
  fault.kind = kKinds[Draw(std::size(kKinds))];
  fault.at.command = counters.scsi_commands + counters.task_file_ops + DrawCommands();
  if (Chance(40)) {
    // In the middle of writing, if it comes to that.
    fault.at.command = 0;
    fault.at.write = counters.bytes_programmed + counters.page_writes + counters.erases +
                     counters.eeprom_writes + 1 + Draw(40);
  }
  fault.times = static_cast<uint32_t>(Draw(4));
  fault.one_in = static_cast<uint32_t>(64 << Draw(8));
  fault.window_bytes = static_cast<uint32_t>(256 << Draw(3));
  fault.percent = static_cast<uint32_t>(Draw(100));
  if (Chance(60)) fault.back_after = std::chrono::milliseconds(10 + Draw(5000));
  lying_reads_ = lying_reads_ || LiesInReads(fault.kind);
  faulty_ = true;
  ++tally_.faults;
  bench.drive(index_).AddFault(fault);
}

bool DriveSoak::Submit(SoakBench& bench, Job job) {
  auto made = bench.Submit(job.spec);
  if (!made) {
    // A drive that is well takes every job; but without a serial number a burned disc may have made
    // it a unit that nobody knows, or one of which a person has to say what it is.
    const bool nobody = bench.drive(index_).spec().serial.empty();
    const std::string& reason = made.error().reason();
    if (nobody && (reason == "DUMP_OF_ANOTHER_UNIT" || reason == "UNIT_LABEL_REQUIRED")) {
      eeprom_dumps_.clear();
      return false;
    }
    if (nobody && reason == "UNIT_AMBIGUOUS" && job.spec.kind != Kind::kBackup) {
      Job backup;
      backup.spec.drive_id = job.spec.drive_id;
      backup.spec.kind = Kind::kBackup;
      return Submit(bench, std::move(backup));
    }
    Fail(fmt::format("{} refused: {} {}", ToString(job.spec.kind), made.error().reason(),
                     made.error().message()));
    return false;
  }
  ++tally_.jobs;
  job.id = made->row.id;
  open_.push_back(job.id);
  jobs_.push_back(std::move(job));
  return true;
}

void DriveSoak::Begin(SoakBench& bench, uint64_t round) {
  std::seed_seq mixed{seed_, uint64_t{index_}, round};
  random_.seed(mixed);
  jobs_.clear();
  open_.clear();
  recovers_.clear();
  recovery_.clear();
  faulty_ = lying_reads_ = false;
  if (Chance(12)) {
    bench.drive(index_).Use();
    eeprom_ = bench.drive(index_).EepromBytes();
    bench.LookAgain(index_);
  }
  const Job job = DrawJob(bench);
  const bool fault = Chance(35);
  if (!Submit(bench, job)) return;
  if (fault) AddFault(bench);
  const uint64_t commands = DrawCommands();
  if (Chance(12)) bench.CancelAt(index_, commands, jobs_.front().id);
  // One that waits behind it, and writes nothing.
  if (Chance(15)) {
    Job second;
    second.spec.drive_id = job.spec.drive_id;
    second.spec.kind = Kind::kBackup;
    auto made = bench.Submit(second.spec);
    if (!made) return;  // the first one may have left the drive off by now
    ++tally_.jobs;
    second.id = made->row.id;
    open_.push_back(second.id);
    jobs_.push_back(std::move(second));
  }
}

void DriveSoak::Look(SoakBench& bench) {
  now_firmware_ = bench.drive(index_).FlashBytes();
  now_eeprom_ = bench.drive(index_).EepromBytes();
}

void DriveSoak::Judge(SoakBench& bench, bool restarted) {
  Look(bench);
  open_.clear();
  for (const Job& job : jobs_) {
    const auto view = bench.engine().Get(job.id);
    if (!view) return Fail("a job that was accepted is not there: " + view.error().message());
    JudgeJob(bench, job, *view, restarted);
    if (view->needs_recovery && recovers_.empty()) {
      recovers_ = view->row.id;
      cut_ = job;
    }
    if (view->row.result == "CANCELLED") ++tally_.cancelled;
  }
  if (bench.drive(index_).counters().destructive_before_write_started != 0) {
    Fail("a destructive command before WRITE_STARTED");
  }
}

void DriveSoak::JudgeJob(SoakBench& bench, const Job& job, const jobs::JobView& view,
                         bool restarted) {
  const storage::Job& row = view.row;
  if (row.result.empty()) return Fail(fmt::format("a {} is left {}", row.kind, row.state));
  if (jobs::Writes(job.spec.kind)) {
    JudgeWrite(job, row);
  } else {
    JudgeRead(bench, job, view);
  }
  const bool agreed = !restarted && bench.cancelled(job.id);
  if (agreed && row.write_started_us != 0) Fail("written although its cancel was agreed to");
  // The EEPROM is written by its own job only.
  const bool wrote_eeprom =
      jobs_.front().memory == Memory::kEeprom && jobs::Writes(jobs_.front().spec.kind);
  if (!wrote_eeprom && now_eeprom_ != eeprom_) Fail("the EEPROM changed in a " + row.kind);
  if (!wrote_eeprom && row.eeprom_check == "CHANGED" && !lying_reads_) {
    Fail("says that the EEPROM changed, and it did not");
  }
  KeepDumps(bench, view);
}

// What a job says became of the memory that it wrote.
void DriveSoak::JudgeWrite(const Job& job, const storage::Job& row) {
  const bool eeprom = job.memory == Memory::kEeprom;
  const Bytes& now = eeprom ? now_eeprom_ : now_firmware_;
  const Bytes& old = eeprom ? eeprom_ : firmware_;
  const bool is_old = now == old;
  const bool is_new = now == job.target;
  const auto claims = [&](std::string_view outcome) { return row.outcome == outcome; };
  // A read that lies can only make a job doubt what is well.
  const bool untrue = (claims("CHANGED_VERIFIED") && !is_new) || (claims("NO_EFFECT") && !is_old) ||
                      ((claims("UNCHANGED") || claims("NOT_STARTED")) && !is_old) ||
                      (row.result == "SUCCEEDED" && !is_new) ||
                      (row.write_started_us == 0 && !is_old) ||
                      (row.drive_state == "untouched" && !is_old && !is_new) ||
                      (row.drive_state == "partly_written" && (is_old || is_new) && !lying_reads_);
  if (untrue) {
    Fail(fmt::format("a {} says {} {} / {}, but the {} is {} ({} {})", row.kind, row.result,
                     row.outcome, row.drive_state, row.memory,
                     is_old   ? "the old one"
                     : is_new ? "the new one"
                              : "neither",
                     row.error_reason, row.error_message));
  }
  if (!faulty_ && row.result == "FAILED" && row.write_started_us == 0 &&
      row.error_reason != "DAEMON_STOPPED" && row.attempts == 0) {
    Fail(fmt::format("a {} without a fault fails: {} {}", row.kind, row.error_reason,
                     row.error_message));
  }
  if (eeprom && now_firmware_ != firmware_) Fail("the firmware changed in a " + row.kind);
}

void DriveSoak::JudgeRead(SoakBench&, const Job& job, const jobs::JobView& view) {
  const storage::Job& row = view.row;
  if (row.write_started_us != 0) Fail("a " + row.kind + " wrote");
  const bool wrote = jobs::Writes(jobs_.front().spec.kind);
  if (!wrote && now_firmware_ != firmware_) Fail("the firmware changed in a " + row.kind);
  if (job.spec.kind == Kind::kVerify && row.result == "SUCCEEDED") {
    const Bytes& now = job.memory == Memory::kEeprom ? now_eeprom_ : now_firmware_;
    if (now != job.target && !lying_reads_) Fail("a verify says equal, and it is not");
  }
}

// Dumps that agree are what the drive held, and can be restored later.
void DriveSoak::KeepDumps(SoakBench& bench, const jobs::JobView& view) {
  for (const std::string& id : view.dump_ids) {
    const auto dump = bench.ledger().GetDump(id);
    if (!dump) return Fail("a dump is not there: " + dump.error().message());
    if (dump->purpose != "backup" && dump->purpose != "before_write") continue;
    const auto bytes = bench.ledger().ReadBlob(dump->sha256);
    if (!bytes) return Fail("a dump cannot be read: " + bytes.error().message());
    const bool eeprom = dump->memory == "eeprom";
    const Bytes& before = eeprom ? eeprom_ : firmware_;
    const Bytes& now = eeprom ? now_eeprom_ : now_firmware_;
    if (*bytes != before && *bytes != now) {
      if (!lying_reads_ && !faulty_) Fail("a dump is not what the drive held");
      continue;
    }
    if (*bytes != before) continue;
    KeepNewest(eeprom ? eeprom_dumps_ : firmware_dumps_, {id, *bytes});
  }
}

// What a technician does with a drive that does not answer.
void DriveSoak::MendByHand(SoakBench& bench) {
  simulator::Drive& drive = bench.drive(index_);
  drive.ClearFaults();
  drive.HoldEject(false);
  drive.Plug();
  if (drive.state() == RunState::kOff) drive.RestorePower();
  if (faulty_ || drive.state() != RunState::kRun) drive.PowerCycle();
  bench.LookAgain(index_);
}

void DriveSoak::BeginRecovery(SoakBench& bench, bool with_fault) {
  open_.clear();
  recovery_.clear();
  if (!broken_.empty()) return;
  MendByHand(bench);
  if (recovers_.empty()) return;
  Job job;
  job.memory = cut_.memory;
  job.spec.kind = Kind::kRecover;
  job.spec.drive_id = bench.snapshot(index_)->id;
  job.spec.recovers = recovers_;
  job.spec.recover_to = Chance(50) ? "old" : "new";
  const bool eeprom = cut_.memory == Memory::kEeprom;
  const bool to_old = job.spec.recover_to == "old";
  job.target = !to_old ? cut_.target : eeprom ? eeprom_ : firmware_;
  if (!Submit(bench, job)) return;
  if (with_fault && Chance(20)) {
    AddFault(bench);
  } else {
    faulty_ = false;
  }
  recovery_ = jobs_.back().id;
}

void DriveSoak::EndRecovery(SoakBench& bench) {
  open_.clear();
  if (recovery_.empty() || !broken_.empty()) return;
  Look(bench);
  const auto view = bench.engine().Get(recovery_);
  if (!view) return Fail("the recovery is not there: " + view.error().message());
  const Job job = jobs_.back();
  const bool eeprom = job.memory == Memory::kEeprom;
  if (view->row.result != "SUCCEEDED") {
    if (!faulty_) {
      Fail(fmt::format("not recovered: {} {}: {}", view->row.result, view->row.error_reason,
                       view->row.error_message));
    }
    return;
  }
  if ((eeprom ? now_eeprom_ : now_firmware_) != job.target) {
    return Fail(fmt::format("the recovery to the {} one says SUCCEEDED {}, and it is not there",
                            job.spec.recover_to, view->row.outcome));
  }
  if (!eeprom && now_eeprom_ != eeprom_) return Fail("the EEPROM changed in a recovery");
  recovers_.clear();
  ++tally_.recovered;
}

void DriveSoak::JudgeEnd(SoakBench& bench) {
  if (!broken_.empty()) return;
  MendByHand(bench);
  inventory::Snapshot drive = bench.snapshot(index_);
  if (!recovers_.empty()) return Fail("not recovered in the end");
  for (const inventory::Problem& problem : drive->problems) {
    if (problem.reason == "RECOVERY_NEEDED") return Fail("still says that it needs recovery");
  }
  // After reads that disagreed a person has looked and found the drive well.
  if (!drive->quarantine.empty()) {
    const auto lifted = bench.engine().LiftQuarantine(drive->id, "looked at it", "user/anna");
    if (!lifted) return Fail("the quarantine cannot be lifted: " + lifted.error().message());
    bench.LookAgain(index_);
    drive = bench.snapshot(index_);
  }
  Look(bench);
  if (drive->condition != inventory::DriveCondition::kReady || !drive->quarantine.empty() ||
      bench.drive(index_).state() != RunState::kRun) {
    return Fail("the drive does not answer at the end");
  }
  bool sound = now_firmware_ == firmware_;
  bool own = now_eeprom_ == eeprom_;
  for (const Job& job : jobs_) {
    if (!jobs::Writes(job.spec.kind)) continue;
    (job.memory == Memory::kEeprom ? own : sound) |=
        job.target == (job.memory == Memory::kEeprom ? now_eeprom_ : now_firmware_);
  }
  if (!sound) return Fail("the firmware is neither the old nor the new one");
  if (!own) return Fail("the EEPROM is not the unit's own");
  firmware_ = now_firmware_;
  eeprom_ = now_eeprom_;
  SayWhichUnit(bench, *drive);
}

// What a person does with a drive that looks like its unit, but not enough: says so of its backup.
void DriveSoak::SayWhichUnit(SoakBench& bench, const inventory::DriveSnapshot& drive) {
  if (drive.unit.verdict == inventory::UnitVerdict::kKnown) unit_ = drive.unit.unit_id;
  if (drive.unit.verdict != inventory::UnitVerdict::kAmbiguous) return;
  const auto backup = std::ranges::find(eeprom_dumps_, eeprom_, &KnownDump::bytes);
  if (backup == eeprom_dumps_.end()) return;
  const auto said = inventory::UnitDesk(bench.ledger(), bench.inventory())
                        .Attribute(backup->id, "unit", unit_, "by its sticker", "user/anna");
  if (!said) return Fail("nobody may say which unit it is: " + said.error().message());
  unit_ = said->id;
  bench.LookAgain(index_);
  if (bench.snapshot(index_)->unit.unit_id != unit_)
    Fail("it is not the unit that it was said to be");
}

}  // namespace firmbench::test

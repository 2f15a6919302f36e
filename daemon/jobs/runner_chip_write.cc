// SPDX-License-Identifier: Apache-2.0
// Writing and erasing the chip in a drive's socket (chip_plan.h). From entering to leaving nothing
// returns early.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/dump_record.h"
#include "daemon/jobs/gate_opening.h"
#include "daemon/jobs/runner.h"
#include "daemon/jobs/samples.h"

namespace firmbench::jobs {
namespace {

// Writing again after a failed write costs wear, not data: what undoes it is stored.
constexpr int kChipWriteAttempts = 3;

}  // namespace

Status Runner::WorkOnChipWrite() {
  RETURN_IF_ERROR(journal_.Enter(State::kDumping));
  RETURN_IF_ERROR(BeginStep(StepId::kEnter));
  ASSIGN_OR_RETURN(OpenChip chip, OpenProgrammer(drive_, silent_));
  RETURN_IF_ERROR(chip.programmer->Enter(*this));
  const Status ready = FailStep(ReadyChip(chip));
  if (ready && write_started_) {
    write_status_ = WriteChip(chip);
    ReadBackChip(chip);
  }
  LeaveChip(chip);
  return ready;
}

// Is the drive still the one that the plan was made for? Whose chip it holds, nobody asks.
Status Runner::CheckProgrammer() {
  const inventory::DriveSnapshot& drive = *drive_.snapshot;
  if (drive.condition == inventory::DriveCondition::kGone) {
    return FailedPrecondition("DRIVE_GONE", "the drive is not attached any more")
        .WithRemedy("attach it to the same port again");
  }
  const bool same = drive.model != nullptr && model().model == job_->row().model &&
                    (job_->row().attempts != 0 || drive.etag == job_->plan().etag);
  if (same) return Ok();
  return Aborted("TARGET_CHANGED", "the drive changed after the plan was made")
      .WithRemedy("look at the drive and make a new plan");
}

// Everything up to the first destructive command; without write_started_ there was nothing to do.
Status Runner::ReadyChip(OpenChip& chip) {
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged));
  const auto named = families::FindChipFacts(job_->plan().spec.chip_part);
  if (!named) return Internal("CHIP_UNKNOWN", "the plan names a part that is not in the table");
  RETURN_IF_ERROR(ReadChipTwice(chip, named->size_bytes));
  RETURN_IF_ERROR(StoreChip(named->part));
  firmware_before_ = chip_reads_.front();
  RETURN_IF_ERROR(IdentifyStoredChip(chip));
  RETURN_IF_ERROR(ArmChip(chip));
  return write_plan_.units.empty() ? Ok() : PassPointOfNoReturn();
}

// Only now, because a page-write part may take the cycles that ask for its ids for data. A dump of
// a chip that answers as another part is nobody's, and says so.
Status Runner::IdentifyStoredChip(OpenChip& chip) {
  RETURN_IF_ERROR(BeginStep(StepId::kIdentifyChip));
  const JobSpec& spec = job_->plan().spec;
  auto found = AskChip(chip, static_cast<uint32_t>(firmware_before_.size()));
  const Status suits = found ? CheckChip(spec, *found) : Status(found.error());
  const bool named = found && suits.has_value();
  RETURN_IF_ERROR(Commit([&](storage::Transaction& tx) -> Status {
    auto fact = JobFact(job_->row(), "chip.identify", job_->row().principal,
                        suits ? "ok" : suits.error().reason());
    fact.details.emplace_back("named", spec.chip_part);
    fact.details.emplace_back("board_mv", fmt::format("{}", spec.board_mv));
    if (found) fact.details.emplace_back("found", found->part);
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    if (named) return Ok();
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = stored_.front().dump.id,
                                 .kind = "unidentified",
                                 .unit_id = {},
                                 .principal = job_->row().principal,
                                 .reason = suits.error().message(),
                                 .created_us = tx.now_us()});
  }));
  RETURN_IF_ERROR(suits);
  chip_ = std::move(*found);
  return EndStep(Outcome::kUnchanged, AnsweredText(*chip_));
}

Status Runner::ArmChip(OpenChip& chip) {
  RETURN_IF_ERROR(BeginStep(StepId::kArm));
  RETURN_IF_ERROR(CompareChipSamples(chip));
  ASSIGN_OR_RETURN(target_, ComposeChip(job_->plan().spec, *chip_, payload_));
  ASSIGN_OR_RETURN(write_plan_, chip.programmer->PlanWrite(firmware_before_, target_));
  RETURN_IF_ERROR(chip.programmer->CheckWrite(firmware_before_, target_));
  if (write_plan_.units.empty()) {
    return EndStep(Outcome::kUnchanged, "the chip already holds these bytes, nothing to write");
  }
  RETURN_IF_ERROR(
      EndStep(Outcome::kUnchanged,
              fmt::format("{} {} differ, {} erases, {} bytes to program", write_plan_.units.size(),
                          chip_->page_write ? "pages" : "erase units", write_plan_.erases,
                          write_plan_.bytes_to_program)));
  RETURN_IF_ERROR(HoldOn());
  return journal_.Enter(State::kArmed);
}

// The chip in front of us must be the one that was dumped.
Status Runner::CompareChipSamples(OpenChip& chip) {
  for (const families::ByteRange& range : SampleRanges(firmware_before_)) {
    Bytes now(range.length);
    RETURN_IF_ERROR(chip.programmer->ReadAt(range.offset, now));
    if (!std::equal(now.begin(), now.end(), firmware_before_.begin() + range.offset)) {
      return Aborted("TARGET_CHANGED",
                     fmt::format("the chip at {:#x} is not what was stored", range.offset))
          .WithRemedy("nothing was written; check the chip's seat in the socket, then start again");
    }
  }
  return Ok();
}

Status Runner::WriteChip(OpenChip& chip) {
  RETURN_IF_ERROR(BeginStep(StepId::kWrite));
  const auto size = static_cast<uint32_t>(target_.size());
  families::WriteReport report;
  Bytes current = firmware_before_;
  Status status;
  for (int attempt = 1; attempt <= kChipWriteAttempts; ++attempt) {
    {
      const GateOpening open(*chip.handles.gate, inventory::GateLevel::kOpen);
      status = chip.programmer->Write(write_plan_, current, target_, report, *this);
    }
    if (status || attempt == kChipWriteAttempts || status.error().reason() == "CHIP_PROTECTED") {
      break;
    }
    log::Warn("a chip's write failed, trying again from what it holds", "job", job_->row().id,
              "attempt", attempt, "reason", status.error().reason());
    auto now = chip.programmer->Read(size, {}, *this);
    if (!now || !AskChip(chip, size)) break;
    current = std::move(*now);
    auto again = chip.programmer->PlanWrite(current, target_);
    if (!again) break;
    write_plan_ = std::move(*again);
  }
  if (!status) return FailStep(status);
  Tolerate(EndStep(Outcome::kChangedUnverified,
                   fmt::format("{} bytes programmed, {} erases, {} pages written again",
                               report.bytes_programmed, report.erases, report.page_retries)),
           "note the write");
  return Ok();
}

// In the same stay, for a drive whose chip holds no firmware of its own may not come in again; byte
// by byte from the chip's bus, so that no buffer is in between.
void Runner::ReadBackChip(OpenChip& chip) {
  Tolerate(journal_.Enter(State::kReadback), "enter READBACK");
  const Status begun = BeginStep(StepId::kReadBack);
  const auto after = [&]() -> Result<Bytes> {
    RETURN_IF_ERROR(begun);
    return chip.programmer->Read(static_cast<uint32_t>(target_.size()), WayOfChipRead(1), *this);
  }();
  ConcludeChip(after);
}

// The outcome follows from what was read, and from nothing else.
void Runner::ConcludeChip(const Result<Bytes>& after) {
  const JobSpec& spec = job_->plan().spec;
  const std::string again = ChipRemedy(spec, std::string(model().model), stored_.front().dump.id);
  if (!after) {
    outcome_ = write_status_ ? Outcome::kChangedUnverified : Outcome::kUnknown;
    verdict_ = Unavailable("READBACK_FAILED",
                           "the chip could not be read back: " + after.error().message())
                   .WithRemedy(again)
                   .WithDriveState(DriveState::kUnknown);
    FailStep(*verdict_).IgnoreError("the verdict carries it");
    return;
  }
  if (*after == target_) {
    outcome_ = Outcome::kChangedVerified;
  } else if (*after == firmware_before_) {
    outcome_ = Outcome::kNoEffect;
    verdict_ = FailedPrecondition("WRITE_NO_EFFECT", "the chip still holds what it held before")
                   .WithRemedy("nothing is lost; `firmbench job show` has the details");
  } else {
    outcome_ = Outcome::kChangedUnverified;
    verdict_ = DataLoss("WRITE_MISMATCH",
                        "what was read back is neither the old nor the new content of the chip")
                   .WithRemedy(again)
                   .WithDriveState(DriveState::kPartlyWritten);
  }
  Tolerate(StoreChipReadBack(*after), "store the read-back");
  Tolerate(EndStep(outcome_, "SHA-256 " + Sha256Hex(*after)), "note the read-back");
}

Status Runner::StoreChipReadBack(ByteView bytes) {
  const storage::Job job = job_->row();
  return Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(jobs::StoreDump(tx, Memory::kFirmware, bytes,
                                    {.job = job,
                                     .drive = *drive_.snapshot,
                                     .revision = {},
                                     .purpose = "readback",
                                     .agreeing_reads = 1,
                                     .unit_id = {},
                                     .chip_part = chip_->part}));
    return Ok();
  });
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
// Jobs on the chip in a drive's socket (chip_plan.h). From entering to leaving nothing returns
// early.
#include <fmt/format.h>

#include "daemon/base/hash.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/dump_record.h"
#include "daemon/jobs/gate_opening.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {
namespace {

uint32_t ExpectedSize(const JobSpec& spec, ByteView payload) {
  if (const auto named = families::FindChipFacts(spec.chip_part)) return named->size_bytes;
  return static_cast<uint32_t>(payload.size());
}

}  // namespace

Status Runner::WorkOnChip() {
  const Kind kind = job_->plan().spec.kind;
  if (Writes(kind)) RETURN_IF_ERROR(CheckProgrammer());
  if (InPlan(StepId::kPowerCycle)) RETURN_IF_ERROR(SwitchOffAndOn());
  if (Writes(kind)) return WorkOnChipWrite();
  RETURN_IF_ERROR(journal_.Enter(kind == Kind::kChipVerify ? State::kReadback : State::kDumping));
  RETURN_IF_ERROR(BeginStep(StepId::kEnter));
  ASSIGN_OR_RETURN(OpenChip chip, OpenProgrammer(drive_, silent_));
  RETURN_IF_ERROR(chip.programmer->Enter(*this));
  const Status used = FailStep(UseChip(chip));
  LeaveChip(chip);
  RETURN_IF_ERROR(used);
  if (kind == Kind::kChipVerify) return CompareChip();
  return kind == Kind::kChipRead ? StoreChip(chip_->part) : Ok();
}

Status Runner::UseChip(OpenChip& chip) {
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged));
  RETURN_IF_ERROR(BeginStep(StepId::kIdentifyChip));
  const JobSpec& spec = job_->plan().spec;
  ASSIGN_OR_RETURN(chip_, AskChip(chip, ExpectedSize(spec, payload_)));
  RETURN_IF_ERROR(CheckChip(spec, *chip_));
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged, AnsweredText(*chip_)));
  return InPlan(StepId::kReadFirmware) ? ReadChipTwice(chip, chip_->size_bytes) : Ok();
}

Result<families::ChipFacts> Runner::AskChip(OpenChip& chip, uint32_t expected_size_bytes) {
  const GateOpening identify(*chip.handles.gate, inventory::GateLevel::kChipIdentify);
  return chip.programmer->Identify(expected_size_bytes);
}

Status Runner::ReadChipTwice(OpenChip& chip, uint32_t size_bytes) {
  for (int i = 0; i < kFirmwareReads; ++i) {
    RETURN_IF_ERROR(BeginStep(StepId::kReadFirmware, i));
    ASSIGN_OR_RETURN(Bytes read, chip.programmer->Read(size_bytes, WayOfChipRead(i), *this));
    RETURN_IF_ERROR(EndStep(Outcome::kUnchanged, "SHA-256 " + Sha256Hex(read)));
    chip_reads_.push_back(std::move(read));
  }
  return Ok();
}

// That the drive does not come back says nothing of the chip: it may hold no firmware of this
// drive.
void Runner::LeaveChip(OpenChip& chip) {
  const Status begun = BeginStep(StepId::kReset);
  const Status left = chip.programmer->Leave(*this);
  if (!begun) return;
  Tolerate(EndStep(Outcome::kUnchanged,
                   left ? std::string()
                        : "the drive does not answer with this chip: " + left.error().message()),
           "note the reset");
}

Status Runner::StoreChip(const std::string& part) {
  RETURN_IF_ERROR(BeginStep(StepId::kCommitDumps));
  const char* const purpose = writing_chip() ? "before_write" : "backup";
  const bool agree = chip_reads_.front() == chip_reads_.back();
  RETURN_IF_ERROR(Commit([&](storage::Transaction& tx) -> Status {
    stored_.clear();
    const size_t kept = agree ? 1 : chip_reads_.size();
    for (size_t i = 0; i < kept; ++i) {
      const storage::Job job = job_->row();
      ASSIGN_OR_RETURN(storage::Dump dump,
                       jobs::StoreDump(tx, Memory::kFirmware, chip_reads_[i],
                                       {.job = job,
                                        .drive = *drive_.snapshot,
                                        .revision = {},
                                        .purpose = agree ? purpose : "disagreeing",
                                        .agreeing_reads = agree ? kFirmwareReads : 1,
                                        .unit_id = {},
                                        .chip_part = part}));
      stored_.push_back({std::move(dump), chip_reads_[i]});
    }
    auto fact = JobFact(job_->row(), agree ? "dump.commit" : "dump.disagree", job_->row().principal,
                        agree ? "ok" : "READS_DISAGREE");
    for (const Stored& stored : stored_) {
      fact.details.emplace_back(stored.dump.memory, stored.dump.sha256);
    }
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  RETURN_IF_ERROR(ReadBackFromLedger());
  if (!agree) {
    return FailedPrecondition("READS_DISAGREE", "two reads of the chip are not the same")
        .WithRemedy("both are kept; check the chip's seat in the socket, then read it again");
  }
  RETURN_IF_ERROR(journal_.Enter(State::kDumpCommitted));
  RETURN_IF_ERROR(CheckCopied());
  return EndStep(Outcome::kUnchanged, "stored as a chip's dump and read back");
}

Status Runner::CompareChip() {
  RETURN_IF_ERROR(BeginStep(StepId::kCompare));
  if (chip_reads_.front() != chip_reads_.back()) {
    return FailedPrecondition("READS_DISAGREE", "two reads of the chip are not the same")
        .WithRemedy("check the chip's seat in the socket, then try again");
  }
  const Bytes& now = chip_reads_.front();
  ASSIGN_OR_RETURN(const Bytes expected, ComposeChip(job_->plan().spec, *chip_, payload_));
  if (now == expected) return EndStep(Outcome::kUnchanged, "identical, SHA-256 " + Sha256Hex(now));
  size_t differing = 0;
  for (size_t i = 0; i < now.size(); ++i) differing += now[i] != expected[i] ? 1 : 0;
  return FailedPrecondition("VERIFY_MISMATCH",
                            fmt::format("{} of {} bytes differ", differing, now.size()))
      .WithRemedy(
          "`firmbench chip read` keeps what it holds; `firmbench dump compare` shows where");
}

}  // namespace firmbench::jobs

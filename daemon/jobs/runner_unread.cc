// SPDX-License-Identifier: Apache-2.0
// Firmware that can be written and not read: what undoes the write comes from the ledger, and what
// became of it is judged by what the drive calls itself, never by a command's status alone.
#include <fmt/format.h>

#include "daemon/base/hash.h"
#include "daemon/images/image_report.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {

// Promise 1 for a memory that nobody can dump.
Status Runner::CheckUndoStored() {
  const std::string& sha256 = job_->plan().undo_sha256;
  if (sha256.empty()) {
    return EndStep(Outcome::kUnchanged,
                   "nothing can undo this write: " + job_->plan().spec.override_reason);
  }
  ASSIGN_OR_RETURN(const Bytes undo, services_.ledger.ReadBlob(sha256));
  if (Sha256Hex(undo) != sha256) {
    return DataLoss("DUMP_NOT_READ_BACK", "the ledger does not give back what undoes the write")
        .WithRemedy("check the disk; `firmbench audit verify` checks the whole ledger");
  }
  RETURN_IF_ERROR(family().CheckUndo(model(), drive_.snapshot->identity, undo));
  return EndStep(Outcome::kUnchanged, "what undoes the write was read back, SHA-256 " + sha256);
}

void Runner::CheckRevision() {
  Tolerate(journal_.Enter(State::kReadback), "enter READBACK");
  const Status begun = BeginStep(StepId::kCheckRevision);
  JudgeByRevision(begun ? AskAgain() : begun);
  if (verdict_) {
    FailStep(*verdict_).IgnoreError("the verdict carries it");
    return;
  }
  const std::string note = fmt::format("the drive calls itself {}", revision_);
  Tolerate(EndStep(outcome_, witness_.empty() ? note : note + "; " + witness_),
           "note the revision");
}

void Runner::JudgeByRevision(const Status& asked) {
  const std::string wanted = families::RecogniseImage(target_).revision;
  const bool refused =
      !write_status_ && write_status_.error().drive_state() == DriveState::kUntouched;
  outcome_ = Outcome::kUnknown;
  if (!asked || silent_) {
    const Error why =
        asked ? not_back_.value_or(Unavailable("DRIVE_NOT_BACK", "no answer")) : asked.error();
    verdict_ = Unavailable("READBACK_FAILED",
                           "after the write the drive does not say who it is: " + why.message())
                   .WithRemedy(
                       "do not unplug the drive before you know its state: firmbench job "
                       "recover jobs/" +
                       RootJob(job_->row()))
                   .WithDriveState(DriveState::kUnknown);
  } else if (refused && revision_ == drive_.snapshot->identity.revision) {
    outcome_ = Outcome::kNoEffect;
    verdict_ = write_status_.error();
  } else if (!write_status_) {
    verdict_ = Error(write_status_.error()).WithDriveState(DriveState::kUnknown);
  } else if (revision_ != wanted) {
    verdict_ =
        FailedPrecondition(
            "WRITE_NOT_SEEN",
            fmt::format("the drive took all of revision {} and calls itself {}", wanted, revision_))
            .WithRemedy("switch the drive off and on and look at it again")
            .WithDriveState(DriveState::kUnknown);
  } else {
    outcome_ = Outcome::kChangedUnverified;
    verdict_ = not_back_;
  }
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a start of the daemon does with one job that an earlier process left in the middle: it looks
// at the drive and not only at the journal, and either lets the job begin again or closes it with
// what is true. Nothing is written to any memory of the drive. Lane-only; an object serves one job.

#include <optional>
#include <string>

#include "daemon/jobs/cut_job.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {

// A job that was stopped so often in a row before it wrote anything is not begun again by itself.
inline constexpr int64_t kMostAttempts = 3;

class Reconciler final : private families::Observer {
 public:
  // `drive` is nullopt when its port is empty now.
  Reconciler(const Services& services, storage::Job left,
             std::optional<inventory::DriveBinding> drive)
      : services_(services), row_(std::move(left)), drive_(std::move(drive)) {}

  enum class Next : uint8_t { kClosed, kBeginAgain };
  // LEDGER_* when what is true could not be written down.
  Result<Next> Run();
  const storage::Job& row() const { return row_; }

 private:
  // What was seen of the drive.
  struct Seen {
    std::optional<Bytes> memory;  // the one that the job wrote
    std::optional<Bytes> eeprom;  // of a firmware job
    std::string why_not;          // when `memory` is empty
    std::string chip_part;        // when the memory is of a chip in the socket
  };

  void BringBack();
  bool answers() const;
  Result<Next> DecideUntouched();
  Status CloseUntouched(JobResult result, std::string reason, std::string message,
                        std::string remedy);
  Status CloseWritten();
  bool writes_chip() const { return inventory::WroteChip(row_); }
  std::string Remedy(const Result<CutJob>& cut) const;
  Seen Look(const CutJob& cut);
  Seen LookAtChip(const CutJob& cut, const inventory::DriveBinding& drive);
  void Judge(const CutJob& cut, const Seen& seen);
  void JudgeBoth(const CutJob& cut, const Seen& seen);
  void JudgeEeprom(const CutJob& cut, const Seen& seen);
  Status Store(const Seen& seen);
  Status StoreSeen(storage::Transaction& tx, const Seen& seen) const;

  // families::Observer: nobody stands ready while the daemon starts.
  void Progress(uint64_t, uint64_t) override {}
  Status Prompt(const families::PromptRequest&) override;
  bool cancelled() const override { return false; }

  const Services services_;
  storage::Job row_;
  std::optional<inventory::DriveBinding> drive_;
  std::string note_;  // for the step that looks
};

}  // namespace firmbench::jobs

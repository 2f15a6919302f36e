// SPDX-License-Identifier: Apache-2.0
#pragma once

// Carries one job out on its drive's lane, from PREFLIGHT to CLOSED. It alone moves the gate, and
// only it decides what the outcome was: by what was read back, never by a command's status.
// Lane-only; an object serves one job. Nothing in here aborts the process.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/trace_recording.h"
#include "daemon/inventory/inventory.h"
#include "daemon/jobs/journal.h"
#include "daemon/jobs/open_drive.h"
#include "daemon/jobs/power_guard.h"
#include "daemon/jobs/progress_meter.h"
#include "daemon/jobs/second_copy.h"
#include "storage/spill.h"

namespace firmbench::jobs {

// What every job of a bench shares. References outlive the runner.
struct Services {
  storage::Ledger& ledger;
  inventory::Inventory& inventory;
  WatchHub& hub;
  Clock& clock;
  PowerGuard* power = nullptr;         // what keeps the PC awake under a write; may be nullptr
  std::string finish_cut_writes = {};  // "old", "new": brought back without being asked; "" never
  std::string spill_folder = {};  // where a write keeps what the ledger cannot take; "" for nowhere
  SecondCopy* second_copy = nullptr;  // nullptr: there is none
  // Where one person works alone: who asked for a job may approve it, this long after asking.
  std::optional<Nanos> solo_wait = {};
};

class Runner final : private families::Observer {
 public:
  Runner(const Services& services, std::shared_ptr<LiveJob> job, inventory::DriveBinding binding);
  ~Runner() override;

  void Run();

 private:
  // A dump that was stored by this job.
  struct Stored {
    storage::Dump dump;
    Bytes bytes;
  };

  // runner.cc: the way of a job, and its end.
  Status Work();
  Status WorkOnFirmware();
  Status UpdateFirmware();
  Status WorkOnEeprom();
  Status ArmEeprom(const Bytes& target);
  Status CheckDrive();
  bool IsAsPlanned() const;
  Status CheckTarget(OpenDrive& open);
  void Close(const Status& status);
  void PutBack();
  const Error* WhyFailed(const Status& status) const;
  DriveState KnownState() const;
  void StoreQuarantine();
  void KeepTrace();

  // runner_convert.cc: jobs that write both memories.
  Status Convert();
  Status ConvertFirmware();
  Status RecoverBoth();
  Status RecoverEeprom();
  Status ReadEepromLate();
  Status CheckBootPlanned() const;
  void Checkpoint();
  void EndHalfway(const Status& why);
  Error HalfDone(const std::string& why) const;
  bool MayCallItself(const scsi::Identity& identity) const;
  void TakeModelOf(const scsi::Identity& identity);

  // runner_recover.cc: drives that do not answer, or not as they did.
  bool recovering() const { return job_->plan().spec.kind == Kind::kRecover; }
  Status FindCutDrive();
  Status SwitchOffAndOn();
  Status LookAgain();
  Status CheckCutDump();
  Status CheckRemains();
  void LiftQuarantines();

  // runner_probe.cc: questions that cannot write.
  Status Probe();

  // runner_chip.cc: the chip in the drive's socket.
  Status WorkOnChip();
  Status UseChip(OpenChip& chip);
  Result<families::ChipFacts> AskChip(OpenChip& chip, uint32_t expected_size_bytes);
  Status ReadChipTwice(OpenChip& chip, uint32_t size_bytes);
  void LeaveChip(OpenChip& chip);
  Status StoreChip(const std::string& part);
  Status CompareChip();

  // runner_chip_write.cc: and what is written into it.
  bool writing_chip() const { return WritesChip(job_->plan().spec.kind); }
  Status WorkOnChipWrite();
  Status CheckProgrammer();
  Status ReadyChip(OpenChip& chip);
  Status IdentifyStoredChip(OpenChip& chip);
  Status ArmChip(OpenChip& chip);
  Status CompareChipSamples(OpenChip& chip);
  Status WriteChip(OpenChip& chip);
  void ReadBackChip(OpenChip& chip);
  void ConcludeChip(const Result<Bytes>& after);
  Status StoreChipReadBack(ByteView bytes);

  // runner_read.cc: dumps.
  Status DumpMemories();
  Result<Bytes> ReadAgreeing(Memory memory, std::optional<StepId> step, int reads);
  Status KeepDisagreeing(Memory memory, const std::vector<Bytes>& reads);
  Status CommitDumps();
  Result<std::string> ResolveUnit(storage::Transaction& tx);
  Status StoreDump(storage::Transaction& tx, Memory memory, ByteView bytes,
                   const std::string& purpose, int64_t reads, const std::string& unit_id);
  Status ReadBackFromLedger();
  Status CheckCopied();
  Status Verify();

  // runner_unread.cc: firmware that can be written and not read.
  bool unread() const { return job_->plan().unread; }
  Status CheckUndoStored();
  void CheckRevision();
  void JudgeByRevision(const Status& asked);

  // runner_write.cc: everything behind DUMP_COMMITTED.
  Status ArmFirmware();
  Status Arm();
  Status HoldOn();
  Status CompareSamples();
  Status PassPointOfNoReturn();
  Status WriteFirmware();
  Status WriteEeprom();
  void ResetDrive();
  void ReadBackFirmware();
  Status AskAgain();
  void CheckEepromAfter();
  void ReadBackEeprom();
  Result<Bytes> ReadEepromAgain(const Status& begun);
  void JudgeEeprom(ByteView expected, ByteView after);
  void Conclude(const Result<Bytes>& after, ByteView before, ByteView target);
  std::string WrittenBack(ByteView after);

  // Small things.
  // Past WRITE_STARTED the spill file takes what the ledger cannot.
  Status Commit(const Journal::TransactionPart& change);
  Result<OpenDrive> Open() { return OpenFresh(drive_, silent_); }
  Status BeginStep(StepId id, int occurrence = 0);
  // For steps that a job may do for each memory.
  Status BeginStep(StepId id, Memory memory);
  Status OpenStep(size_t index);
  Status EndStep(Outcome outcome, const std::string& note = {});
  Status StoreStep(Outcome outcome, const std::string& note);
  Status FailStep(const Status& status);
  void Tolerate(const Status& status, const char* what);
  const families::ModelInfo& model() const { return *drive_.snapshot->model; }
  const families::Family& family() const { return *drive_.snapshot->family; }
  bool InPlan(StepId id) const;

  // families::Observer
  void Progress(uint64_t done_bytes, uint64_t total_bytes) override;
  Status Prompt(const families::PromptRequest& request) override;
  Status PromptWhile(const families::PromptRequest& request,
                     const std::function<Status()>& work) override;
  // Shows the prompt; the scripted operator, if there is one, has acted and answered afterwards.
  Result<OpenPrompt> ShowPrompt(const families::PromptRequest& request);
  bool cancelled() const override;

  Services services_;
  std::shared_ptr<LiveJob> job_;
  inventory::DriveBinding drive_;
  std::unique_ptr<storage::Spill> spill_;  // from ARMED on
  std::unique_ptr<PowerHold> power_;       // from ARMED on
  Journal journal_;
  ProgressMeter meter_;
  const std::shared_ptr<TraceRecording> recording_;  // of all that is sent to the drive
  storage::JobStep step_;
  bool step_open_ = false;

  std::string revision_;       // of the firmware that runs now, as the drive says it
  std::optional<CutJob> cut_;  // what a recovery brings back
  bool silent_ = false;        // the drive does not answer as a drive
  bool alone_ = false;         // the operator said that no other drive is on the cable
  Bytes payload_;              // of the image or dump the job uses
  Bytes eeprom_before_;        // agreed; empty when not read
  Bytes firmware_before_;
  std::vector<Stored> stored_;
  std::optional<families::ChipFacts> chip_;  // as it answered; jobs on a chip only
  std::vector<Bytes> chip_reads_;
  std::optional<OpenDrive> update_;  // the descriptors that hold the drive in update mode
  Bytes target_;
  Bytes eeprom_goal_;  // where both memories are written: what the EEPROM shall hold at the end
  bool other_written_ = false;  // of two memories one was written and verified
  families::WritePlan write_plan_;
  bool write_started_ = false;
  Status write_status_;
  std::string witness_;  // what the drive said after the write that speaks for it
  Outcome outcome_ = Outcome::kNotStarted;
  std::optional<EepromCheck> eeprom_check_;
  std::optional<Error> not_back_;  // why the drive does not answer after the write
  std::optional<Error> verdict_;   // what went wrong after the write began
};

}  // namespace firmbench::jobs

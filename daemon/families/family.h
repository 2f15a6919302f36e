// SPDX-License-Identifier: Apache-2.0
#pragma once

// The contract of a drive family: one protocol, its models as rows, and a session on one drive.
// Adding one is a folder here, its tests and a line in CMakeLists.txt; elsewhere it is a string.
//
// A Family is immutable and may be called from any thread. A Session is lane-only: it belongs to
// the lane that opened it, and everything it sends passes the engine's gate. A Session never opens
// the gate, never decides whether something may be written, and keeps no state across jobs.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ata/rules.h"
#include "daemon/ata/task_file.h"
#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/base/words.h"
#include "daemon/families/model_info.h"
#include "daemon/scsi/identity.h"
#include "daemon/scsi/rules.h"
#include "daemon/scsi/transport.h"

namespace firmbench::images {
struct ImageReport;
}  // namespace firmbench::images

namespace firmbench::families {

// The ways to a drive that this bench has.
struct Connection {
  bool scsi = false;       // SCSI commands: SG_IO, PACKET
  bool task_file = false;  // ATA registers: IDE ports or a bridge that gives them
  bool simulated = false;  // nothing here can harm hardware: hypothetical commands may be tried
  bool cable = false;      // an IDE cable, on which a second, dead drive may be that never answers
  bool sat = false;        // the kernel's ATA layer takes ATA commands as SCSI commands (SAT)
};

// Yes or no for one operation on one memory, with the reason a person reads.
struct Ability {
  bool possible = false;
  Evidence evidence = Evidence::kHypothetical;
  std::string why;         // "through vendor mode (op 00)"; for a no: what is missing
  std::string would_help;  // for a no: which connection or evidence would help; may be empty
};
struct MemoryAbilities {
  Memory memory = Memory::kFirmware;
  uint32_t size_bytes = 0;
  Ability read;
  Ability flash;    // write a new image
  Ability restore;  // write back this unit's own dump
};

// What the operator has to do with the drive, and how long we wait for it.
struct PromptRequest {
  // Stable: "hold_eject", "release_eject", "power_cycle", "confirm_alone", "confirm_model".
  std::string kind;
  std::string text;  // one sentence for the person at the bench
  Nanos timeout = std::chrono::minutes(2);
};

// What a session tells while it works. Lane-only.
class Observer {
 public:
  virtual ~Observer() = default;
  // `done` never decreases within one call of the session; total is not 0.
  virtual void Progress(uint64_t done_bytes, uint64_t total_bytes) = 0;
  // Waits for the operator: PROMPT_EXPIRED, JOB_CANCELLED.
  virtual Status Prompt(const PromptRequest& request) = 0;
  // Shows the prompt with the time that is left while `work` keeps trying by itself, and withdraws
  // it when `work` returns; its result is that of `work`, which ends early when cancelled() says
  // so. Whoever cannot show and work at once asks first.
  virtual Status PromptWhile(const PromptRequest& request, const std::function<Status()>& work) {
    RETURN_IF_ERROR(Prompt(request));
    return work();
  }
  // True when the job was cancelled and may still be: read loops stop with JOB_CANCELLED.
  virtual bool cancelled() const = 0;
};

enum class ReadOrder : uint8_t { kAscending, kDescending };
struct ReadPlan {
  ReadOrder order = ReadOrder::kAscending;
  uint32_t chunk_bytes = 0;  // 0: the family's own choice
};

// The chip as it identified itself in update mode.
struct ChipIdentity {
  uint16_t manufacturer = 0;
  uint16_t device = 0;
  std::string part;  // empty when the table has no such part
  uint32_t size_bytes = 0;
};

// What a write will do, computed from the bytes that are there and the bytes that shall be. Where
// the memory cannot be read, or the drive takes it only whole, one unit is all of it.
struct WritePlan {
  Memory memory = Memory::kFirmware;
  std::vector<ByteRange> units;  // erase units (or pages) that differ, in writing order
  bool in_update_mode = true;    // false: written while the drive runs, so EnterUpdateMode is
                                 // not called (the EEPROM of Lite-On drives)
  bool touches_boot = false;     // a unit holds bytes of the boot part: the plan must say so
  uint64_t bytes_to_program = 0;
  uint32_t erases = 0;
  Nanos estimate{0};  // busy times by the chip's row plus the prescribed waits
};

// What a write did, whether it ended well or not.
struct WriteReport {
  uint64_t bytes_programmed = 0;
  uint32_t erases = 0;
  uint32_t page_retries = 0;  // pages that had to be written again after their verify
};

class Session {
 public:
  virtual ~Session() = default;

  // Reads all of one memory. May change the drive's mode, and then puts it back: after the call
  // the drive answers as before it. Errors: MEMORY_NOT_READABLE, VENDOR_MODE_NOT_ENTERED,
  // READ_UNSTABLE, SHORT_TRANSFER, JOB_CANCELLED and the transport's own.
  virtual Result<Bytes> Read(Memory memory, const ReadPlan& plan, Observer& observer) = 0;

  // Brings the drive into the mode in which its flash can be written; prompts where hands are
  // needed. Changes no memory. VENDOR_MODE_NOT_ENTERED, SECOND_DRIVE_ON_CHANNEL.
  virtual Status EnterUpdateMode(Observer& observer) = 0;

  // In update mode: bytes of the firmware as the chip holds them now. MEMORY_NOT_READABLE.
  virtual Status ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) = 0;

  // In update mode, with the gate at chip identification or wider: CHIP_NOT_ANSWERING,
  // CHIP_UNKNOWN (with the two ids as metadata), CHIP_NOT_AS_EXPECTED when the row names a part
  // with evidence and this is another one, or when the size is another one. The session remembers
  // the part: Write of the firmware refuses until it was identified. A drive that writes its own
  // flash shows no chip: an identity without part, and nothing is sent.
  virtual Result<ChipIdentity> IdentifyChip() { return ChipIdentity{}; }

  // In update mode, the chip identified, the gate closed: CHIP_BOOT_LOCKED when the part says that
  // it would not take what this write changes. Sends nothing.
  virtual Status CheckWrite(ByteView /*current*/, ByteView /*target*/) { return Ok(); }

  // In update mode, gate open: makes the memory equal `target` where `plan` says so, verifying
  // page by page where the way to it allows that. `current` is what the memory holds now, empty
  // when it cannot be read. On error the drive state is kUntouched when nothing was taken, else
  // kPartlyWritten or kUnknown. WRITE_VERIFY_FAILED, CHIP_TIMEOUT, CHIP_PROTECTED. `report` is
  // filled in either way.
  virtual Status Write(const WritePlan& plan, ByteView current, ByteView target,
                       WriteReport& report, Observer& observer) = 0;

  // Leaves update mode, resets the drive and waits until it answers as a drive again. Prompts
  // where new firmware starts only with the power. DRIVE_NOT_BACK when it does not answer in time.
  virtual Status LeaveUpdateMode(Observer& observer) = 0;

  // After that: what the drive said of itself that speaks for the write, for people; or "".
  virtual std::string Witness() const { return {}; }

  // Brings back a drive that somebody else left in whatever mode: ends update mode, resets it and
  // waits at most `limit` until it answers as a drive. Touches no memory. DRIVE_NOT_BACK.
  virtual Status BringBack(Nanos limit) = 0;
};

// What a lane lends a session for its lifetime. The handles stand behind the gate.
struct DriveAccess {
  scsi::Transport* scsi = nullptr;     // nullptr: no SCSI way to this drive
  ata::TaskFile* task_file = nullptr;  // nullptr: no task file
  Clock* clock = nullptr;              // never nullptr
  bool second_device = false;          // the drive is device 1 (slave) of its channel
  bool simulated = false;
  // The drive does not answer as a drive: what it holds is read in update mode, which is entered
  // without hands first, and nobody waits for it to come back after a read.
  bool silent = false;
  // The operator has to say before update mode that no other drive is on the cable.
  bool confirm_alone = false;
};

// Time a phase takes by the row's figures, for honest progress. Zero means negligible.
struct PhaseEstimates {
  Nanos read_firmware{0};  // one pass
  Nanos read_eeprom{0};    // one pass
  Nanos enter{0};
  Nanos write{0};  // every unit differing
  Nanos leave{0};
};

class ChipProgrammer;  // chip_programmer.h

// What people did about dead drives of a family, with how well it is known. Static storage.
struct RecoveryAdvice {
  std::string_view when;    // how the drive looks: "it answers as LTR-BOOT"
  std::string_view advice;  // what was done, or why nothing can be
  Evidence evidence = Evidence::kHypothetical;
  std::string_view seen;  // where that was said, and how often
};

// What the bytes that are left in a flash chip tell of the drive.
struct Remains {
  std::string model;  // the one row that they point to; "" when they point to none or to several
  std::string text;   // in words: "the ID block at 04a40 names LITE-ON LTR-48246S SS0B"
};

class Family {
 public:
  virtual ~Family() = default;

  virtual std::string_view name() const = 0;
  virtual std::span<const ModelInfo> models() const = 0;

  // The rules of the gate for this family. Static storage.
  virtual std::span<const scsi::CdbRule> cdb_rules() const = 0;
  // Empty: nothing but SCSI is spoken.
  virtual std::span<const ata::CommandRule> task_file_rules() const { return {}; }

  // The row for a drive that identified itself so; nullptr when it is none of ours. Never a guess:
  // vendor, product and revision letters must all fit (OEM names count where a row lists them).
  virtual const ModelInfo* Match(const scsi::Identity& identity) const = 0;

  // The name of boot code that answers in place of firmware: "the boot code of a Lite-On drive"; ""
  // for everything else. Such a drive can be written, but does not say which model it is.
  virtual std::string_view BootCodeOf(const scsi::Identity& /*identity*/) const { return {}; }

  // Names that are left in a firmware memory, however damaged the rest is. Pure.
  virtual Remains ReadRemains(ByteView /*dump*/) const { return {}; }

  virtual std::span<const RecoveryAdvice> recovery_advice() const { return {}; }

  virtual std::vector<MemoryAbilities> Abilities(const ModelInfo& model,
                                                 const Connection& connection) const = 0;
  virtual PhaseEstimates Estimates(const ModelInfo& model) const = 0;

  // May a drive of this model, as programmer, write the part `chip_part` (chips::ChipRow::part) in
  // its socket? No, where it cannot be one. Pure.
  virtual Ability ChipWrite(const ModelInfo& model, const Connection& connection,
                            std::string_view chip_part) const;

  // Does this file have the family's own format, one that daemon/images does not know? Then fills
  // in format, vendor, product, revision, model and, when it is not whole, the refusal. Pure.
  virtual bool ExamineImage(ByteView /*file*/, images::ImageReport& /*report*/) const {
    return false;
  }

  // May this file become the firmware of this model? IMAGE_NOT_RECOGNISED, IMAGE_SIZE_WRONG,
  // IMAGE_TRUNCATED, IMAGE_BLANK, IMAGE_DAMAGED, IMAGE_MODEL_MISMATCH. Pure.
  virtual Status CheckImage(const ModelInfo& model, ByteView image) const = 0;

  // Can this dump undo a write? It parses, its ID block equals what the drive said of itself,
  // and its banks are not one another's aliases. DUMP_CANNOT_UNDO with the reason. Pure.
  virtual Status CheckUndo(const ModelInfo& model, const scsi::Identity& identity,
                           ByteView dump) const = 0;

  // The bytes the chip shall hold: the image, with the unit's own ranges taken from `current`, and
  // what the image does not cover kept. `current` is empty when the memory cannot be read, which is
  // legal only where nothing of it has to be kept. IMAGE_HARDWARE_MISMATCH when what the drive
  // holds says that it is other hardware than the image is for. Pure.
  virtual Result<Bytes> ComposeTarget(const ModelInfo& model, ByteView current,
                                      ByteView image) const = 0;

  // Which units differ and in which order they are written, for the part `chip_part`
  // (chips::ChipRow::part; empty: the row's). The engine asks again with the part that
  // IdentifyChip found when that is another one. `current` may be empty as above. Pure.
  // CHIP_UNKNOWN, CHIP_NOT_AS_EXPECTED.
  virtual Result<WritePlan> PlanWrite(const ModelInfo& model, Memory memory, ByteView current,
                                      ByteView target, std::string_view chip_part) const = 0;

  // `model` must be one of models().
  virtual std::unique_ptr<Session> Open(const ModelInfo& model,
                                        const DriveAccess& access) const = 0;

  // The drive as programmer for a chip in its socket; nullptr when it cannot be one. `model` must
  // be one of models().
  virtual std::unique_ptr<ChipProgrammer> OpenProgrammer(const ModelInfo& model,
                                                         const DriveAccess& access) const;
};

// Every family that was compiled in; generated from daemon/families/CMakeLists.txt.
std::span<const Family* const> AllFamilies();
const Family* FindFamily(std::string_view name);

struct Match {
  const Family* family = nullptr;
  const ModelInfo* model = nullptr;
};
// The one family and row that claim this drive; both nullptr when none does.
Match MatchDrive(const scsi::Identity& identity);

// Is this a firmware file, and whose? images::Recognise with the families' own formats besides: the
// entry for every layer above. Pure; any thread.
images::ImageReport RecogniseImage(ByteView file);

// The family whose boot code answers in place of firmware, by that name; nullptr for any other
// drive.
const Family* FindBootCode(const scsi::Identity& identity);

}  // namespace firmbench::families

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a job would do, before anything is touched: its steps, what undoes it, what stands against
// it, and a digest. Pure over what the caller read from the ledger and the inventory, so that the
// same question always has the same digest and a plan that went stale is noticed.

#include <optional>
#include <string>
#include <vector>

#include "daemon/inventory/inventory.h"
#include "daemon/jobs/cut_job.h"
#include "daemon/jobs/undo.h"
#include "daemon/jobs/words.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// What a client asks for.
struct JobSpec {
  Kind kind = Kind::kBackup;
  std::string drive_id;
  std::string memory = "all";   // "firmware", "eeprom" or "all"; backup only
  std::string image_id;         // flash, verify, convert
  std::string dump_id;          // restore, verify
  std::string override_reason;  // why a person goes on although the evidence is weak
  std::string label;            // on the drive, as scanned; for an EEPROM that was ruined
  // Recover only:
  std::string recovers;    // the job whose write was cut off; "" for a drive that nobody knows
  std::string recover_to;  // "old", "new": what it held before that job, or what that job meant
  std::string model;       // without `recovers`: the model that the drive's sticker names;
                           // convert: the one that the drive is made into
  // Jobs on a chip only:
  std::string chip_part;  // what is printed on its case; "" for whatever answers, not in a write
  int board_mv = 0;       // supply of the drive's board, millivolts, as a person said
  std::string chip_fill;  // how a smaller file fills the chip: "repeat", "blank"; "" not at all
};

enum class StepId : uint8_t {
  kCheckDrive,
  kReadEeprom,    // occurs three times
  kReadFirmware,  // occurs twice before a write
  kCommitDumps,
  kEnter,
  kArm,
  kWrite,
  kReset,
  kReadBack,
  kCheckEeprom,
  kCompare,
  kPowerCycle,
  kCheckpoint,  // the first of two writes is verified, the second begins
  kIdentifyChip,
  kCheckRevision,  // where firmware was written that cannot be read
  kProbe,
};

// How often a memory is read before its dump is believed.
inline constexpr int kEepromReads = 3;
inline constexpr int kFirmwareReads = 2;

struct PlanStep {
  StepId id = StepId::kCheckDrive;
  std::string name;  // "read firmware, 1 of 2"
  std::optional<Memory> memory;
  std::string text;  // one sentence
  int64_t bytes = 0;
  Nanos estimate{0};
};

struct Plan {
  JobSpec spec;      // normalised: kind and memory as they will be carried out
  std::string etag;  // of the drive the plan was made for
  std::vector<PlanStep> steps;
  std::string undo;                          // what brings the drive back, in words
  std::vector<inventory::Problem> problems;  // any: the job is refused
  std::vector<inventory::Problem> warnings;
  bool writes_boot = false;        // erase units that hold the boot part may be written
  bool needs_approval = false;     // a second person has to agree first
  bool unread = false;             // firmware is written that cannot be read
  std::string undo_sha256;         // of a flash or restore then: what undoes it; "" for nothing
  std::vector<std::string> lines;  // the plan as a person reads it
  Nanos estimate{0};
  std::string json;    // canonical
  std::string digest;  // hex SHA-256 of json
};

// What the planner needs; the bytes are those of the image or dump the spec names.
struct PlanInputs {
  inventory::Snapshot drive;
  std::optional<storage::Image> image;
  std::optional<storage::Dump> dump;
  std::optional<storage::Unit> dump_unit;  // the one that the dump is attributed to
  Bytes payload;
  std::optional<Undo> undo;   // where firmware is written that cannot be read
  Bytes known_firmware;       // newest stored firmware of the unit; empty when there is none
  std::optional<CutJob> cut;  // recover only
  bool answers = true;        // the drive says itself what it is
};

Plan MakePlan(const JobSpec& spec, const PlanInputs& inputs);

// The steps, texts and digest of a plan that was stored with its job. PLAN_UNREADABLE.
Result<Plan> ParsePlan(const std::string& json);

// The row's ability on one memory, nullptr when the model has no such memory.
const families::MemoryAbilities* FindAbilities(const inventory::DriveSnapshot& drive,
                                               Memory memory);

// Does this job write EEPROM and firmware: a conversion, or the recovery of one?
inline bool WritesBoth(const JobSpec& spec) {
  return Writes(spec.kind) && spec.memory == kAllMemories;
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/plan_checks.h"

#include <fmt/format.h>

#include "daemon/jobs/assumed_drive.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/probe_plan.h"
#include "daemon/jobs/recovery_plan.h"

namespace firmbench::jobs {
namespace {

using inventory::DriveCondition;
using inventory::Problem;
using inventory::UnitVerdict;

Problem FromError(const Error& error) { return {error.reason(), error.message(), error.remedy()}; }

Memory WrittenMemory(const JobSpec& spec) {
  return spec.memory == ToString(Memory::kEeprom) ? Memory::kEeprom : Memory::kFirmware;
}

void CheckReadable(const inventory::DriveSnapshot& drive, Memory memory,
                   std::vector<Problem>& problems) {
  const auto* abilities = FindAbilities(drive, memory);
  if (abilities != nullptr && abilities->read.possible) return;
  problems.push_back({"MEMORY_NOT_READABLE",
                      fmt::format("the {} cannot be read on this connection: {}", ToString(memory),
                                  abilities != nullptr ? abilities->read.why : "no such memory"),
                      abilities != nullptr ? abilities->read.would_help : ""});
}

// Nothing that anybody has would bring the drive back. A recovery has nothing to lose.
bool IsIrreversible(const JobSpec& spec, const PlanInputs& inputs) {
  return spec.kind != Kind::kRecover && WritesUnread(spec, *inputs.drive) && !inputs.undo;
}

void CheckAbility(const inventory::DriveSnapshot& drive, Memory memory, bool new_image,
                  std::vector<Problem>& problems) {
  const auto* abilities = FindAbilities(drive, memory);
  const families::Ability none;
  const families::Ability& ability = abilities == nullptr ? none
                                     : new_image          ? abilities->flash
                                                          : abilities->restore;
  if (ability.possible) return;
  problems.push_back({"MEMORY_NOT_WRITABLE",
                      fmt::format("the {} cannot be written on this connection: {}",
                                  ToString(memory), ability.why),
                      ability.would_help});
}

void CheckWritable(const JobSpec& spec, const inventory::DriveSnapshot& drive,
                   std::vector<Problem>& problems) {
  CheckAbility(drive, WrittenMemory(spec), spec.kind == Kind::kFlash || spec.kind == Kind::kConvert,
               problems);
  if (WritesBoth(spec)) CheckAbility(drive, Memory::kEeprom, false, problems);
  if (!drive.quarantine.empty()) {
    problems.push_back(
        {"DRIVE_QUARANTINED", "the drive is in quarantine: " + drive.quarantine,
         "find out what happened (`firmbench job list`), then let a manager lift it"});
  }
  if (drive.unit.verdict == UnitVerdict::kAmbiguous) {
    problems.push_back({"UNIT_AMBIGUOUS",
                        "it is not certain which unit this drive is: " + drive.unit.why,
                        "attach one of the drives that look the same at a time"});
  }
}

// Is such a conversion known, and is the image one of the model that the drive shall become?
void CheckConversion(const JobSpec& spec, const PlanInputs& inputs,
                     std::vector<Problem>& problems) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  const families::Conversion* conversion = families::FindConversion(*drive.model, spec.model);
  const families::Match target = FindModel(drive.family->name(), spec.model);
  if (conversion == nullptr || target.model == nullptr) {
    std::string known;
    for (const families::Conversion& other : drive.model->conversions) {
      known += fmt::format("{}{}", known.empty() ? "" : ", ", other.to_model);
    }
    problems.push_back(
        {"CONVERSION_NOT_KNOWN",
         fmt::format("no way to make a {} of a {} is known", spec.model, drive.model->model),
         known.empty() ? "no drive of this model can be made into another one"
                       : "a drive of this model can become: " + known});
    return;
  }
  if (conversion->evidence == Evidence::kHypothetical && !drive.connection.simulated) {
    problems.push_back({"HYPOTHETICAL_COMMAND", std::string(conversion->why),
                        "two EEPROM dumps of one unit, from before and after a tool converted it"});
  }
  const Status image = drive.family->CheckImage(*target.model, inputs.payload);
  if (image) return;
  Problem problem = FromError(image.error());
  if (problem.reason == "IMAGE_MODEL_MISMATCH") {
    problem.text =
        fmt::format("the file is not firmware of a {}, which the drive is to become", spec.model);
    problem.remedy = fmt::format("use a file that was made for a {}", spec.model);
  }
  problems.push_back(std::move(problem));
}

void CheckPayload(const JobSpec& spec, const PlanInputs& inputs, std::vector<Problem>& problems) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  const bool eeprom = spec.memory == ToString(Memory::kEeprom);
  if (spec.kind == Kind::kEepromRestore && !eeprom) {
    problems.push_back({"DUMP_MEMORY_WRONG", "this is not a dump of an EEPROM",
                        "choose an EEPROM dump of this unit"});
    return;
  }
  if (Writes(spec.kind) && inputs.dump && inputs.dump->purpose == "disagreeing") {
    problems.push_back({"DUMP_UNRELIABLE",
                        "this dump is one of several reads that were not the same",
                        "choose a dump whose reads agree"});
  }
  if (!eeprom) {
    if (auto status = drive.family->CheckImage(*drive.model, inputs.payload); !status) {
      problems.push_back(FromError(status.error()));
    }
    return;
  }
  if (inputs.payload.size() != drive.model->eeprom_bytes) {
    problems.push_back({"DUMP_SIZE_WRONG",
                        fmt::format("the dump has {} bytes, the EEPROM of this model {}",
                                    inputs.payload.size(), drive.model->eeprom_bytes),
                        "choose an EEPROM dump of this unit"});
  }
  if (spec.kind != Kind::kEepromRestore) return;
  // The calibration of another drive ruins this one: its own dump or nothing.
  const auto rule = JudgeEepromRestore(spec, inputs);
  if (!rule.allowed) problems.push_back(rule.problem);
}

}  // namespace

std::optional<Problem> CheckPresence(const inventory::DriveSnapshot& drive) {
  switch (drive.condition) {
    case DriveCondition::kGone:
      return Problem{"DRIVE_GONE", "the drive is not attached any more",
                     "attach it to the same port again"};
    case DriveCondition::kIdentifying:
      return Problem{"DRIVE_IDENTIFYING", "the drive is still being identified",
                     "try again in a few seconds"};
    case DriveCondition::kNotAnswering:
      return drive.problems.empty() ? Problem{"DRIVE_NOT_ANSWERING", "the drive does not answer",
                                              "check its power and cable"}
                                    : drive.problems.front();
    case DriveCondition::kReady:
      break;
  }
  if (drive.model == nullptr) {
    for (const Problem& problem : drive.problems) {
      if (problem.reason == "BOOT_CODE_ONLY") return problem;
    }
    return Problem{"DRIVE_UNKNOWN", "no family of this version knows this drive",
                   "it stays read-only; `firmbench drive show` has what it said of itself"};
  }
  return std::nullopt;
}

JobSpec Normalise(const JobSpec& spec, const PlanInputs& inputs) {
  JobSpec result = spec;
  if (spec.kind == Kind::kRecover) {
    result.recover_to = RecoverTo(spec, inputs.cut ? &*inputs.cut : nullptr);
    result.memory = inputs.cut ? inputs.cut->job.memory : ToString(Memory::kFirmware);
    if (inputs.cut) result.recovers = inputs.cut->job.id;
    return result;
  }
  if (spec.kind == Kind::kConvert || spec.kind == Kind::kProbe) {
    result.memory = kAllMemories;
    return result;
  }
  if (OnChip(spec.kind)) {
    result.memory = ToString(Memory::kFirmware);
    if (const auto chip = families::FindChipFacts(spec.chip_part)) result.chip_part = chip->part;
    return result;
  }
  // A drive that has only firmware has that for all.
  if (spec.kind == Kind::kBackup && spec.memory == kAllMemories && inputs.drive->model != nullptr &&
      inputs.drive->model->eeprom_bytes == 0) {
    result.memory = ToString(Memory::kFirmware);
    return result;
  }
  if (inputs.dump) {
    result.memory = inputs.dump->memory;
    if (spec.kind == Kind::kRestore && inputs.dump->memory == ToString(Memory::kEeprom)) {
      result.kind = Kind::kEepromRestore;
    }
  } else if (spec.kind != Kind::kBackup) {
    result.memory = ToString(Memory::kFirmware);
  }
  return result;
}

std::vector<Problem> FindProblems(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  if (spec.kind == Kind::kRecover) return FindRecoveryProblems(spec, inputs);
  if (OnChip(spec.kind)) return FindChipProblems(spec, inputs);
  if (spec.kind == Kind::kProbe) return FindProbeProblems(drive);
  if (auto problem = CheckPresence(drive)) return {std::move(*problem)};
  std::vector<Problem> problems;
  if (spec.kind == Kind::kBackup) {
    if (spec.memory != ToString(Memory::kEeprom)) CheckReadable(drive, Memory::kFirmware, problems);
    if (spec.memory != ToString(Memory::kFirmware)) CheckReadable(drive, Memory::kEeprom, problems);
    return problems;
  }
  if (spec.kind == Kind::kConvert) {
    CheckConversion(spec, inputs, problems);
    CheckReadable(drive, Memory::kFirmware, problems);
    CheckReadable(drive, Memory::kEeprom, problems);
  } else {
    CheckPayload(spec, inputs, problems);
    if (!WritesUnread(spec, drive)) CheckReadable(drive, *ParseMemory(spec.memory), problems);
  }
  if (Writes(spec.kind)) CheckWritable(spec, drive, problems);
  if (IsIrreversible(spec, inputs) && spec.override_reason.empty()) {
    problems.push_back({std::string(kIrreversible), DescribeUnread(inputs.undo, drive),
                        "add a file of the revision that the drive runs now to the library; or "
                        "give a reason, and a second person has to approve the job"});
    return problems;
  }
  if (Writes(spec.kind) && NeedsApproval(spec, inputs) && spec.override_reason.empty()) {
    problems.push_back({"OVERRIDE_REASON_REQUIRED",
                        "the evidence for writing to this model is weak, so a reason is required",
                        "give a reason; a second person has to approve the job"});
  }
  return problems;
}

inventory::EepromRestoreRule JudgeEepromRestore(const JobSpec& spec, const PlanInputs& inputs) {
  const storage::Unit* const own = inputs.dump_unit ? &*inputs.dump_unit : nullptr;
  return inventory::JudgeEepromRestore(*inputs.drive, own, spec.label);
}

std::vector<Problem> FindWarnings(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  std::vector<Problem> warnings;
  if (!Writes(spec.kind) || OnChip(spec.kind)) return warnings;
  const auto* eeprom = FindAbilities(drive, Memory::kEeprom);
  if (WrittenMemory(spec) == Memory::kFirmware && drive.model->eeprom_bytes != 0 &&
      (eeprom == nullptr || !eeprom->read.possible)) {
    warnings.push_back(
        {"EEPROM_NOT_CHECKED",
         "the EEPROM cannot be read here, so nobody can prove that it stayed as it is",
         eeprom != nullptr ? eeprom->read.would_help : ""});
  }
  if (spec.kind == Kind::kConvert) {
    const families::Conversion* conversion = families::FindConversion(*drive.model, spec.model);
    if (conversion != nullptr && conversion->evidence == Evidence::kHypothetical) {
      warnings.push_back({"CONVERSION_HYPOTHETICAL", std::string(conversion->why), ""});
    }
  }
  if (drive.model->chip_assumed) {
    warnings.push_back(
        {"CHIP_ASSUMED",
         fmt::format("nobody has published the flash chip of this model; {} is assumed "
                     "until the chip identifies itself",
                     drive.model->chip_part),
         ""});
  }
  if (inputs.dump && inputs.dump->unit_id != drive.unit.unit_id && spec.kind == Kind::kRestore) {
    warnings.push_back({"DUMP_OF_ANOTHER_UNIT",
                        "the firmware comes from the backup of another unit",
                        "use this unit's own backup unless you mean it"});
  }
  if (WritesBoot(spec, inputs) && spec.kind != Kind::kRecover) {
    const bool known = !inputs.known_firmware.empty();
    warnings.push_back(
        {known ? "BOOT_WRITTEN" : "BOOT_MAY_BE_WRITTEN",
         known ? "the part of the flash that starts the drive is erased and written too"
               : "where the file differs in the part that starts the drive, that is written too",
         known ? "keep the drive powered: without that part it does not start"
               : "back the drive up first, then the plan says whether it differs"});
  }
  if (inputs.dump && inputs.dump->agreeing_reads < 2) {
    warnings.push_back(
        {"DUMP_READ_ONCE", "this dump was read only once", "prefer a backup whose reads agree"});
  }
  return warnings;
}

bool WritesBoot(const JobSpec& spec, const PlanInputs& inputs) {
  // Whatever is damaged has to be mended, and nobody has seen yet what is.
  if (spec.kind == Kind::kRecover) return spec.memory != ToString(Memory::kEeprom);
  if (spec.kind != Kind::kFlash && spec.kind != Kind::kRestore && spec.kind != Kind::kConvert) {
    return false;
  }
  const inventory::DriveSnapshot& drive = *inputs.drive;
  if (FindAbilities(drive, Memory::kBoot) == nullptr) return false;
  if (inputs.known_firmware.empty()) return true;
  const auto target =
      drive.family->ComposeTarget(*drive.model, inputs.known_firmware, inputs.payload);
  if (!target) return true;
  const auto write =
      drive.family->PlanWrite(*drive.model, Memory::kFirmware, inputs.known_firmware, *target, {});
  return !write || write->touches_boot;
}

bool NeedsApproval(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  if (!Writes(spec.kind) || drive.model == nullptr) return false;
  if (OnChip(spec.kind)) return ChipNeedsApproval(spec, inputs);
  // Not a matter of hardware: whose calibration it is.
  if (spec.kind == Kind::kEepromRestore && JudgeEepromRestore(spec, inputs).needs_approval) {
    return true;
  }
  if (IsIrreversible(spec, inputs)) return true;
  if (drive.connection.simulated) return false;
  const auto* abilities = FindAbilities(drive, WrittenMemory(spec));
  if (abilities == nullptr) return false;
  const Evidence evidence =
      spec.kind == Kind::kFlash ? abilities->flash.evidence : abilities->restore.evidence;
  return evidence <= Evidence::kSecondHand ||
         drive.model->recoverable_after_cut != families::Recoverable::kProven;
}

}  // namespace firmbench::jobs

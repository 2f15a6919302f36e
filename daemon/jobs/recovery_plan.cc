// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/recovery_plan.h"

#include <fmt/format.h>

namespace firmbench::jobs {
namespace {

using inventory::DriveCondition;
using inventory::DriveSnapshot;
using inventory::Problem;

void CheckCut(const CutJob& cut, const DriveSnapshot& drive, std::vector<Problem>& problems) {
  if (drive.model->model != cut.job.model) {
    problems.push_back({"TARGET_CHANGED",
                        fmt::format("the drive answers as a {}, but the write that was cut off was "
                                    "to a {}",
                                    drive.model->model, cut.job.model),
                        "attach the drive that the job was about to this port"});
  }
  const bool other_unit = drive.unit.verdict == inventory::UnitVerdict::kKnown &&
                          !cut.job.unit_id.empty() && drive.unit.unit_id != cut.job.unit_id;
  if (other_unit && cut.job.memory != ToString(Memory::kEeprom)) {
    problems.push_back({"TARGET_CHANGED", "the drive on this port is another unit",
                        "attach the drive that the job was about to this port"});
  }
}

void CheckUnknown(const PlanInputs& inputs, std::vector<Problem>& problems) {
  if (inputs.answers) {
    problems.push_back({"DRIVE_ANSWERS", "the drive says itself what it is",
                        "write it the ordinary way: `firmbench flash` or `firmbench restore`"});
  }
  if (inputs.dump && inputs.dump->memory != ToString(Memory::kFirmware)) {
    problems.push_back({"DUMP_MEMORY_WRONG", "a dead drive gets firmware, not an EEPROM",
                        "choose a firmware dump or an image"});
    return;
  }
  if (auto status = inputs.drive->family->CheckImage(*inputs.drive->model, inputs.payload);
      !status) {
    const Error& error = status.error();
    problems.push_back({error.reason(), error.message(), error.remedy()});
  }
}

void CheckWritable(const DriveSnapshot& drive, Memory memory, std::vector<Problem>& problems) {
  const auto* abilities = FindAbilities(drive, memory);
  if (abilities != nullptr && abilities->restore.possible) return;
  problems.push_back(
      {"MEMORY_NOT_WRITABLE",
       fmt::format("the {} cannot be written on this connection: {}", ToString(memory),
                   abilities != nullptr ? abilities->restore.why : ""),
       abilities != nullptr ? abilities->restore.would_help : ""});
}

// What others did about such drives. No row of it is ours to recommend: it comes with its evidence.
void Advise(const PlanInputs& inputs, std::vector<std::string>& lines) {
  if (inputs.answers || inputs.drive->family == nullptr) return;
  for (const families::RecoveryAdvice& entry : inputs.drive->family->recovery_advice()) {
    lines.push_back(fmt::format("when {}: {} ({}: {})", entry.when, entry.advice,
                                ToString(entry.evidence), entry.seen));
  }
}

}  // namespace

std::string RecoverTo(const JobSpec& spec, const CutJob* cut) {
  if (!spec.recover_to.empty()) return spec.recover_to;
  if (cut != nullptr && cut->unread && cut->before_bytes.empty()) return "new";
  return cut == nullptr || cut->job.kind == ToString(Kind::kRecover) ? "new" : "old";
}

std::vector<Problem> FindRecoveryProblems(const JobSpec& spec, const PlanInputs& inputs) {
  const DriveSnapshot& drive = *inputs.drive;
  if (drive.condition == DriveCondition::kGone) {
    return {{"DRIVE_GONE", "the drive is not attached any more", "attach it to the same port"}};
  }
  if (drive.condition == DriveCondition::kIdentifying) {
    return {
        {"DRIVE_IDENTIFYING", "the drive is still being looked at", "try again in a few seconds"}};
  }
  if (drive.model == nullptr) {
    return {{"MODEL_UNKNOWN", "no family of this version knows a model of that name",
             "write the name as the table of drives in the README has it"}};
  }
  std::vector<Problem> problems;
  if (inputs.cut) {
    CheckCut(*inputs.cut, drive, problems);
    if (inputs.payload.empty()) {
      problems.push_back({"OLD_FIRMWARE_NOT_STORED",
                          "what the drive held before could not be read, and nothing that is "
                          "stored is it",
                          "bring it to what that job meant: --to new"});
    }
  } else {
    CheckUnknown(inputs, problems);
  }
  CheckWritable(drive, ParseMemory(spec.memory).value_or(Memory::kFirmware), problems);
  if (WritesBoth(spec)) CheckWritable(drive, Memory::kEeprom, problems);
  return problems;
}

std::vector<std::string> DescribeRecovery(const JobSpec& spec, const PlanInputs& inputs) {
  std::vector<std::string> lines;
  if (inputs.cut) {
    const storage::Job& job = inputs.cut->job;
    const std::string_view kind = inputs.cut->both() ? "conversion" : std::string_view(job.kind);
    lines.push_back(fmt::format("brings back what the {} of {} left unfinished", kind,
                                FormatMinute(job.write_started_us)));
    const std::string_view memory = WritesBoth(spec) ? MemoryText(job.memory) : job.memory;
    lines.push_back(
        spec.recover_to == "new"
            ? fmt::format("writes the {} that it was to hold", memory)
            : fmt::format("writes the {} that it held before, as stored by that job", memory));
  } else {
    lines.push_back(
        fmt::format("writes firmware to a drive that does not answer, as a {}", spec.model));
    lines.emplace_back(
        "only the sticker says which model it is: the names that are left in its flash and the ids "
        "of its chip are compared with that before the first write");
  }
  if (!inputs.answers || spec.memory != ToString(Memory::kEeprom)) {
    lines.emplace_back("you will be asked to switch the drive off and on");
  }
  lines.emplace_back(
      WritesBoth(spec)
          ? "only what differs is written: first the firmware, then the EEPROM"
          : "only the units that differ are written; the EEPROM is compared afterwards");
  Advise(inputs, lines);
  return lines;
}

std::string RecoveryUndo(const JobSpec& spec, const PlanInputs& inputs) {
  if (!inputs.cut) return "what the chip holds now, read twice and stored before the first write";
  const bool to_new = spec.recover_to == "new";
  if (inputs.cut->unread) {
    return inputs.cut->before_bytes.empty() ? "nothing that is stored"
                                            : "what was to undo the write that was cut off";
  }
  return fmt::format(
      "the {} of before, stored as {}; what the memory holds now is stored as well before the "
      "first write{}",
      WritesBoth(spec) ? MemoryText(spec.memory) : std::string_view(spec.memory),
      inputs.cut->before ? "dumps/" + inputs.cut->before->id : "a dump",
      to_new ? "" : " (this job writes exactly that dump)");
}

std::string PcAdvice() {
  return "should this PC lose power in the middle and not start again with the drive attached: "
         "unplug the drive's power, start the PC, and plug the power in again when firmbench asks "
         "for it";
}

}  // namespace firmbench::jobs

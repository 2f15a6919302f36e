// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/chip_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::jobs {
namespace {

using inventory::Problem;

constexpr std::string_view kRepeat = "repeat";
constexpr std::string_view kBlank = "blank";

Problem FromError(const Error& error) { return {error.reason(), error.message(), error.remedy()}; }

std::string Volts(int millivolts) {
  constexpr double kMillivolts = 1000.0;
  return fmt::format("{:.1f} V", millivolts / kMillivolts);
}

std::string Size(size_t bytes) {
  return bytes % 1024 == 0 ? fmt::format("{} KB", bytes / 1024) : fmt::format("{} bytes", bytes);
}

void CheckWrite(const JobSpec& spec, const PlanInputs& inputs, const families::ChipFacts& chip,
                std::vector<Problem>& problems) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  const families::Ability ability =
      drive.family->ChipWrite(*drive.model, drive.connection, chip.part);
  if (!ability.possible) {
    problems.push_back(
        {"CHIP_NOT_WRITABLE",
         fmt::format("a {} cannot be written here: {}", chip.part, ability.why),
         ability.would_help.empty() ? "" : "what would help: " + ability.would_help});
  }
  if (inputs.dump && inputs.dump->purpose == "disagreeing") {
    problems.push_back({"DUMP_UNRELIABLE",
                        "this dump is one of several reads that were not the same",
                        "choose a dump whose reads agree"});
  }
  if (ChipNeedsApproval(spec, inputs) && spec.override_reason.empty()) {
    problems.push_back({"OVERRIDE_REASON_REQUIRED",
                        "the evidence for writing a chip with this model is weak, so a reason is "
                        "required",
                        "give a reason: --reason TEXT; a second person has to approve the job"});
  }
}

void CheckNamedPart(const JobSpec& spec, const PlanInputs& inputs, std::vector<Problem>& problems) {
  const auto chip = families::FindChipFacts(spec.chip_part);
  if (!chip) {
    problems.push_back({"CHIP_UNKNOWN", fmt::format("no part {} is in the table", spec.chip_part),
                        "give the name as it is printed on the case, without the speed grade"});
    return;
  }
  if (const Status fits = families::CheckSupply(*chip, spec.board_mv); !fits) {
    problems.push_back(FromError(fits.error()));
  }
  if (!inputs.payload.empty()) {
    const auto target = ComposeChip(spec, *chip, inputs.payload);
    if (!target) problems.push_back(FromError(target.error()));
  }
  if (Writes(spec.kind)) CheckWrite(spec, inputs, *chip, problems);
}

// What is written, and how it fills the chip.
void DescribeWrite(const JobSpec& spec, const PlanInputs& inputs, const families::ChipFacts& chip,
                   std::vector<std::string>& lines) {
  if (spec.kind == Kind::kChipErase) {
    lines.push_back(
        fmt::format("erases all {} of it: every byte is FF afterwards", Size(chip.size_bytes)));
  } else if (inputs.image) {
    lines.push_back(fmt::format("writes {} of it: {}, SHA-256 {}", Size(chip.size_bytes),
                                inputs.image->file_name, inputs.image->sha256));
  } else if (inputs.dump) {
    lines.push_back(fmt::format(
        "writes {} of it: dumps/{} of {}, SHA-256 {}", Size(chip.size_bytes), inputs.dump->id,
        FormatRfc3339(inputs.dump->created_us).substr(0, 10), inputs.dump->sha256));
  }
  const size_t file = inputs.payload.size();
  if (file != 0 && file < chip.size_bytes && spec.chip_fill == kRepeat) {
    lines.push_back(
        fmt::format("the file has {}: it is written {} times, one copy behind the "
                    "other, as you said",
                    Size(file), chip.size_bytes / file));
  } else if (file != 0 && file < chip.size_bytes && spec.chip_fill == kBlank) {
    lines.push_back(
        fmt::format("the file has {}: what lies behind it becomes FF, as you said", Size(file)));
  }
  const inventory::DriveSnapshot& drive = *inputs.drive;
  const families::Ability ability =
      drive.family->ChipWrite(*drive.model, drive.connection, chip.part);
  lines.push_back(fmt::format("how: {} ({})", ability.why, ToString(ability.evidence)));
  if (chip.boot_block_bytes != 0) {
    lines.push_back(fmt::format(
        "boot blocks of {} that somebody locked for ever are looked for before the first write",
        Size(chip.boot_block_bytes)));
  }
  lines.emplace_back(
      "what the chip holds now is read twice and stored before the first write; nothing is "
      "recorded of a unit");
  lines.emplace_back(
      "if power is lost while writing: the chip is half written and this port in quarantine; write "
      "the chip again, from the stored dump or the file");
}

}  // namespace

Status CheckBoardSupply(int board_mv) {
  if (board_mv == kBoard5V || board_mv == kBoard3V3) return Ok();
  return InvalidArgument("VOLTAGE_REQUIRED", "the supply of the drive's board is 5 V or 3.3 V")
      .WithRemedy("measure it at the socket, or look up the drive's own chip: --voltage 5");
}

Status CheckChipSpec(const JobSpec& spec) {
  if (!OnChip(spec.kind)) {
    if (spec.chip_part.empty() && spec.board_mv == 0 && spec.chip_fill.empty()) return Ok();
    return InvalidArgument("REFERENCE_UNEXPECTED", "only a job on a chip names a part or a supply");
  }
  RETURN_IF_ERROR(CheckBoardSupply(spec.board_mv));
  if (Writes(spec.kind) && spec.chip_part.empty()) {
    return InvalidArgument("CHIP_PART_REQUIRED", "a chip is written only by the name on its case")
        .WithRemedy("name it: --part W29C040; `firmbench chip identify` asks the chip");
  }
  const bool fills = spec.kind == Kind::kChipWrite || spec.kind == Kind::kChipVerify;
  if (!fills && !spec.chip_fill.empty()) {
    return InvalidArgument("REFERENCE_UNEXPECTED", "only a file that is written fills a chip");
  }
  if (!spec.chip_fill.empty() && spec.chip_fill != kRepeat && spec.chip_fill != kBlank) {
    return InvalidArgument("CHIP_FILL_UNKNOWN", "a smaller file fills a chip by repeat or by blank")
        .WithRemedy("repeat writes it again behind itself, blank leaves FF behind it");
  }
  return Ok();
}

std::vector<Problem> FindChipProblems(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  if (drive.condition == inventory::DriveCondition::kGone) {
    return {{"DRIVE_GONE", "the drive is not attached any more", "attach it to the same port"}};
  }
  if (drive.condition == inventory::DriveCondition::kIdentifying) {
    return {
        {"DRIVE_IDENTIFYING", "the drive is still being identified", "try again in a few seconds"}};
  }
  if (drive.model == nullptr) {
    return {{"DRIVE_UNKNOWN", "the drive does not say what it is, so nobody knows its vendor mode",
             "name the model on its sticker: --model LTR-48246S"}};
  }
  std::vector<Problem> problems;
  if (!drive.connection.task_file) {
    problems.push_back({"CHIP_NOT_REACHABLE", "the way to a chip needs the drive's IDE registers",
                        "attach the drive to an IDE port or to a bridge that gives its registers"});
  }
  if (inputs.dump && inputs.dump->memory != ToString(Memory::kFirmware)) {
    problems.push_back({"DUMP_MEMORY_WRONG", "this is not a dump of a flash chip",
                        "choose a dump of a firmware or of a chip"});
  }
  if (!spec.chip_part.empty()) CheckNamedPart(spec, inputs, problems);
  return problems;
}

bool ChipMayBeBusy(const PlanInputs& inputs) {
  const auto& problems = inputs.drive->problems;
  return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.reason == inventory::kChipHalfWritten;
  });
}

bool ChipNeedsApproval(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  if (!WritesChip(spec.kind) || drive.model == nullptr || drive.connection.simulated) return false;
  const families::Ability ability =
      drive.family->ChipWrite(*drive.model, drive.connection, spec.chip_part);
  return ability.evidence <= Evidence::kSecondHand;
}

std::string ChipText(const families::ChipFacts& chip) {
  return fmt::format("{} {}, {} KB, {}", chip.vendor, chip.part, chip.size_bytes / 1024,
                     families::SupplyText(chip));
}

std::string AnsweredText(const families::ChipFacts& chip) {
  std::string text =
      fmt::format("{}, ids {:02x}/{:02x}", ChipText(chip), chip.manufacturer, chip.device);
  const std::string block = Size(chip.boot_block_bytes);
  if (chip.low_boot_locked) text += fmt::format("; its lower {} are locked for ever", block);
  if (chip.high_boot_locked) text += fmt::format("; its upper {} are locked for ever", block);
  return text;
}

families::ReadPlan WayOfChipRead(int read) {
  if (read % 2 == 0) return {};
  return {.order = families::ReadOrder::kDescending, .chunk_bytes = 96};
}

std::vector<std::string> DescribeChip(const JobSpec& spec, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  std::vector<std::string> lines;
  lines.push_back(fmt::format("the chip in the socket of the {} in {}, {}", drive.model->model,
                              drive.bay, drive.connection_text));
  const auto chip = families::FindChipFacts(spec.chip_part);
  lines.push_back(
      chip ? fmt::format("part: {}; the job ends when another one answers", ChipText(*chip))
           : "part: whatever answers, when it is in the table");
  lines.push_back(fmt::format(
      "supply of the board: {}, as you said; the job ends when the part takes another one, but the "
      "chip has it as soon as the drive is on",
      Volts(spec.board_mv)));
  if (ChipMayBeBusy(inputs)) {
    lines.emplace_back(
        "you will be asked to switch the drive off and on: a chip here was left in the middle of a "
        "command");
  }
  if (Writes(spec.kind) && chip) {
    DescribeWrite(spec, inputs, *chip, lines);
  } else {
    lines.emplace_back("nothing is written, and nothing is recorded of a unit");
  }
  return lines;
}

std::string ChipUndo(const JobSpec& spec) {
  if (!Writes(spec.kind)) return "nothing is written";
  return "what the chip holds now, read twice and stored before the first write: `firmbench chip "
         "write` puts that dump back";
}

Status CheckChip(const JobSpec& spec, const families::ChipFacts& chip) {
  const auto named = families::FindChipFacts(spec.chip_part);
  if (named && named->part != chip.part) {
    return FailedPrecondition("CHIP_NOT_AS_NAMED", fmt::format("the chip answers as {}, not as {}",
                                                               ChipText(chip), named->part))
        .WithRemedy("look at the case again; it was not written")
        .With("found", chip.part);
  }
  return families::CheckSupply(chip, spec.board_mv);
}

Result<Bytes> ComposeChip(const JobSpec& spec, const families::ChipFacts& chip, ByteView file) {
  constexpr uint8_t kErased = 0xFF;
  Bytes target(chip.size_bytes, kErased);
  if (spec.kind == Kind::kChipErase) return target;
  const auto sizes =
      fmt::format("the file has {} bytes, a {} {}", file.size(), chip.part, chip.size_bytes);
  if (file.empty() || file.size() > target.size()) {
    return FailedPrecondition("CHIP_SIZE_MISMATCH", sizes)
        .WithRemedy("use a file of the chip's size, or a larger chip");
  }
  if (file.size() < target.size() && spec.chip_fill.empty()) {
    return FailedPrecondition("CHIP_SIZE_MISMATCH", sizes)
        .WithRemedy(
            "use a file that holds the whole chip, or say how it fills it: --fill repeat (once "
            "more behind itself) or --fill blank (FF behind it)");
  }
  if (spec.chip_fill == kRepeat && target.size() % file.size() != 0) {
    return FailedPrecondition("CHIP_FILL_IMPOSSIBLE", sizes + ": that is no whole number of copies")
        .WithRemedy("say --fill blank, or use a file that holds the whole chip");
  }
  const size_t copies = spec.chip_fill == kRepeat ? target.size() / file.size() : 1;
  for (size_t i = 0; i < copies; ++i) {
    std::copy(file.begin(), file.end(),
              target.begin() + static_cast<std::ptrdiff_t>(i * file.size()));
  }
  return target;
}

std::string ChipRemedy(const JobSpec& spec, const std::string& model,
                       const std::string& before_id) {
  const std::string old = before_id.empty() ? "FILE" : "dumps/" + before_id;
  return fmt::format(
      "leave the chip in the socket and write it again, with what it held before or with the file; "
      "you will be asked to switch the drive off and on: firmbench chip write drives/{} {} --part "
      "{} --voltage {} --model {}",
      spec.drive_id, old, spec.chip_part, spec.board_mv == kBoard5V ? "5" : "3.3", model);
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/chip_plan.h"

#include <fmt/format.h>

namespace firmbench::jobs {
namespace {

using inventory::Problem;

Problem FromError(const Error& error) { return {error.reason(), error.message(), error.remedy()}; }

std::string Volts(int millivolts) {
  constexpr double kMillivolts = 1000.0;
  return fmt::format("{:.1f} V", millivolts / kMillivolts);
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
  if (!inputs.payload.empty() && inputs.payload.size() != chip->size_bytes) {
    problems.push_back({"CHIP_SIZE_MISMATCH",
                        fmt::format("the file has {} bytes, a {} {}", inputs.payload.size(),
                                    chip->part, chip->size_bytes),
                        "use a file that holds the whole chip"});
  }
}

}  // namespace

Status CheckBoardSupply(int board_mv) {
  if (board_mv == kBoard5V || board_mv == kBoard3V3) return Ok();
  return InvalidArgument("VOLTAGE_REQUIRED", "the supply of the drive's board is 5 V or 3.3 V")
      .WithRemedy("measure it at the socket, or look up the drive's own chip: --voltage 5");
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

std::string ChipText(const families::ChipFacts& chip) {
  return fmt::format("{} {}, {} KB, {}", chip.vendor, chip.part, chip.size_bytes / 1024,
                     families::SupplyText(chip));
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
  lines.emplace_back("nothing is written, and nothing is recorded of a unit");
  return lines;
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

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/probe_plan.h"

#include <fmt/format.h>

#include "daemon/jobs/plan_checks.h"

namespace firmbench::jobs {

std::vector<inventory::Problem> FindProbeProblems(const inventory::DriveSnapshot& drive) {
  if (auto problem = CheckPresence(drive)) {
    if (problem->reason != "DRIVE_UNKNOWN") return {std::move(*problem)};
  }
  if (!drive.connection.scsi) {
    return {{"NO_SCSI_PATH", "this connection takes no SCSI commands",
             "attach the drive so that SCSI commands reach it"}};
  }
  return {};
}

std::vector<families::ProbeQuestion> QuestionsFor(const inventory::DriveSnapshot& drive) {
  return families::ProbeQuestions(families::HasMakersOwn(drive.identity));
}

void DescribeProbe(const inventory::DriveSnapshot& drive, Plan& plan) {
  const auto questions = QuestionsFor(drive);
  int64_t bytes = 0;
  for (const auto& question : questions) bytes += question.answer_bytes;
  plan.steps.push_back({StepId::kProbe,
                        "ask the drive",
                        {},
                        "ask what it is and what it can, with commands that cannot write",
                        bytes,
                        Nanos(0)});
  plan.undo = "nothing is written";
  std::string_view settles;
  for (size_t i = 0; i < questions.size(); ++i) {
    if (questions[i].settles == settles) continue;  // the next piece of the same
    settles = questions[i].settles;
    size_t pieces = 1;
    while (i + pieces < questions.size() && questions[i + pieces].settles == settles) ++pieces;
    plan.lines.push_back(fmt::format("{} ({}){}: {}", questions[i].name,
                                     ToString(questions[i].evidence),
                                     pieces > 1 ? fmt::format(", {} times", pieces) : "", settles));
  }
  if (drive.connection.task_file || drive.connection.sat) {
    plan.lines.push_back(fmt::format(
        "IDENTIFY PACKET DEVICE (A1) ({}): the same {}", ToString(Evidence::kDocumented),
        drive.connection.task_file ? "by its registers" : "through the kernel's ATA layer"));
  }
  if (!families::HasMakersOwn(drive.identity)) {
    plan.lines.emplace_back(
        "no command of its maker's own: it does not look like a drive that knows those of our "
        "tables, and may take them for anything");
  }
}

}  // namespace firmbench::jobs

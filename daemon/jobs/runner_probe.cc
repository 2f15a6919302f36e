// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/families/identify_packet.h"
#include "daemon/jobs/probe_plan.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {
namespace {

// An answer of any kind is what a probe wants; only these end it.
bool Ends(const Error& error) { return error.reason() == "DRIVE_GONE"; }

}  // namespace

// Opened with rules of its own: where the family's let more through, the probe's do not. The gate
// stays closed.
Status Runner::Probe() {
  const auto problems = FindProbeProblems(*drive_.snapshot);
  if (!problems.empty()) {
    return FailedPrecondition(problems.front().reason, problems.front().text)
        .WithRemedy(problems.front().remedy);
  }
  RETURN_IF_ERROR(BeginStep(StepId::kProbe));
  ASSIGN_OR_RETURN(const inventory::Handles handles,
                   drive_.attachment.open({families::ProbeRules(), {}}));
  if (handles.scsi == nullptr) {
    return FailedPrecondition("NO_SCSI_PATH", "this connection takes no SCSI commands");
  }
  const auto questions = QuestionsFor(*drive_.snapshot);
  size_t answered = 0;
  for (size_t i = 0; i < questions.size(); ++i) {
    if (cancelled()) return Cancelled("JOB_CANCELLED", "the job was cancelled");
    Bytes answer(questions[i].answer_bytes);
    scsi::Command command;
    command.cdb = questions[i].cdb;
    command.direction = answer.empty() ? scsi::Direction::kNone : scsi::Direction::kIn;
    command.data_in = answer;
    const auto completion = handles.scsi->Execute(command);
    if (!completion && Ends(completion.error())) return completion.error();
    if (completion && completion->good()) ++answered;
    Progress(i + 1, questions.size());
  }
  if (handles.task_file != nullptr || drive_.attachment.connection.sat) {
    const auto identify = families::ReadIdentifyPacket(
        handles.task_file.get(), drive_.attachment.second_device, *handles.scsi);
    if (!identify && Ends(identify.error())) return identify.error();
  }
  return EndStep(Outcome::kUnchanged,
                 fmt::format("it answered {} of {} commands", answered, questions.size()));
}

}  // namespace firmbench::jobs

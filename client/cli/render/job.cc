// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/job.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/render/problem.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 12;

std::string WithWords(const std::string& word, std::string_view words) {
  return word.empty() || words.empty() ? word : fmt::format("{} ({})", word, words);
}

std::string StepTable(const v1::Job& job) {
  Table table({"MEMORY", "OUTCOME", "TOOK", "STEP"}, LastColumn::kText);
  for (const v1::JobStep& step : job.steps()) {
    const bool ended = step.has_start_time() && step.has_end_time();
    table.Add({Word(step.memory()), Word(step.outcome()),
               ended ? Clock(step.end_time().seconds() - step.start_time().seconds()) : "",
               step.note().empty() ? step.name() : step.name() + ": " + step.note()});
  }
  return table.Render();
}

std::string PlanStepLine(int number, const v1::PlanStep& step) {
  std::string line = step.text().empty() ? step.name() : step.text();
  if (step.size_bytes() > 0) line += ", " + Bytes(step.size_bytes());
  if (step.has_estimate_duration()) line += ", " + About(step.estimate_duration());
  const std::string head = fmt::format("  {:>2}. ", number);
  return head + Wrap(Clean(line), head.size(), head.size()) + "\n";
}

// "QUEUED(2)": the second one in its drive's queue.
std::string StateCell(const v1::Job& job) {
  if (job.queue_position() <= 0) return Word(job.state());
  return fmt::format("{}({})", Word(job.state()), job.queue_position());
}

Color ResultColor(v1::Job::Result result) {
  return result == v1::Job::RESULT_SUCCEEDED ? Color::kGreen : Color::kRed;
}

}  // namespace

Table JobTable(const v1::ListJobsResponse& jobs, bool wide) {
  std::vector<std::string> headers = {"NAME",   "KIND",    "UNIT",   "MODEL",  "STATE",
                                      "RESULT", "OUTCOME", "EEPROM", "CREATED"};
  if (wide) {
    for (const char* header : {"DRIVE", "MEMORY", "PRINCIPAL", "REASON", "ENDED", "SIMULATED"}) {
      headers.emplace_back(header);
    }
  }
  Table table(headers);
  for (const v1::Job& job : jobs.jobs()) {
    std::vector<std::string> cells = {job.name(),
                                      job.kind(),
                                      job.unit_number(),
                                      job.model(),
                                      StateCell(job),
                                      Word(job.result()),
                                      Word(job.outcome()),
                                      Word(job.eeprom_check()),
                                      Time(job.create_time())};
    if (wide) {
      for (const std::string& cell :
           {job.drive(), Word(job.memory()), job.principal(), job.error().reason(),
            Time(job.end_time()), std::string(job.simulated() ? "yes" : "no")}) {
        cells.push_back(cell);
      }
    }
    table.Add(std::move(cells));
  }
  return table;
}

std::string JobDetails(const v1::Job& job, Style style) {
  Fields fields(kKeyColumns);
  fields.Add("kind", job.kind());
  fields.Add("drive", job.drive());
  fields.Add("unit", job.unit_number().empty() ? "not known yet" : job.unit_number());
  fields.AddIfSet("model", job.model());
  fields.AddIfSet("new model", job.target_model());
  if (!job.recovers().empty()) {
    fields.Add("brings back",
               fmt::format("{}, to {}", job.recovers(),
                           job.recover_to() == "new" ? "what that job wanted to write"
                                                     : "what the drive held before"));
  }
  if (job.has_approval()) {
    const v1::Approval& approval = job.approval();
    fields.Add("approved by", approval.principal() + ": " + approval.reason() +
                                  (approval.solo() ? " (alone: no second person saw it)" : ""));
  }
  if (job.board_millivolts() > 0) {
    constexpr double kMillivolts = 1000.0;
    fields.Add("bare chip",
               fmt::format("{}, on a board of {:.1f} V{}",
                           job.chip_part().empty() ? "whatever answers" : job.chip_part(),
                           job.board_millivolts() / kMillivolts,
                           job.chip_fill().empty() ? "" : ", filled by " + job.chip_fill()));
  }
  fields.AddIfSet("recovered by", job.recovered_by());
  fields.AddIfSet("memory", Word(job.memory()));
  fields.AddIfSet("image", job.image());
  fields.AddIfSet("dump", job.dump());
  fields.Add("state", Word(job.state()));
  if (job.queue_position() > 0) {
    fields.Add("queue", fmt::format("place {}", job.queue_position()));
  }
  fields.AddIfSet("result", Word(job.result()));
  if (!job.advice().empty()) fields.AddIfSet("reason", job.error().reason());
  const bool in_part = job.error().drive_state() == v1::DRIVE_STATE_PARTLY_WRITTEN;
  fields.AddIfSet("outcome", WithWords(Word(job.outcome()),
                                       in_part ? "changed in part" : InWords(job.outcome())));
  fields.AddIfSet("eeprom", WithWords(Word(job.eeprom_check()), InWords(job.eeprom_check())));
  fields.Add("asked by", job.principal());
  fields.AddIfSet("cancelled by", job.cancelled_by());
  if (job.attempts() > 0) {
    fields.Add("begun anew",
               fmt::format("{}, because the daemon stopped",
                           job.attempts() == 1 ? "once" : fmt::format("{} times", job.attempts())));
  }
  fields.Add("created", Time(job.create_time()));
  if (job.has_start_time()) fields.Add("started", Time(job.start_time()));
  fields.Add("first write", job.has_write_start_time() ? Time(job.write_start_time())
                                                       : "none: no destructive command was sent");
  if (job.has_end_time()) fields.Add("ended", Time(job.end_time()));
  fields.AddIfSet("undone by", job.plan().undo_text());
  fields.AddIfSet("plan digest", job.plan().digest());
  for (const std::string& dump : job.dumps()) fields.Add("committed", dump);
  if (job.simulated()) fields.Add("simulated", "yes: no hardware is behind it");

  std::string text = Paint(style, Color::kBold, Clean(job.name())) + "\n";
  if (const std::string advice = AdviceText(job, style); !advice.empty()) {
    text += "\n" + advice + "\n";
  }
  text += fields.text();
  if (!job.steps().empty()) text += "\n" + StepTable(job);
  if (job.has_prompt()) {
    text += "\n" + Wrap("waits for a person: " + Clean(job.prompt().text()), 2, 0) + "\n";
  }
  // The advice said all but the reason, which is what a script or a search wants.
  if (job.has_error() && job.advice().empty()) text += "\n" + JobErrorText(job.error(), style);
  return text;
}

std::string AdviceText(const v1::Job& job, Style style) {
  constexpr size_t kIndent = 17;  // "  What happened  "
  std::string text;
  std::string last;
  for (const std::string& line : job.advice()) {
    const size_t colon = line.find(": ");
    const std::string label = Clean(line.substr(0, colon == std::string::npos ? 0 : colon));
    const std::string rest = colon == std::string::npos ? line : line.substr(colon + 2);
    const std::string shown = label == last ? "" : label;
    last = label;
    const size_t used = 2 + Columns(shown);
    text += "  " + Paint(style, label == "Next" ? Color::kYellow : Color::kBold, shown) +
            std::string(kIndent > used ? kIndent - used : 1, ' ') +
            Wrap(Clean(rest), kIndent, std::max(kIndent, used + 1)) + "\n";
  }
  return text;
}

std::string PlanText(const v1::Job& job, const std::string& title, Style style) {
  const v1::Plan& plan = job.plan();
  std::string text =
      Paint(style, Color::kBold, fmt::format("plan: {} {}", Clean(job.kind()), title)) + "\n";
  for (int i = 0; i < plan.steps_size(); ++i) text += PlanStepLine(i + 1, plan.steps(i));
  // The lines of a bench may say already what undoes it.
  bool undo_said = plan.undo_text().empty();
  for (const std::string& line : plan.lines()) {
    text += "  " + Wrap(Clean(line), 2, 2) + "\n";
    undo_said = undo_said || line.find(plan.undo_text()) != std::string::npos;
  }
  if (!undo_said) {
    text += "  " + Wrap("what undoes it: " + Clean(plan.undo_text()), 2, 2) + "\n";
  }
  if (plan.has_estimate_duration()) {
    text += "  " +
            Wrap("takes " + About(plan.estimate_duration()) + ", without the time that people take",
                 2, 2) +
            "\n";
  }
  if (plan.needs_approval()) text += "  a second person must approve it\n";
  return text + ProblemLines("warning", plan.warnings(), style) +
         ProblemLines("problem", plan.problems(), style);
}

std::string OutcomeLine(const v1::Job& job, Style style) {
  const std::string outcome =
      job.outcome() == v1::OUTCOME_UNSPECIFIED ? Word(v1::OUTCOME_UNKNOWN) : Word(job.outcome());
  std::string line = Paint(style, ResultColor(job.result()), outcome);
  if (job.eeprom_check() != v1::EEPROM_CHECK_UNSPECIFIED) {
    line += "  eeprom " + Word(job.eeprom_check());
  }
  return line + "\n";
}

}  // namespace firmbench::cli::render

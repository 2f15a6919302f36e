// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/journal.h"

namespace firmbench::jobs {

using storage::audit::Json;

storage::AuditFact JobFact(const storage::Job& job, std::string_view action,
                           std::string_view principal, std::string_view outcome) {
  storage::AuditFact fact;
  fact.principal = principal;
  fact.action = action;
  fact.resource = "jobs/" + job.id;
  fact.outcome = outcome;
  fact.details = {{"drive", job.drive_id},          {"kind", job.kind},
                  {"memory", job.memory},           {"model", job.model},
                  {"plan_digest", job.plan_digest}, {"state", job.state}};
  if (!job.unit_id.empty()) fact.details.emplace_back("unit", job.unit_id);
  if (!job.image_id.empty()) fact.details.emplace_back("image", job.image_id);
  if (!job.dump_id.empty()) fact.details.emplace_back("dump", job.dump_id);
  if (!job.target_model.empty()) fact.details.emplace_back("target_model", job.target_model);
  if (!job.recovers.empty()) fact.details.emplace_back("recovers", job.recovers);
  if (!job.result.empty()) fact.details.emplace_back("result", job.result);
  if (!job.outcome.empty()) fact.details.emplace_back("job_outcome", job.outcome);
  if (!job.eeprom_check.empty()) fact.details.emplace_back("eeprom_check", job.eeprom_check);
  return fact;
}

storage::JobEvent MakeEvent(const storage::Job& job, std::string_view type, const Json& detail,
                            int64_t time_us) {
  storage::JobEvent event;
  event.job_id = job.id;
  event.type = type;
  event.state = job.state;
  event.detail_json = detail.Dump();
  event.time_us = time_us;
  return event;
}

storage::JobEvent StateEvent(const storage::Job& job, int64_t time_us) {
  return MakeEvent(job, "state", Json::Object().Set("state", job.state), time_us);
}

storage::JobEvent MessageEvent(const storage::Job& job, const std::string& text, int64_t time_us) {
  return MakeEvent(job, "message", Json::Object().Set("text", text), time_us);
}

Status AppendQuarantine(storage::Transaction& tx, const storage::Job& job,
                        const std::string& reason) {
  const auto insert = [&](const char* kind, const std::string& id) -> Status {
    return tx.InsertQuarantine({.id = tx.NewId(),
                                .subject_kind = kind,
                                .subject_id = id,
                                .reason = reason,
                                .job_id = job.id,
                                .since_us = tx.now_us()});
  };
  RETURN_IF_ERROR(insert("drive", job.drive_id));
  if (!job.unit_id.empty()) RETURN_IF_ERROR(insert("unit", job.unit_id));
  RETURN_IF_ERROR(tx.AppendAudit(JobFact(job, "drive.quarantine", job.principal, "ok")));
  return Ok();
}

Status Journal::Append(std::string_view type, const Json& detail, const TransactionPart& more) {
  const storage::Job row = job_.row();
  const storage::JobEvent event = MakeEvent(row, type, detail, now_us());
  auto status = commit_([&](storage::Transaction& tx) -> Status {
    // As it is now: somebody may have asked for its end in the meantime.
    RETURN_IF_ERROR(tx.UpdateJob(job_.row()));
    if (more) RETURN_IF_ERROR(more(tx));
    RETURN_IF_ERROR(tx.AppendEvent(event));
    return Ok();
  });
  hub_.Notify(row.id);
  return status;
}

Status Journal::Enter(State state, std::string_view audit, const RowChange& also,
                      const TransactionPart& more) {
  job_.Update([&](storage::Job& row) {
    row.state = ToString(state);
    if (also) also(row);
  });
  return Append("state", Json::Object().Set("state", ToString(state)),
                [&](storage::Transaction& tx) -> Status {
                  if (more) RETURN_IF_ERROR(more(tx));
                  if (!audit.empty()) {
                    const storage::Job row = job_.row();
                    const std::string outcome = row.error_reason.empty() ? "ok" : row.error_reason;
                    RETURN_IF_ERROR(tx.AppendAudit(JobFact(row, audit, row.principal, outcome)));
                  }
                  return Ok();
                });
}

Status Journal::Step(const storage::JobStep& step) {
  return Append("step",
                Json::Object()
                    .Set("index", step.index)
                    .Set("name", step.name)
                    .Set("note", step.note)
                    .Set("outcome", step.outcome),
                [&](storage::Transaction& tx) { return tx.PutStep(step); });
}

Status Journal::PromptOpened(const OpenPrompt& prompt) {
  return Append("prompt",
                Json::Object()
                    .Set("expires_us", prompt.expires_us)
                    .Set("id", prompt.id)
                    .Set("kind", prompt.kind)
                    .Set("text", prompt.text),
                {});
}

Status Journal::PromptAnswered(const OpenPrompt& prompt, const LiveJob::Answered& answer) {
  return Append("prompt_answered",
                Json::Object()
                    .Set("answer", answer.answer)
                    .Set("id", prompt.id)
                    .Set("kind", prompt.kind)
                    .Set("principal", answer.principal),
                [&](storage::Transaction& tx) -> Status {
                  auto fact = JobFact(job_.row(), "job.prompt_answered", answer.principal, "ok");
                  fact.details.emplace_back("prompt", prompt.kind);
                  fact.details.emplace_back("answer", answer.answer);
                  RETURN_IF_ERROR(tx.AppendAudit(fact));
                  return Ok();
                });
}

Status Journal::Message(const std::string& text) {
  return Append("message", Json::Object().Set("text", text), {});
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
// Jobs, their plans and events as API messages.
#include <fmt/format.h>

#include "daemon/rpc/convert.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::rpc {
namespace {

using storage::audit::Json;

// The ledger's words are the enums' names without their prefix; a word that is not one of them,
// the empty one above all, is UNSPECIFIED (0).
template <typename Enum>
Enum Word(const google::protobuf::EnumDescriptor* descriptor, const char* prefix,
          const std::string& word) {
  const auto* value = descriptor->FindValueByName(prefix + word);
  return value == nullptr ? Enum{} : static_cast<Enum>(value->number());
}

v1::Outcome OutcomeOf(const std::string& word) {
  return Word<v1::Outcome>(v1::Outcome_descriptor(), "OUTCOME_", word);
}

void SetStep(v1::JobStep* to, const storage::JobStep& from) {
  to->set_name(from.name);
  to->set_index(static_cast<int32_t>(from.index));
  to->set_memory(MemoryFromWord(from.memory));
  to->set_outcome(OutcomeOf(from.outcome));
  to->set_note(from.note);
  if (from.started_us != 0) SetTime(to->mutable_start_time(), from.started_us);
  if (from.ended_us != 0) SetTime(to->mutable_end_time(), from.ended_us);
}

void SetPrompt(v1::Prompt* to, const std::string& id, const std::string& kind,
               const std::string& text, int64_t expires_us) {
  to->set_prompt_id(id);
  to->set_kind(kind);
  to->set_text(text);
  SetTime(to->mutable_expire_time(), expires_us);
  to->add_answers("done");
  to->add_answers("cancel");
}

void SetTimes(v1::Job* to, const storage::Job& row) {
  SetTime(to->mutable_create_time(), row.created_us);
  if (row.started_us != 0) SetTime(to->mutable_start_time(), row.started_us);
  if (row.write_started_us != 0) SetTime(to->mutable_write_start_time(), row.write_started_us);
  if (row.ended_us != 0) SetTime(to->mutable_end_time(), row.ended_us);
}

}  // namespace

v1::Plan ToProto(const jobs::Plan& plan) {
  v1::Plan to;
  to.set_digest(plan.digest);
  for (const jobs::PlanStep& step : plan.steps) {
    v1::PlanStep* out = to.add_steps();
    out->set_name(step.name);
    if (step.memory) out->set_memory(ToProto(*step.memory));
    out->set_text(step.text);
    out->set_size_bytes(step.bytes);
    SetDuration(out->mutable_estimate_duration(), step.estimate);
  }
  to.set_undo_text(plan.undo);
  for (const auto& problem : plan.problems) AddProblem(to.add_problems(), problem);
  for (const auto& warning : plan.warnings) AddProblem(to.add_warnings(), warning);
  to.set_needs_approval(plan.needs_approval);
  for (const std::string& line : plan.lines) to.add_lines(line);
  SetDuration(to.mutable_estimate_duration(), plan.estimate);
  to.set_etag(plan.etag);
  return to;
}

v1::Progress ToProto(const jobs::Progress& progress) {
  v1::Progress to;
  to.set_phase(progress.phase);
  to.set_percent(progress.percent);
  to.set_done_bytes(progress.done_bytes);
  to.set_total_bytes(progress.total_bytes);
  to.set_bytes_per_second(progress.bytes_per_second);
  SetDuration(to.mutable_remaining_duration(), progress.remaining);
  return to;
}

v1::Job ToProto(const jobs::JobView& job, const std::string& bench,
                const std::string& unit_number) {
  const storage::Job& row = job.row;
  v1::Job to;
  to.set_name(Name("jobs", row.id));
  to.set_bench(Name("benches", bench));
  to.set_kind(row.kind);
  to.set_drive(Name("drives", row.drive_id));
  to.set_unit(Name("units", row.unit_id));
  to.set_unit_number(unit_number);
  to.set_memory(MemoryFromWord(row.memory));
  to.set_image(Name("images", row.image_id));
  to.set_dump(Name("dumps", row.dump_id));
  to.set_state(Word<v1::Job::State>(v1::Job::State_descriptor(), "STATE_", row.state));
  to.set_result(Word<v1::Job::Result>(v1::Job::Result_descriptor(), "RESULT_", row.result));
  to.set_outcome(OutcomeOf(row.outcome));
  to.set_eeprom_check(
      Word<v1::EepromCheck>(v1::EepromCheck_descriptor(), "EEPROM_CHECK_", row.eeprom_check));
  *to.mutable_plan() = ToProto(job.plan);
  for (const auto& step : job.steps) SetStep(to.add_steps(), step);
  for (const auto& id : job.dump_ids) to.add_dumps(Name("dumps", id));
  if (job.prompt) {
    SetPrompt(to.mutable_prompt(), job.prompt->id, job.prompt->kind, job.prompt->text,
              job.prompt->expires_us);
  }
  if (job.progress) *to.mutable_progress() = ToProto(*job.progress);
  if (!row.error_reason.empty()) {
    to.mutable_error()->set_reason(row.error_reason);
    to.mutable_error()->set_message(row.error_message);
    to.mutable_error()->set_remedy(row.error_remedy);
    std::string state = row.drive_state;
    for (char& c : state) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    to.mutable_error()->set_drive_state(
        Word<v1::DriveState>(v1::DriveState_descriptor(), "DRIVE_STATE_", state));
  }
  to.set_principal(row.principal);
  SetTimes(&to, row);
  to.set_request_id(row.request_id);
  to.set_simulated(row.simulated);
  to.set_queue_position(job.queue_position);
  to.set_model(row.model);
  to.set_family(row.family);
  to.set_last_sequence(job.last_sequence);
  to.set_recovers(Name("jobs", row.recovers));
  to.set_recover_to(job.plan.spec.recover_to);
  to.set_recovered_by(Name("jobs", job.recovered_by));
  if (job.approval) {
    v1::Approval& approval = *to.mutable_approval();
    approval.set_principal(job.approval->principal);
    approval.set_reason(job.approval->reason);
    approval.set_solo(job.approval->solo);
    SetTime(approval.mutable_create_time(), job.approval->created_us);
  }
  to.set_needs_recovery(job.needs_recovery);
  to.set_attempts(static_cast<int32_t>(row.attempts));
  to.set_cancelled_by(row.cancelled_by);
  to.set_target_model(row.target_model);
  to.set_chip_part(job.plan.spec.chip_part);
  to.set_board_millivolts(job.plan.spec.board_mv);
  to.set_chip_fill(job.plan.spec.chip_fill);
  return to;
}

v1::JobEvent ToProto(const storage::JobEvent& event) {
  v1::JobEvent to;
  to.set_sequence(event.sequence);
  to.set_job_name(Name("jobs", event.job_id));
  SetTime(to.mutable_event_time(), event.time_us);
  const auto parsed = Json::Parse(event.detail_json);
  const Json detail = parsed ? *parsed : Json::Object();
  if (event.type == "step") {
    storage::JobStep step;
    step.index = detail["index"].AsInteger(0);
    step.name = detail["name"].AsString("");
    step.outcome = detail["outcome"].AsString("");
    step.note = detail["note"].AsString("");
    SetStep(to.mutable_step(), step);
  } else if (event.type == "prompt") {
    SetPrompt(to.mutable_prompt(), detail["id"].AsString(""), detail["kind"].AsString(""),
              detail["text"].AsString(""), detail["expires_us"].AsInteger(0));
  } else if (event.type == "prompt_answered") {
    to.mutable_prompt_answer()->set_prompt_id(detail["id"].AsString(""));
    to.mutable_prompt_answer()->set_answer(detail["answer"].AsString(""));
    to.mutable_prompt_answer()->set_principal(detail["principal"].AsString(""));
  } else if (event.type == "message") {
    to.set_message(detail["text"].AsString(""));
  }
  return to;
}

}  // namespace firmbench::rpc

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/job_trace.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/jobs/bridge_history.h"
#include "daemon/scsi/answers.h"

namespace firmbench::jobs {
namespace {

bool IsVpd(const TraceBlock& block, uint8_t page) {
  return block.cdb.size() == 6 && block.cdb[0] == 0x12 && (block.cdb[1] & 1) != 0 &&
         block.cdb[2] == page;
}

void CollectSerials(const TraceBlock& block, std::vector<std::string>& serials) {
  if (!block.returned || !block.returned->data || block.cdb.empty()) return;
  const Bytes& data = *block.returned->data;
  if (IsVpd(block, 0x80)) {
    if (auto serial = scsi::ParseVpdSerial(data)) serials.push_back(std::move(*serial));
  } else if (block.cdb[0] == 0x46) {
    const auto configuration = scsi::ParseConfiguration(data);
    if (!configuration) return;
    const scsi::Feature* feature = configuration->Find(scsi::feature::kDriveSerialNumber);
    if (feature != nullptr) serials.push_back(scsi::SerialOf(*feature));
  }
}

}  // namespace

inventory::Attachment Recorded(inventory::Attachment attachment,
                               const std::shared_ptr<TraceRecording>& recording) {
  attachment.open = [open = std::move(attachment.open),
                     recording](const inventory::GateRules& rules) {
    inventory::GateRules recorded = rules;
    recorded.recording = recording;
    return open(recorded);
  };
  return attachment;
}

Status StoreTrace(storage::Ledger& ledger, const std::string& job_id, const Trace& trace) {
  uint64_t commands = 0;
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) commands += block.count;
  }
  if (commands == 0) return Ok();
  const std::string text = FormatTrace(trace, TracePayloads::kFull);
  return ledger.Commit([&](storage::Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(AsBytes(text)));
    return tx.InsertJobTrace({.id = tx.NewId(),
                              .job_id = job_id,
                              .sha256 = sha256,
                              .commands = static_cast<int64_t>(commands),
                              .created_us = tx.now_us()});
  });
}

Result<Trace> LoadTrace(storage::Ledger& ledger, const std::string& job_id) {
  ASSIGN_OR_RETURN(const auto row, ledger.FindJobTrace(job_id));
  if (!row) {
    return NotFound("TRACE_MISSING", "there is no trace of this job")
        .WithRemedy("a trace is kept when a job that reached its drive has ended");
  }
  ASSIGN_OR_RETURN(const Bytes text, ledger.ReadBlob(row->sha256));
  return ParseTrace(AsText(text));
}

void NameTrace(const storage::Job& job, Trace& trace) {
  trace.head.emplace_back("job", "jobs/" + job.id);
  trace.head.emplace_back("kind", job.kind);
  if (!job.model.empty()) trace.head.emplace_back("family", job.family);
  if (!job.model.empty()) trace.head.emplace_back("model", job.model);
  trace.head.emplace_back("firmbench", job.tool_version);
  trace.head.emplace_back("hardware", job.simulated ? "simulated" : "real");
}

void RaiseEvidence(const storage::Job& job, Trace& trace) {
  if (job.simulated) return;
  for (TraceStep& step : trace.steps) {
    for (TraceBlock& block : step.blocks) {
      const bool answered = block.status ? *block.status == 0 : !block.script.empty();
      if (answered && block.error.empty() && block.evidence) block.evidence = Evidence::kObserved;
    }
  }
}

void PackCapsule(const JobView& job, const std::string& version, Trace& trace) {
  const storage::Job& row = job.row;
  auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) trace.head.emplace_back(key, value);
  };
  add("packed by", "firmbench " + version);
  add("plan", row.plan_json);
  add("plan digest", row.plan_digest);
  add("created", FormatRfc3339(row.created_us));
  add("state", row.state);
  add("result", row.result);
  add("outcome", row.outcome);
  add("EEPROM", row.eeprom_check);
  add("drive state", row.drive_state);
  if (!row.error_reason.empty()) {
    add("finding", fmt::format("{}: {}", row.error_reason, row.error_message));
  }
  for (const storage::JobStep& step : job.steps) {
    if (step.started_us == 0) continue;
    add("done", fmt::format("{}: {}{}{}", step.name, step.outcome, step.note.empty() ? "" : ", ",
                            step.note));
  }
}

Result<std::vector<std::string>> SerialsIn(storage::Ledger& ledger, const storage::Job& job,
                                           const Trace& trace) {
  std::vector<std::string> serials;
  if (std::string bridge = BridgeOf(job); !bridge.empty()) serials.push_back(std::move(bridge));
  if (!job.unit_id.empty()) {
    ASSIGN_OR_RETURN(const auto evidence, ledger.ListEvidence(job.unit_id));
    for (const storage::UnitEvidence& seen : evidence) {
      if (seen.kind.ends_with("_serial") || seen.kind == "label") serials.push_back(seen.value);
    }
  }
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) CollectSerials(block, serials);
  }
  return serials;
}

}  // namespace firmbench::jobs

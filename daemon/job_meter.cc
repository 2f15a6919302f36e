// SPDX-License-Identifier: Apache-2.0
#include "daemon/job_meter.h"

#include "daemon/jobs/plan.h"
#include "storage/audit/canonical_json.h"

namespace firmbench {
namespace {

constexpr double kMicrosOfASecond = 1e6;

// From a read of an EEPROM to a large flash through a slow bridge.
std::vector<double> Bounds() { return {1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600}; }

bool Reads(int64_t step) {
  using jobs::StepId;
  for (const StepId id :
       {StepId::kReadEeprom, StepId::kReadFirmware, StepId::kReadBack, StepId::kCheckEeprom}) {
    if (static_cast<int64_t>(id) == step) return true;
  }
  return false;
}

struct Moved {
  int64_t read = 0;
  int64_t written = 0;
};

// Of the steps that came to their end.
Moved BytesOf(const storage::Job& job, const std::vector<storage::JobStep>& steps) {
  Moved moved;
  const auto plan = storage::audit::Json::Parse(job.plan_json);
  if (!plan) return moved;
  const auto& planned = (*plan)["steps"].items();
  for (const storage::JobStep& step : steps) {
    if (step.ended_us == 0 || step.index < 0 || step.index >= std::ssize(planned)) continue;
    const auto& what = planned[static_cast<size_t>(step.index)];
    const int64_t bytes = what["bytes"].AsInteger(0);
    const int64_t id = what["id"].AsInteger(-1);
    if (Reads(id)) moved.read += bytes;
    if (id == static_cast<int64_t>(jobs::StepId::kWrite)) moved.written += bytes;
  }
  return moved;
}

}  // namespace

bool JobMeter::IsNew(const std::string& job_id) {
  if (!counted_.insert(job_id).second) return false;
  order_.push_back(job_id);
  if (order_.size() > kRemembered) {
    counted_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

Status JobMeter::Look(const std::string& job_id) {
  ASSIGN_OR_RETURN(const storage::Job job, ledger_.GetJob(job_id));
  if (job.result.empty()) return Ok();
  ASSIGN_OR_RETURN(const auto steps, ledger_.ListSteps(job_id));
  const Moved moved = BytesOf(job, steps);
  MutexLock lock(mutex_);
  if (!IsNew(job_id)) return Ok();
  ++ended_[{job.kind, job.result, job.outcome}];
  if (job.started_us != 0) {
    seconds_.try_emplace(job.kind, Bounds())
        .first->second.Observe(static_cast<double>(job.ended_us - job.started_us) /
                               kMicrosOfASecond);
  }
  read_bytes_ += moved.read;
  written_bytes_ += moved.written;
  return Ok();
}

void JobMeter::Say(web::MetricsText& text) const {
  MutexLock lock(mutex_);
  text.Family("firmbench_jobs_total", "counter",
              "Jobs that ended since the start, by kind, result, and what became of the memory.");
  for (const auto& [ended, count] : ended_) {
    text.Sample({{"kind", ended.kind}, {"result", ended.result}, {"outcome", ended.outcome}},
                count);
  }
  text.Family("firmbench_job_duration_seconds", "histogram",
              "From the first command of a job to its end, prompts included, by kind.");
  for (const auto& [kind, seconds] : seconds_) text.Sample({{"kind", kind}}, seconds);
  text.Family("firmbench_read_bytes_total", "counter",
              "Bytes of drives' memories that jobs which ended have read.");
  text.Sample({}, read_bytes_);
  text.Family("firmbench_written_bytes_total", "counter",
              "Bytes of drives' memories that jobs which ended have written or found equal.");
  text.Sample({}, written_bytes_);
}

}  // namespace firmbench

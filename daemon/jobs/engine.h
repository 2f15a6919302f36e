// SPDX-License-Identifier: Apache-2.0
#pragma once

// The job engine: plans, accepts, queues, cancels and shows jobs. Thread-safe. No call waits for
// hardware: jobs run on the lanes of their drives, calls read snapshots and the ledger.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/jobs/runner.h"

namespace firmbench::jobs {

// A request to create a job, with what makes it safe to repeat and impossible to misdirect.
struct CreateRequest {
  JobSpec spec;
  std::string etag;         // of the drive; required for jobs that write
  std::string plan_digest;  // of the plan that was shown; required for jobs that write
  std::string request_id;   // the client's own; required for jobs that write
  std::string principal;    // from the connection, never from the request
};

// A job as anybody may see it.
struct JobView {
  storage::Job row;
  Plan plan;
  std::vector<storage::JobStep> steps;
  std::vector<std::string> dump_ids;
  std::optional<OpenPrompt> prompt;
  std::optional<Progress> progress;
  int queue_position = 0;  // jobs ahead of it on its lane; 0 when it runs or is closed
  // Events up to this one are contained in the row; 0 when it was not asked (View alone).
  int64_t last_sequence = 0;
  std::string recovered_by;  // the job that brought its drive back; "" when none did
  std::optional<storage::Approval> approval;  // of a job that needs one, when it has it
  bool needs_recovery = false;  // its write was cut off, and nobody has brought the drive back
};

// How long a job waits for its approval ; its plan is of that day.
inline constexpr Nanos kApprovalTime = std::chrono::hours(24);

class Engine {
 public:
  explicit Engine(const Services& services) : services_(services) {}
  // Waits for what runs on the lanes.
  ~Engine();

  // Settles what an earlier process left open: jobs that had not begun wait again in their order,
  // jobs that had begun are reconciled with their drives on their lanes (reconcile.h), and begin
  // again or are closed with what is true. Returns when all is settled. Call once, before the first
  // job, when the drives were looked at. LEDGER_*.
  Status RecoverOpenJobs();

  // The plan, nothing touched: DRIVE_NOT_FOUND, IMAGE_NOT_FOUND, DUMP_NOT_FOUND. What stands
  // against the job is in Plan::problems.
  Result<Plan> MakePlanFor(const JobSpec& spec);

  // In this order: request_id known? (the same job again, or REQUEST_ID_REUSED), is
  // the drive there, etag (ETAG_STALE), problems (the first one's reason), plan (PLAN_STALE). Job
  // and audit entry are one transaction. ETAG_REQUIRED, PLAN_DIGEST_REQUIRED, REQUEST_ID_REQUIRED,
  // SHUTTING_DOWN.
  Result<JobView> Create(const CreateRequest& request);

  Result<JobView> Get(const std::string& job_id);
  Result<JobView> View(const storage::Job& row);
  // The live part only, without the database; nullopt for a closed job.
  std::shared_ptr<LiveJob> Live(const std::string& job_id) const;

  Status Cancel(const std::string& job_id, const std::string& principal);
  Status Answer(const std::string& job_id, const std::string& prompt_id, const std::string& answer,
                const std::string& principal);
  // NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED (the job is cancelled then), APPROVER_IS_REQUESTER,
  // SOLO_WAIT, PLAN_STALE.
  Status Approve(const std::string& job_id, const std::string& plan_digest,
                 const std::string& reason, const std::string& principal);

  // The job that holds the drive's lane, or the next one to have it; "" when there is none.
  std::string CurrentJob(const std::string& drive_id) const;

  // "In use by Ann": nobody else's job is accepted for the drive until the claim expires or is
  // released; jobs that were accepted are not touched. Claiming again moves the end.
  // DRIVE_NOT_FOUND, DRIVE_CLAIMED (by somebody else), CLAIM_TOO_LONG (above kLongestClaim).
  Status ClaimDrive(const std::string& drive_id, const std::string& principal,
                    const std::string& note, Nanos duration);
  // Anybody may end a claim, and the audit log says who did. NOT_CLAIMED.
  Status ReleaseDrive(const std::string& drive_id, const std::string& principal);
  static constexpr Nanos kLongestClaim = std::chrono::hours(24);

  // Ends every quarantine that keeps this drive from being written: its own, its unit's, its port's
  // and its bridge's. REASON_REQUIRED, NOT_QUARANTINED.
  Status LiftQuarantine(const std::string& drive_id, const std::string& reason,
                        const std::string& principal);

  // No new jobs; those that have not begun to write stop and wait for the next process, a write
  // that has begun goes on to its end; returns when none runs any more.
  void Drain();

  WatchHub& hub() { return services_.hub; }

 private:
  struct Running {
    std::shared_ptr<LiveJob> job;
    std::string channel;
    uint64_t turn = 0;  // its place on the lane; 0 until it is posted there
  };

  // APPROVER_IS_REQUESTER, SOLO_WAIT.
  Status CheckSolo(const storage::Job& row) const;
  Result<std::optional<JobView>> FindRepeated(const CreateRequest& request);
  void SayWhatIsNotCopied(Plan& plan);
  Result<int64_t> LastSequence(const std::string& job_id);
  Status CheckRequest(const CreateRequest& request, const inventory::DriveSnapshot& drive);
  Status Accept(const storage::Job& row, const Plan& plan);
  void RefuseAudited(const CreateRequest& request, const Error& error);
  // Posts the job to its drive's lane, once: who comes second finds it there.
  Status Start(const std::shared_ptr<LiveJob>& job);
  void Run(const std::shared_ptr<LiveJob>& job);
  void Finish(const std::string& job_id);
  void Adopt(const storage::Job& row, Plan plan, const std::string& channel);
  Status FindRecovery(JobView& view);
  // engine_restart.cc
  Result<std::set<std::string>> SettleBegun(const std::vector<storage::Job>& begun);
  Result<storage::Job> BeginAgain(storage::Job row);
  Status QueueAgain(const storage::Job& row);
  Status CloseUnbegun(storage::Job row, const Error& error);
  void FinishCutWrites(const std::vector<std::string>& job_ids);
  // engine_claims.cc
  Status CheckClaim(const std::string& drive_id, const std::string& principal);

  Services services_;
  mutable Mutex mutex_;
  CondVar ended_;
  bool draining_ FB_GUARDED_BY(mutex_) = false;
  uint64_t turns_ FB_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Running> live_ FB_GUARDED_BY(mutex_);  // by job id: age order
};

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a job writes into the ledger while it runs: state changes, steps, prompts and the audit
// entries that belong to them, each in one transaction, then a wake-up for the watchers. Lane-only.

#include <string>
#include <vector>

#include "daemon/jobs/live_job.h"
#include "daemon/jobs/watch_hub.h"
#include "storage/audit/canonical_json.h"
#include "storage/storage.h"

namespace firmbench::jobs {

class Journal {
 public:
  using TransactionPart = std::function<Status(storage::Transaction&)>;
  using CommitFunction = std::function<Status(const TransactionPart&)>;
  // `commit` makes a change durable.
  Journal(CommitFunction commit, WatchHub& hub, LiveJob& job, const Clock& clock)
      : commit_(std::move(commit)), hub_(hub), job_(job), clock_(clock) {}

  // Moves the job to `state`. `also` changes the row, `audit` names the audit entry (none if
  // empty), `more` runs in the same transaction.
  using RowChange = std::function<void(storage::Job&)>;
  Status Enter(State state, std::string_view audit = {}, const RowChange& also = {},
               const TransactionPart& more = {});

  // Stores the step and tells the watchers.
  Status Step(const storage::JobStep& step);

  Status PromptOpened(const OpenPrompt& prompt);
  Status PromptAnswered(const OpenPrompt& prompt, const LiveJob::Answered& answer);

  // Something worth a line in the job's history.
  Status Message(const std::string& text);

  int64_t now_us() const { return clock_.WallMicros(); }

 private:
  Status Append(std::string_view type, const storage::audit::Json& detail,
                const TransactionPart& more);

  const CommitFunction commit_;
  WatchHub& hub_;
  LiveJob& job_;
  const Clock& clock_;
};

// Puts the job's drive in quarantine, and its unit when it is known: the one may be moved to
// another bay, the other may not be recognised any more. With the audit entry.
Status AppendQuarantine(storage::Transaction& tx, const storage::Job& job,
                        const std::string& reason);

// An event of a job in its present state.
storage::JobEvent MakeEvent(const storage::Job& job, std::string_view type,
                            const storage::audit::Json& detail, int64_t time_us);
// The event that tells that state.
storage::JobEvent StateEvent(const storage::Job& job, int64_t time_us);
// A line in the job's history.
storage::JobEvent MessageEvent(const storage::Job& job, const std::string& text, int64_t time_us);

// The audit entry of a job in its present state.
storage::AuditFact JobFact(const storage::Job& job, std::string_view action,
                           std::string_view principal, std::string_view outcome);

}  // namespace firmbench::jobs

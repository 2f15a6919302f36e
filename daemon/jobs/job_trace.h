// SPDX-License-Identifier: Apache-2.0
#pragma once

// The trace of a job: kept with it in the ledger, and made into what a person can send. Blocks on
// the database; any thread.

#include <memory>
#include <string>
#include <vector>

#include "daemon/base/trace.h"
#include "daemon/inventory/drive_source.h"
#include "daemon/jobs/engine.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// The attachment with every descriptor that it opens recorded.
inventory::Attachment Recorded(inventory::Attachment attachment,
                               const std::shared_ptr<TraceRecording>& recording);

// Nothing happens for a trace without commands. LEDGER_*.
Status StoreTrace(storage::Ledger& ledger, const std::string& job_id, const Trace& trace);

// TRACE_MISSING, LEDGER_*.
Result<Trace> LoadTrace(storage::Ledger& ledger, const std::string& job_id);

// Puts what tells the job into the head of its trace: kind, model, firmbench's version, whether
// hardware was behind it.
void NameTrace(const storage::Job& job, Trace& trace);
// And everything that is needed to understand a failure elsewhere: the plan, the outcome, each
// step and how it ended. `version` is that of the daemon that packs it.
void PackCapsule(const JobView& job, const std::string& version, Trace& trace);

// What a real drive answered has been observed, whatever it was believed for before. Nothing
// happens to the trace of a simulated one, which proves nothing; nor is any rule of the gate
// touched, whose evidence is that of the code.
void RaiseEvidence(const storage::Job& job, Trace& trace);

// The serial numbers by which the job's drive and unit can be told: those that the ledger has of
// the unit, those that the drive said in the trace itself, and that of the bridge in the plan.
Result<std::vector<std::string>> SerialsIn(storage::Ledger& ledger, const storage::Job& job,
                                           const Trace& trace);

}  // namespace firmbench::jobs

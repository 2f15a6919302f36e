// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the last commits showed of the ledger's disk. Thread-safe; written by the writer's thread
// and by reads that meet damage, read by anybody.

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

class HealthRecord {
 public:
  explicit HealthRecord(const Clock& clock) : clock_(clock) {}

  // A transaction that changed something is durable. Damage of the file stays damage.
  void Succeeded();
  // Notes errors that speak of the disk or the file; what a change says of itself is none.
  void Failed(const Error& error);
  // Of a read: only damage of the file matters for writing.
  void ReadFailed(const Error& error);

  LedgerHealth Now() const;
  // True when a commit should be tried to see whether the trouble is over: the ledger is not
  // writable, the file is not damaged, and the last commit or try failed kProbeEvery ago.
  bool ProbeDue();

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  LedgerHealth health_ FB_GUARDED_BY(mutex_);
  Nanos tried_ FB_GUARDED_BY(mutex_){0};  // last, while not writable
};

}  // namespace firmbench::storage::sqlite

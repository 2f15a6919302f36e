// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a job that has begun to write puts what the ledger cannot take: a file that was allocated
// and synced before the first destructive command. Used by the job's lane alone; TakeInSpills by
// the thread that starts the daemon. The file's format is described in storage/spill_format.h.
//
// A spilled change is not in the ledger's lists until it was taken in: by a later Commit() or
// Close() of the same spill, or by TakeInSpills() at the next start. Then it is there exactly once,
// in order; its audit entries carry the time of taking in and, as the detail "spilled", their own.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"
#include "storage/storage.h"

namespace firmbench::storage {

class Spill {
 public:
  // Makes FOLDER/JOB.spill, its blocks allocated, file and folder synced. `bytes` (raised to
  // kMinBytes, at most kMaxBytes) must hold what is still to be recorded: each blob once, and 2 to
  // 4 KiB for each commit. `ledger` and `clock` must outlive it.
  // SPILL_NO_SPACE, SPILL_FAILED (also when an earlier spill of this job still waits there).
  static Result<std::unique_ptr<Spill>> Allocate(const std::string& folder,
                                                 const std::string& job_id, int64_t bytes,
                                                 Ledger& ledger, Clock& clock = RealClock());
  static constexpr int64_t kMinBytes = 64 * 1024;
  static constexpr int64_t kMaxBytes = 64 * 1024 * 1024;

  // Leaves the file where it is; Close() removes it.
  ~Spill() = default;
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Commits to the ledger. When the ledger cannot take it (LEDGER_* but LEDGER_CONSTRAINT and
  // LEDGER_REENTRANT), `change` runs once more with a transaction that writes down every call; that
  // record is written and synced here, and the answer is Ok. While something waits here, it is
  // taken into the ledger first; when that fails, `change` is recorded behind it. In a recorded
  // change InsertUnit is refused (SPILL_REFUSED), references are checked only when it is taken in,
  // and AppendEvent and AppendAudit return 0. SPILL_FULL, SPILL_FAILED: then the change is nowhere,
  // and the error's metadata "ledger" says why the ledger did not take it. Other errors are those
  // of the change itself. What the ledger refuses when it is taken in (LEDGER_CONSTRAINT,
  // ALREADY_EXISTS, NOT_FOUND) stays in the file, and those behind it go on.
  Status Commit(const std::function<Status(Transaction&)>& change);

  // Something waits to be taken in.
  bool spilled() const { return !waiting_.empty(); }

  // Tries to take in what waits and removes the file when nothing waits in it. What still waits
  // stays for the next start; that is no error. SPILL_FAILED when the file cannot be removed.
  Status Close();

 private:
  Spill(UniqueFd file, std::string path, std::string job_id, int64_t bytes, Ledger& ledger,
        Clock& clock);
  Status TakeIn();
  Status Record(const std::string& id, const std::function<Status(Transaction&)>& change);
  Status Append(ByteView payload);
  Error Full() const;

  UniqueFd file_;
  const std::string path_;
  const std::string job_id_;
  const int64_t bytes_;
  Ledger& ledger_;
  Clock& clock_;
  int64_t end_ = 0;            // where the next record goes
  uint32_t number_ = 0;        // of the next record
  std::deque<Bytes> waiting_;  // payloads, in order
  bool refused_ = false;       // the file holds a record that the ledger will not take
};

// At start, before any job is looked at: takes in what FOLDER/*.spill hold and removes these files;
// returns how many records were taken in now. An incomplete last record is what a power cut leaves:
// it was never acknowledged and is dropped. A file that cannot be understood, belongs to another
// ledger or holds a record that the ledger refuses is renamed to NAME.set_aside.ID after what can
// be taken in was taken in, and the audit log says so ("spill.set_aside"). A missing folder holds
// nothing. SPILL_FAILED when the folder cannot be read; LEDGER_* when the ledger cannot be
// written: everything stays for another try.
Result<int> TakeInSpills(Ledger& ledger, const std::string& folder);

}  // namespace firmbench::storage

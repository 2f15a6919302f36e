// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one thread that writes. Changes that several threads submit while a transaction is being made
// durable are gathered into the next one. Thread-safe.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/health.h"

namespace firmbench::storage::sqlite {

class Writer {
 public:
  using Change = std::function<Status(Database&)>;
  // How a transaction is ended; a test replaces it to lose the answer of a COMMIT that happened.
  using CommitFunction = std::function<Status(Database&)>;

  // `database` is open for writing and migrated; `reread` says how to open it again, to learn the
  // fate of a commit that failed. `clock` paces probes and must outlive the writer.
  Writer(
      std::unique_ptr<Database> database, Database::Options reread,
      CommitFunction commit = [](Database& db) { return db.Exec("COMMIT"); },
      const Clock& clock = RealClock());
  // Finishes what was submitted.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs `change` on the writer's thread in a savepoint of its own and returns when it is durable.
  // An error means that the change is not in the ledger; only when the error's metadata says
  // "fate": "unknown" could even that not be read. LEDGER_REENTRANT from within a change.
  Status Submit(const Change& change);

  HealthRecord& health() { return health_; }
  // Commits a transaction that changes nothing but the count of transactions, to see whether that
  // is possible again; waits for its end at most so long. It goes on afterwards all the same.
  void Probe(Nanos wait);

 private:
  struct Request {
    const Change* change = nullptr;
    Status result;
    bool done = true;
  };

  void Loop();
  std::deque<Request*> Take() FB_EXCLUDES(mutex_);
  void RunBatch(std::deque<Request*> batch);
  size_t RunChanges(const std::deque<Request*>& batch);
  Status RunOne(const Change& change);
  Status End();
  Status Fate(Error failure, int64_t expected);
  Status Fence();

  const std::unique_ptr<Database> database_;
  const Database::Options reread_;
  const CommitFunction commit_;
  HealthRecord health_;

  Mutex mutex_;
  CondVar submitted_;
  CondVar finished_;
  std::deque<Request*> queue_ FB_GUARDED_BY(mutex_);
  Request probe_ FB_GUARDED_BY(mutex_);
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace firmbench::storage::sqlite

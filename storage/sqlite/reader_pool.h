// SPDX-License-Identifier: Apache-2.0
#pragma once

// Connections for reading, lent to one thread at a time. They are opened when they are first
// needed; all but two are closed again when they come back, so that an idle daemon stays small.
// Thread-safe.

#include <memory>
#include <vector>

#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "storage/sqlite/database.h"

namespace firmbench::storage::sqlite {

class ReaderPool {
 public:
  // At most `limit` connections are lent at the same time; a further caller waits.
  ReaderPool(Database::Options options, int limit) : options_(std::move(options)), free_(limit) {}

  // A connection until it goes out of scope. It must not be held while foreign code runs: whoever
  // waits for a second one may wait for ever.
  class Lease {
   public:
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Database& operator*() const { return *database_; }
    Database* operator->() const { return database_.get(); }

   private:
    friend class ReaderPool;
    Lease(ReaderPool* pool, std::unique_ptr<Database> database)
        : pool_(pool), database_(std::move(database)) {}
    ReaderPool* pool_;
    std::unique_ptr<Database> database_;
  };
  Result<Lease> Take();

 private:
  void GiveBack(std::unique_ptr<Database> database);

  const Database::Options options_;
  Mutex mutex_;
  CondVar given_back_;
  int free_ FB_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Database>> idle_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::storage::sqlite

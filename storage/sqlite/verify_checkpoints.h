// SPDX-License-Identifier: Apache-2.0
#pragma once

// Compares stored checkpoints with the tree while the entries are walked, in one pass over both.
// For the thread that owns the Database.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/audit/note.h"
#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

class CheckpointWalk {
 public:
  using Say = std::function<void(std::string)>;
  // `problem` and `note` take what is wrong and what a reader should know, in words.
  CheckpointWalk(Database& database, const std::string& bench_id, Say problem, Say note)
      : database_(database),
        origin_(audit::OriginOf(bench_id)),
        problem_(std::move(problem)),
        note_(std::move(note)) {}

  // Opens the list of checkpoints; the others are called after it.
  Status Begin();
  // Each entry in its order: some name keys.
  void Entry(const AuditEntry& entry);
  // After the entries below `size`; `root` is asked only when there are checkpoints of that size.
  Status AtSize(int64_t size, const std::function<audit::Hash()>& root);
  // What is left stands for entries that are not there.
  Status End(int64_t size);
  int64_t count() const { return count_; }

 private:
  Status Next();
  void Check(const audit::Hash& root);

  Database& database_;
  const std::string origin_;
  const Say problem_;
  const Say note_;
  std::optional<Statement> list_;
  std::optional<Checkpoint> next_;
  std::vector<audit::PublicKey> keys_;  // that entries so far have named, oldest first
  int64_t count_ = 0;
};

}  // namespace firmbench::storage::sqlite

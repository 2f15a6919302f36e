// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/verify_checkpoints.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/audit/canonical_json.h"
#include "storage/checkpoint_signer.h"
#include "storage/sqlite/paging.h"

namespace firmbench::storage::sqlite {

Status CheckpointWalk::Begin() {
  ASSIGN_OR_RETURN(Statement list,
                   database_.Prepare(Select<Checkpoint>("ORDER BY t.tree_size, t.seq")));
  list_.emplace(std::move(list));
  return Next();
}

Status CheckpointWalk::Next() {
  ASSIGN_OR_RETURN(const bool more, list_->Step());
  next_.reset();
  if (more) next_ = ReadRow<Checkpoint>(*list_);
  return Ok();
}

void CheckpointWalk::Entry(const AuditEntry& entry) {
  constexpr size_t kMostKeys = 1000;
  const bool key = entry.action == kAuditKeyAction;
  if (!key && entry.action != kAuditRollbackAction) return;
  const auto json = audit::Json::Parse(entry.json);
  if (!json) return;  // said of the entry itself
  const audit::Json& details = (*json)["details"];
  if (!key) {
    note_(
        fmt::format("entry {}: the ledger was put back: {} entries had been signed, {} were there",
                    entry.sequence, details[kSignedSizeDetail].AsString("?"),
                    details["entries"].AsString("?")));
    return;
  }
  const auto bytes = FromHex(details[kPublicKeyDetail].AsString(""));
  if (!bytes || bytes->size() != sizeof(audit::PublicKey)) {
    problem_(fmt::format("audit entry {}: the key that it names is none", entry.sequence));
    return;
  }
  if (!keys_.empty()) {
    note_(fmt::format("entry {}: from here on another key signs: {}", entry.sequence,
                      details["reason"].AsString("?")));
  }
  if (keys_.size() == kMostKeys) keys_.erase(keys_.begin());
  std::copy(bytes->begin(), bytes->end(), keys_.emplace_back().begin());
}

Status CheckpointWalk::AtSize(int64_t size, const std::function<audit::Hash()>& root) {
  while (next_ && next_->tree_size <= size) {
    if (next_->tree_size < size) {
      problem_(
          fmt::format("checkpoint of {} entries: the last of them is missing", next_->tree_size));
    } else {
      Check(root());
    }
    ++count_;
    RETURN_IF_ERROR(Next());
  }
  return Ok();
}

void CheckpointWalk::Check(const audit::Hash& root) {
  const std::string name = fmt::format("checkpoint of {} entries", next_->tree_size);
  if (next_->root_hash != ToHex(root)) {
    problem_(name + ": the entries have another root than was signed");
  }
  const auto note = audit::ParseNote(next_->text);
  if (!note) {
    problem_(fmt::format("{}: {}", name, note.error().message()));
    return;
  }
  if (note->head.origin != origin_ || note->head.size != next_->tree_size ||
      ToHex(note->head.root) != next_->root_hash) {
    problem_(name + ": its text says something else than its row");
  }
  const bool signed_by_us = std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) {
    return audit::OpenCheckpoint(next_->text, key).has_value();
  });
  if (!signed_by_us) problem_(name + ": no key that the log names has signed it");
}

Status CheckpointWalk::End(int64_t size) {
  while (next_) {
    problem_(
        fmt::format("checkpoint of {} entries: the log has only {}: it was put back to an "
                    "earlier state",
                    next_->tree_size, size));
    ++count_;
    RETURN_IF_ERROR(Next());
  }
  list_.reset();
  return Ok();
}

}  // namespace firmbench::storage::sqlite

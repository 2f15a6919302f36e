// SPDX-License-Identifier: Apache-2.0
#include "storage/checkpoint_signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "daemon/base/log.h"
#include "storage/audit/canonical_json.h"
#include "storage/audit/key_file.h"

namespace firmbench::storage {
namespace {

constexpr char kPrincipal[] = "firmbenchd";

// The newest key that the log names, in hex; "" when it names none.
Result<std::string> RecordedKey(Ledger& ledger) {
  ASSIGN_OR_RETURN(const auto entries, ledger.ListAudit({.action = kAuditKeyAction}, {.size = 1, .after = ""}));
  if (entries.rows.empty()) return std::string();
  ASSIGN_OR_RETURN(const audit::Json entry, audit::Json::Parse(entries.rows[0].json));
  return entry["details"][kPublicKeyDetail].AsString("");
}

Status AppendFact(Ledger& ledger, const AuditFact& fact) {
  return ledger.Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  });
}

}  // namespace

Result<Checkpoint> CheckpointSigner::Sign() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Prepare());
  ASSIGN_OR_RETURN(const int64_t size, ledger_.AuditSize());
  ASSIGN_OR_RETURN(const auto stored, ledger_.FindCheckpoint(size));
  if (stored) {
    const auto head = audit::OpenCheckpoint(stored->text, key_->public_key());
    // One that does not open was signed with a key that is gone, or changed: Verify says which.
    if (head && head->size == size && ToHex(head->root) == stored->root_hash) return *stored;
  }
  return SignAt(size);
}

Result<Checkpoint> CheckpointSigner::SignAt(int64_t size) {
  Checkpoint checkpoint{.tree_size = size, .created_us = clock_.WallMicros()};
  ASSIGN_OR_RETURN(checkpoint.root_hash, ledger_.AuditRoot(size));
  audit::TreeHead head{.origin = origin(), .size = size};
  ASSIGN_OR_RETURN(const Bytes root, FromHex(checkpoint.root_hash));
  std::copy_n(root.begin(), head.root.size(), head.root.begin());
  ASSIGN_OR_RETURN(checkpoint.text, audit::SignCheckpoint(head, *key_));
  RETURN_IF_ERROR(ledger_.Commit([&](Transaction& tx) { return tx.InsertCheckpoint(checkpoint); }));
  RETURN_IF_ERROR(audit::WriteOwnFile(folder_ + "/audit.checkpoint", checkpoint.text));
  return checkpoint;
}

Result<audit::PublicKey> CheckpointSigner::Key() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Prepare());
  return key_->public_key();
}

// Once: what cannot be done now is tried again by the next call.
Status CheckpointSigner::Prepare() {
  if (key_) return Ok();
  ASSIGN_OR_RETURN(audit::SigningKey key, audit::LoadOrMakeKey(folder_ + "/audit.key"));
  RETURN_IF_ERROR(NoticeRollback());
  RETURN_IF_ERROR(RecordKey(key));
  key_ = std::move(key);
  return Ok();
}

Status CheckpointSigner::RecordKey(const audit::SigningKey& key) {
  const std::string hex = ToHex(key.public_key());
  ASSIGN_OR_RETURN(const std::string recorded, RecordedKey(ledger_));
  if (recorded == hex) return Ok();
  AuditFact fact{.principal = kPrincipal,
                 .action = kAuditKeyAction,
                 .resource = "benches/" + ledger_.bench_id(),
                 .outcome = "ok",
                 .details = {{kPublicKeyDetail, hex},
                             {"key_hash", audit::KeyHash(origin(), key.public_key())}}};
  if (recorded.empty()) {
    fact.details.emplace_back("reason", "the bench's first key");
  } else {
    fact.details.emplace_back("reason", "the key that signed until now is not there any more");
    fact.details.emplace_back("replaces", recorded);
    log::Warn("the audit log is signed with another key from now on", "replaces", recorded, "key",
              hex);
  }
  return AppendFact(ledger_, fact);
}

// Whether the ledger still begins with what was last signed here. The signature is not asked for:
// the file is ours, and the key may be the one that was lost.
Status CheckpointSigner::NoticeRollback() {
  const std::string path = folder_ + "/audit.checkpoint";
  ASSIGN_OR_RETURN(const auto text, audit::ReadOwnFile(path, /*secret=*/false));
  if (!text) return Ok();
  const auto note = audit::ParseNote(*text);
  if (!note || note->head.origin != origin()) {
    log::Warn("the file of the last checkpoint is not of this bench", "path", path);
    return Ok();
  }
  ASSIGN_OR_RETURN(const int64_t size, ledger_.AuditSize());
  std::string root;
  if (note->head.size <= size) {
    ASSIGN_OR_RETURN(root, ledger_.AuditRoot(note->head.size));
  }
  if (root == ToHex(note->head.root)) return Ok();
  log::ErrorLine("the ledger does not contain what was signed: it was put back or replaced",
                 "signed_entries", note->head.size, "entries", size);
  RETURN_IF_ERROR(
      AppendFact(ledger_, {.principal = kPrincipal,
                           .action = kAuditRollbackAction,
                           .resource = "benches/" + ledger_.bench_id(),
                           .outcome = "AUDIT_ROLLED_BACK",
                           .details = {{kSignedSizeDetail, std::to_string(note->head.size)},
                                       {"signed_root", ToHex(note->head.root)},
                                       {"entries", std::to_string(size)}}}));
  // Said once: the entry stays, and so does the checkpoint that it speaks of.
  if (std::rename(path.c_str(), (path + ".lost").c_str()) == 0) return Ok();
  return FailedPrecondition("AUDIT_FILE_FAILED",
                            fmt::format("cannot rename {} (errno {})", path, errno));
}

}  // namespace firmbench::storage

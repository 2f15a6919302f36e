// SPDX-License-Identifier: Apache-2.0
#pragma once

// Signs the audit tree. The key lies in the state folder as `audit.key` (PKCS#8, mode 0600) and is
// made when there is none; an audit entry "audit.key" names its public half before it signs
// anything, and says when it replaces another. The last checkpoint lies beside it as
// `audit.checkpoint`: a ledger that was put back to an earlier state no longer contains it, and an
// audit entry "audit.rollback" says so. Thread-safe.

#include <optional>
#include <string>

#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "storage/audit/note.h"
#include "storage/storage.h"

namespace firmbench::storage {

inline constexpr char kAuditKeyAction[] = "audit.key";
inline constexpr char kAuditRollbackAction[] = "audit.rollback";
// Details of these entries: the key as 64 hex digits, the size that was signed before.
inline constexpr char kPublicKeyDetail[] = "public_key";
inline constexpr char kSignedSizeDetail[] = "signed_entries";

class CheckpointSigner {
 public:
  // `ledger` and `clock` must outlive it. Nothing is read before the first Sign.
  CheckpointSigner(Ledger& ledger, std::string folder, Clock& clock)
      : ledger_(ledger), folder_(std::move(folder)), clock_(clock) {}

  // The checkpoint of the tree as it is now, stored in the ledger; the stored one when nothing was
  // added since. LEDGER_*, AUDIT_KEY_*, AUDIT_FILE_*.
  Result<Checkpoint> Sign();
  // What Sign signs with, once it has. AUDIT_KEY_*, AUDIT_FILE_*, LEDGER_*.
  Result<audit::PublicKey> Key();

 private:
  Status Prepare() FB_REQUIRES(mutex_);
  Status RecordKey(const audit::SigningKey& key) FB_REQUIRES(mutex_);
  Status NoticeRollback() FB_REQUIRES(mutex_);
  Result<Checkpoint> SignAt(int64_t size) FB_REQUIRES(mutex_);
  std::string origin() const { return audit::OriginOf(ledger_.bench_id()); }

  Ledger& ledger_;
  const std::string folder_;
  Clock& clock_;
  Mutex mutex_;
  std::optional<audit::SigningKey> key_ FB_GUARDED_BY(mutex_);  // recorded in the ledger
};

}  // namespace firmbench::storage

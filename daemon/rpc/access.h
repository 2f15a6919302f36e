// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who calls, and whether they may. Holds the credentials that are good now in memory; the ledger
// has them all. Thread-safe; no call waits for anything but the ledger's own commit.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/failures.h"
#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "daemon/rpc/roles.h"
#include "storage/storage.h"

namespace firmbench::rpc {

// Whoever a connection or a token belongs to. Copies stand for the same caller.
struct Caller {
  std::string principal;           // as jobs, claims and audit entries name it
  Role role = Role::kNone;         // kNone: known, but may nothing
  std::string known_by;            // "unix user 1000", "token credentials/ID"
  std::string credential_id = {};  // "" for a Unix user
  int64_t expires_us = 0;          // 0: never
  // Set: every call ends with what it says then, whatever else is here. Any thread.
  std::function<Error()> refusal = {};
  // Taken while a stream of this caller runs; returned with the last copy.
  std::shared_ptr<void> stream = {};
};

class Access {
 public:
  static constexpr int kMostStreams = 256;          // of everybody
  static constexpr int kMostStreamsOfOne = 64;      // of one principal
  static constexpr size_t kMostCredentials = 1000;  // good at the same time

  Access(storage::Ledger& ledger, const Clock& clock);

  // Reads the good credentials. Once, before the first call. LEDGER_*.
  Status Load();

  // Of the text of a token. TOKEN_INVALID (unknown, revoked or expired: no more is said).
  Result<Caller> OfToken(std::string_view text);

  // Of a certificate whose chain and time were checked. CERTIFICATE_UNKNOWN.
  Result<Caller> OfCertificate(const std::string& der_sha256);
  // Of the text that a browser keeps. SESSION_ENDED.
  Result<Caller> OfSession(std::string_view text);

  // May the caller call it? ROLE_REQUIRED. Counts what is let through and what is refused.
  Status Check(const Rule& rule, const Caller& caller);
  // For streams, before every message: CREDENTIAL_ENDED.
  Status CheckStanding(const Caller& caller);
  // Fills caller.stream. TOO_MANY_STREAMS.
  Status TakeStream(Caller& caller);

  // A new credential whose secret is `secret`. CREDENTIAL_ENDED when `made_from` is set and not
  // good any more, TOO_MANY_CREDENTIALS, LEDGER_*.
  Result<storage::Credential> Add(storage::Credential credential, std::string_view secret,
                                  const std::string& action);
  // Uses `used` up and adds what was made from it, in one commit: principal, role and note are
  // those of `used`. CODE_INVALID when somebody was faster, CREDENTIAL_ENDED as above, LEDGER_*.
  Result<storage::Credential> Exchange(const storage::Credential& used, storage::Credential made,
                                       const std::string& secret_sha256, const std::string& action);
  // The invitation with this text, which somebody at that address shows. CODE_INVALID,
  // TOO_MANY_ATTEMPTS (from there, in a short time).
  Result<storage::Credential> FindInvitation(std::string_view text, const std::string& address);
  // The link with this text. LOGIN_LINK_INVALID.
  Result<storage::Credential> FindLoginLink(std::string_view text);
  // Those that are good now, of one principal and kind.
  std::vector<storage::Credential> Good(const std::string& principal, std::string_view kind) const;
  // When the credential expires, microseconds; nullopt: it is not good.
  std::optional<int64_t> ExpiryOf(const std::string& credential_id) const;
  // Ends credentials, and what was made from them, at once, and says so to OnEnd. `reason` is the
  // person's own; may be empty.
  Status End(const std::vector<storage::Credential>& credentials, const std::string& by,
             const std::string& reason);

  // Called after a credential ended, from the ending thread; set once, before the first call.
  void OnEnd(std::function<void(const std::string& credential_id)> ended);

  struct Count {
    int64_t let_through = 0;
    int64_t refused = 0;
  };
  // Calls by method since the start.
  std::map<std::string, Count> Counts() const;

 private:
  struct Counter {
    std::atomic<int64_t> let_through = 0;
    std::atomic<int64_t> refused = 0;
  };

  // Lets a new one in, unless what it stands on ("": nothing) was ended since: CREDENTIAL_ENDED.
  Status Admit(const storage::Credential& credential, const std::string& stands_on);
  // First they, then the tokens, links and sessions that stand on them. No credential twice.
  std::vector<storage::Credential> WithWhatStandsOn(
      const std::vector<storage::Credential>& credentials) const;
  // The good credential with that secret, or `unknown`.
  Result<storage::Credential> Find(const std::string& secret_sha256, std::string_view kind,
                                   const Error& unknown) const;

  storage::Ledger& ledger_;
  const Clock& clock_;
  std::vector<Counter> counters_;
  std::function<void(const std::string&)> ended_;
  mutable Mutex mutex_;
  std::map<std::string, storage::Credential> good_ FB_GUARDED_BY(mutex_);  // by secret's SHA-256
  std::set<std::string> good_ids_ FB_GUARDED_BY(mutex_);
  std::map<std::string, int> streams_ FB_GUARDED_BY(mutex_);  // by principal
  int all_streams_ FB_GUARDED_BY(mutex_) = 0;
  Failures wrong_codes_ FB_GUARDED_BY(mutex_);
};

// Random text that is typed or pasted: `bits` (a multiple of 5) in lower-case letters and digits
// without those that are mistaken for one another. RANDOM_FAILED.
Result<std::string> RandomText(int bits);

}  // namespace firmbench::rpc

// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a person comes into the bench's page: a link that is good once, or a token, becomes a session
// that a browser keeps. Both are credentials in the ledger, so that they outlive the daemon, are
// listed and revoked as others are. Any thread.

#include <chrono>
#include <string>

#include "daemon/rpc/access.h"

namespace firmbench::rpc {

inline constexpr std::chrono::minutes kLoginLinkLife{5};
inline constexpr std::chrono::hours kSessionLife{12};
// Open at the same time, of one principal.
inline constexpr size_t kMostLoginLinks = 10;
inline constexpr size_t kMostSessions = 32;

// The text of a secret, this once, and what the ledger keeps.
struct MadeSecret {
  std::string text;
  storage::Credential credential;
};

// For the caller, with the caller's role, and not beyond the caller's own credential.
// TOO_MANY_CREDENTIALS, LEDGER_*.
Result<MadeSecret> MakeLoginLink(Access& access, const Clock& clock, const Caller& caller);

// The session of whoever shows the link. LOGIN_LINK_INVALID (also when it was used),
// TOO_MANY_CREDENTIALS, LEDGER_*.
Result<MadeSecret> OpenSession(Access& access, const Clock& clock, std::string_view link);
// Of the token's principal, with its role; ends with the token. TOKEN_INVALID,
// TOO_MANY_CREDENTIALS, LEDGER_*.
Result<MadeSecret> OpenSessionWithToken(Access& access, const Clock& clock, std::string_view token);
// By whoever has it. SESSION_ENDED, LEDGER_*.
Status CloseSession(Access& access, std::string_view session);

}  // namespace firmbench::rpc

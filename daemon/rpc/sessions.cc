// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"

namespace firmbench::rpc {
namespace {

constexpr int kSecretBits = 255;
constexpr char kLoginLink[] = "login_link";
constexpr char kSession[] = "session";

int64_t After(const Clock& clock, std::chrono::microseconds life) {
  return clock.WallMicros() + life.count();
}

// Not beyond `bound`; 0: without one.
int64_t Bounded(int64_t expires_us, int64_t bound) {
  return bound == 0 ? expires_us : std::min(expires_us, bound);
}

Status CheckLinks(const Access& access, const std::string& principal) {
  if (access.Good(principal, kLoginLink).size() < kMostLoginLinks) return Ok();
  return ResourceExhausted("TOO_MANY_CREDENTIALS",
                           fmt::format("{} login links of {} wait to be used already",
                                       kMostLoginLinks, principal))
      .WithRemedy("use one of them, or wait five minutes");
}

Status CheckSessions(const Access& access, const std::string& principal) {
  if (access.Good(principal, kSession).size() < kMostSessions) return Ok();
  return ResourceExhausted("TOO_MANY_CREDENTIALS",
                           fmt::format("{} browsers work as {} already", kMostSessions, principal))
      .WithRemedy("sign out where nobody works any more");
}

}  // namespace

Result<MadeSecret> MakeLoginLink(Access& access, const Clock& clock, const Caller& caller) {
  RETURN_IF_ERROR(CheckLinks(access, caller.principal));
  MadeSecret made;
  ASSIGN_OR_RETURN(made.text, RandomText(kSecretBits));
  ASSIGN_OR_RETURN(
      made.credential,
      access.Add({.kind = kLoginLink,
                  .principal = caller.principal,
                  .role = std::string(ToString(caller.role)),
                  .created_by = caller.principal,
                  .expires_us = Bounded(After(clock, kLoginLinkLife), caller.expires_us),
                  .made_from = caller.credential_id},
                 made.text, "access.login_link"));
  return made;
}

Result<MadeSecret> OpenSession(Access& access, const Clock& clock, std::string_view link) {
  ASSIGN_OR_RETURN(const storage::Credential used, access.FindLoginLink(link));
  RETURN_IF_ERROR(CheckSessions(access, used.principal));
  int64_t expires_us = After(clock, kSessionLife);
  if (!used.made_from.empty()) {
    // What is not good any more has ended its links with it; 1 if that is just happening.
    expires_us = Bounded(expires_us, access.ExpiryOf(used.made_from).value_or(1));
  }
  MadeSecret made;
  ASSIGN_OR_RETURN(made.text, RandomText(kSecretBits));
  auto session = access.Exchange(
      used, {.kind = kSession, .expires_us = expires_us, .made_from = used.made_from},
      Sha256Hex(AsBytes(made.text)), "access.login");
  if (!session) {
    // When somebody was faster it is answered as a moment later.
    const auto again = access.FindLoginLink(link);
    return again ? std::move(session).error() : again.error();
  }
  made.credential = std::move(*session);
  return made;
}

Result<MadeSecret> OpenSessionWithToken(Access& access, const Clock& clock,
                                        std::string_view token) {
  ASSIGN_OR_RETURN(const Caller caller, access.OfToken(token));
  RETURN_IF_ERROR(CheckSessions(access, caller.principal));
  MadeSecret made;
  ASSIGN_OR_RETURN(made.text, RandomText(kSecretBits));
  ASSIGN_OR_RETURN(made.credential,
                   access.Add({.kind = kSession,
                               .principal = caller.principal,
                               .role = std::string(ToString(caller.role)),
                               .created_by = caller.principal,
                               .expires_us = Bounded(After(clock, kSessionLife), caller.expires_us),
                               .made_from = caller.credential_id},
                              made.text, "access.login"));
  return made;
}

Status CloseSession(Access& access, std::string_view session) {
  ASSIGN_OR_RETURN(const Caller caller, access.OfSession(session));
  for (const storage::Credential& credential : access.Good(caller.principal, kSession)) {
    if (credential.id == caller.credential_id) {
      return access.End({credential}, caller.principal, "signed out");
    }
  }
  return Ok();
}

}  // namespace firmbench::rpc

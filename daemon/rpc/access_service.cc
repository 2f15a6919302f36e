// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/access_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/enrollment_code.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/sessions.h"

namespace firmbench::rpc {
namespace {

constexpr size_t kLongestNote = 200;
constexpr int kTokenBits = 255;
// So that a token that lies somewhere is known for what it is.
constexpr std::string_view kTokenPrefix = "fbt_";
constexpr std::chrono::hours kUsualToken{30 * 24};
constexpr std::chrono::hours kLongestToken{366 * 24};
constexpr std::chrono::minutes kUsualCode{15};
constexpr std::chrono::hours kLongestCode{24};
constexpr int kMostShown = 1000;

Result<Role> RoleFrom(const std::string& word, Role otherwise) {
  if (word.empty()) return otherwise;
  const auto role = ParseRole(word);
  if (role) return *role;
  return InvalidArgument("ROLE_UNKNOWN", "a role is one of viewer, technician, manager, auditor");
}

// Microseconds; `usual` when none is given.
Result<int64_t> Lifetime(bool given, const google::protobuf::Duration& duration,
                         std::chrono::seconds usual, std::chrono::seconds longest) {
  const int64_t seconds = given ? duration.seconds() : usual.count();
  if (seconds < 1 || seconds > longest.count() || duration.nanos() < 0) {
    return InvalidArgument("DURATION_INVALID",
                           fmt::format("it can be good for 1 to {} seconds", longest.count()));
  }
  return seconds * 1'000'000;
}

Result<v1::CreateTokenResponse> CreateToken(const Context& bench, const Caller& caller,
                                            const v1::CreateTokenRequest& request) {
  RETURN_IF_ERROR(CheckLength(request.note(), kLongestNote));
  ASSIGN_OR_RETURN(const Role role, RoleFrom(request.role(), Role::kViewer));
  if (!IsWithin(role, caller.role)) {
    return Error(Code::kPermissionDenied, "TOKEN_ROLE_TOO_HIGH",
                 fmt::format("{} is {} here and cannot make a token for a {}", caller.principal,
                             ToString(caller.role), ToString(role)));
  }
  ASSIGN_OR_RETURN(int64_t lifetime,
                   Lifetime(request.has_lifetime_duration(), request.lifetime_duration(),
                            kUsualToken, kLongestToken));
  int64_t expires_us = bench.clock.WallMicros() + lifetime;
  // What a token or a certificate lets one do ends with it.
  if (caller.expires_us != 0) expires_us = std::min(expires_us, caller.expires_us);
  ASSIGN_OR_RETURN(const std::string random, RandomText(kTokenBits));
  v1::CreateTokenResponse out;
  out.set_token(std::string(kTokenPrefix) + random);
  ASSIGN_OR_RETURN(const storage::Credential made,
                   bench.access.Add({.kind = "token",
                                     .principal = caller.principal,
                                     .role = std::string(ToString(role)),
                                     .note = request.note(),
                                     .created_by = caller.principal,
                                     .expires_us = expires_us,
                                     .made_from = caller.credential_id},
                                    out.token(), "access.token_create"));
  *out.mutable_credential() = ToProto(made);
  return out;
}

bool SeesAll(const Caller& caller) {
  return caller.role == Role::kManager || caller.role == Role::kAuditor;
}

Result<v1::ListCredentialsResponse> List(const Context& bench, const Caller& caller,
                                         const v1::ListCredentialsRequest& request) {
  storage::CredentialFilter filter{
      .principal = request.principal(), .kind = request.kind(), .ended_too = request.show_ended()};
  RETURN_IF_ERROR(CheckLength(filter.principal, kLongestText));
  RETURN_IF_ERROR(CheckLength(filter.kind, kLongestText));
  v1::ListCredentialsResponse out;
  if (!SeesAll(caller)) {
    if (!filter.principal.empty() && filter.principal != caller.principal) return out;
    filter.principal = caller.principal;
  }
  ASSIGN_OR_RETURN(const auto rows, bench.ledger.ListCredentials(filter));
  for (const storage::Credential& row : rows) {
    if (out.credentials_size() == kMostShown) break;
    *out.add_credentials() = ToProto(row);
  }
  return out;
}

Result<v1::Credential> Revoke(const Context& bench, const Caller& caller,
                              const v1::RevokeCredentialRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, IdFrom("credentials", request.name()));
  ASSIGN_OR_RETURN(const auto rows, bench.ledger.ListCredentials({.ended_too = true}));
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const storage::Credential& row) { return row.id == id; });
  // Of others' one is told nothing, not even that they are there.
  if (found == rows.end() ||
      (caller.role != Role::kManager && found->principal != caller.principal)) {
    return NotFound("CREDENTIAL_NOT_FOUND", "there is no such credential");
  }
  if (found->ended_us != 0) {
    return FailedPrecondition("CREDENTIAL_ENDED",
                              "this credential was " + found->end_reason + " already");
  }
  RETURN_IF_ERROR(bench.access.End({*found}, caller.principal, ""));
  v1::Credential out = ToProto(*found);
  SetTime(out.mutable_end_time(), bench.clock.WallMicros());
  out.set_ended_by(caller.principal);
  out.set_end_reason("revoked");
  return out;
}

Result<v1::RevokePrincipalResponse> RevokeAll(const Context& bench, const Caller& caller,
                                              const v1::RevokePrincipalRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  if (request.principal().empty() || request.principal().size() > kLongestText) {
    return InvalidArgument("PRINCIPAL_INVALID", "say whose credentials end");
  }
  ASSIGN_OR_RETURN(const auto rows,
                   bench.ledger.ListCredentials({.principal = request.principal()}));
  if (rows.empty()) {
    return NotFound("PRINCIPAL_NOT_FOUND", "nobody of that name has a good credential");
  }
  RETURN_IF_ERROR(bench.access.End(rows, caller.principal, request.reason()));
  v1::RevokePrincipalResponse out;
  for (const storage::Credential& row : rows) *out.add_credentials() = ToProto(row);
  return out;
}

Result<v1::InviteResponse> Invite(const Context& bench, const Caller& caller,
                                  const v1::InviteRequest& request) {
  if (bench.enrollment == nullptr) {
    return FailedPrecondition("NOT_LISTENING", "this bench does not listen on the network")
        .WithRemedy("set `listen` in [remote] of firmbenchd.toml and start firmbenchd again");
  }
  RETURN_IF_ERROR(CheckPrincipal(request.principal()));
  if (request.role().empty()) return InvalidArgument("ROLE_UNKNOWN", "say the role");
  ASSIGN_OR_RETURN(const Role role, RoleFrom(request.role(), Role::kNone));
  ASSIGN_OR_RETURN(const int64_t lifetime,
                   Lifetime(request.has_lifetime_duration(), request.lifetime_duration(),
                            kUsualCode, kLongestCode));
  v1::InviteResponse out;
  EnrollmentCode code{.secret = {}, .key = bench.enrollment->authority.key_letters()};
  ASSIGN_OR_RETURN(code.secret, RandomText(5 * EnrollmentCode::kSecretLetters));
  out.set_code(code.Text());
  ASSIGN_OR_RETURN(const storage::Credential made,
                   bench.access.Add({.kind = "invitation",
                                     .principal = request.principal(),
                                     .role = std::string(ToString(role)),
                                     .created_by = caller.principal,
                                     .expires_us = bench.clock.WallMicros() + lifetime},
                                    code.secret, "access.invite"));
  out.set_address(bench.enrollment->address);
  *out.mutable_credential() = ToProto(made);
  return out;
}

Result<v1::CreateLoginLinkResponse> CreateLoginLink(const Context& bench, const Caller& caller) {
  if (bench.facts.page_address.empty()) {
    return FailedPrecondition("PAGE_OFF", "this bench serves no page")
        .WithRemedy("set `listen` in [web] of firmbenchd.toml and start firmbenchd again");
  }
  ASSIGN_OR_RETURN(const MadeSecret made, MakeLoginLink(bench.access, bench.clock, caller));
  v1::CreateLoginLinkResponse out;
  out.set_url(fmt::format("https://{}/login#{}", bench.facts.page_address, made.text));
  *out.mutable_credential() = ToProto(made.credential);
  return out;
}

}  // namespace

v1::Credential ToProto(const storage::Credential& credential) {
  v1::Credential out;
  out.set_name(Name("credentials", credential.id));
  out.set_kind(credential.kind);
  out.set_principal(credential.principal);
  out.set_role(credential.role);
  out.set_note(credential.note);
  out.set_created_by(credential.created_by);
  SetTime(out.mutable_create_time(), credential.created_us);
  SetTime(out.mutable_expire_time(), credential.expires_us);
  if (credential.ended_us != 0) SetTime(out.mutable_end_time(), credential.ended_us);
  out.set_ended_by(credential.ended_by);
  out.set_end_reason(credential.end_reason);
  return out;
}

Status CheckPrincipal(const std::string& principal) {
  constexpr size_t kLongest = 32;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  if (!principal.empty() && principal.size() <= kLongest &&
      kLetters.find(principal[0]) != std::string_view::npos &&
      principal.find_first_not_of(kAllowed) == std::string::npos) {
    return Ok();
  }
  return InvalidArgument("PRINCIPAL_INVALID",
                         "a name has 1 to 32 of a-z, 0-9, '.', '_' and '-', and begins with a "
                         "letter");
}

grpc::ServerUnaryReactor* AccessService::GetCaller(grpc::CallbackServerContext* context,
                                                   const v1::GetCallerRequest* request,
                                                   v1::GetCallerResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) -> Result<v1::GetCallerResponse> {
                 v1::GetCallerResponse out;
                 out.set_principal(caller.principal);
                 out.set_role(std::string(ToString(caller.role)));
                 out.set_known_by(caller.known_by);
                 out.set_bench(Name("benches", bench_.ledger.bench_id()));
                 if (caller.expires_us != 0) {
                   SetTime(out.mutable_expire_time(), caller.expires_us);
                 }
                 return out;
               });
}

grpc::ServerUnaryReactor* AccessService::CreateToken(grpc::CallbackServerContext* context,
                                                     const v1::CreateTokenRequest* request,
                                                     v1::CreateTokenResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return rpc::CreateToken(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AccessService::ListCredentials(grpc::CallbackServerContext* context,
                                                         const v1::ListCredentialsRequest* request,
                                                         v1::ListCredentialsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return List(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AccessService::RevokeCredential(
    grpc::CallbackServerContext* context, const v1::RevokeCredentialRequest* request,
    v1::Credential* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return Revoke(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AccessService::RevokePrincipal(grpc::CallbackServerContext* context,
                                                         const v1::RevokePrincipalRequest* request,
                                                         v1::RevokePrincipalResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return RevokeAll(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AccessService::Invite(grpc::CallbackServerContext* context,
                                                const v1::InviteRequest* request,
                                                v1::InviteResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return rpc::Invite(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AccessService::CreateLoginLink(grpc::CallbackServerContext* context,
                                                         const v1::CreateLoginLinkRequest* request,
                                                         v1::CreateLoginLinkResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) { return rpc::CreateLoginLink(bench_, caller); });
}

}  // namespace firmbench::rpc

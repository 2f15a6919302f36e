// SPDX-License-Identifier: Apache-2.0
#include "client/cli/access.h"

#include <fmt/format.h>

#include "client/cli/resolve.h"

namespace firmbench::cli {
namespace {

std::string State(const v1::Credential& credential) {
  if (!credential.has_end_time()) return "good until " + render::Time(credential.expire_time());
  return fmt::format("{} by {}, {}", credential.end_reason(), credential.ended_by(),
                     render::Time(credential.end_time()));
}

}  // namespace

render::Table CredentialTable(const v1::ListCredentialsResponse& list) {
  render::Table table({"NAME", "KIND", "PRINCIPAL", "ROLE", "STATE", "NOTE"},
                      render::LastColumn::kText);
  for (const v1::Credential& credential : list.credentials()) {
    table.Add({credential.name(), credential.kind(), credential.principal(), credential.role(),
               State(credential), credential.note()});
  }
  return table;
}

Ending RunWhoami(Context& context) {
  ASSIGN_OR_RETURN(
      const v1::GetCallerResponse caller,
      Call(context.client.access(), &v1::AccessService::Stub::GetCaller, v1::GetCallerRequest()));
  context.Print(caller, [&] {
    return fmt::format("{}, {} of {} ({})\n", render::Clean(caller.principal()),
                       render::Clean(caller.role()), render::Clean(caller.bench()),
                       render::Clean(caller.known_by()));
  });
  return ExitCode::kOk;
}

Ending RunTokenCreate(Context& context, const TokenCreateOptions& options) {
  constexpr int64_t kDay = 24 * 3600;
  v1::CreateTokenRequest request;
  request.set_role(options.role);
  request.set_note(options.note);
  request.mutable_lifetime_duration()->set_seconds(options.days * kDay);
  ASSIGN_OR_RETURN(const v1::CreateTokenResponse made,
                   Call(context.client.access(), &v1::AccessService::Stub::CreateToken, request));
  context.console.Err(fmt::format("{}, {}; shown this once. Scripts find it in FIRMBENCH_TOKEN\n",
                                  render::Clean(made.credential().name()),
                                  render::Clean(State(made.credential()))));
  context.Print(made, [&] { return render::Clean(made.token()) + "\n"; });
  return ExitCode::kOk;
}

Ending RunTokenList(Context& context, const TokenListOptions& options) {
  v1::ListCredentialsRequest request;
  request.set_kind("token");
  request.set_principal(options.principal);
  request.set_show_ended(options.all);
  ASSIGN_OR_RETURN(
      const v1::ListCredentialsResponse list,
      Call(context.client.access(), &v1::AccessService::Stub::ListCredentials, request));
  context.Print(list, [&] { return CredentialTable(list); });
  return ExitCode::kOk;
}

Ending RunTokenRevoke(Context& context, const TokenRevokeOptions& options) {
  v1::RevokeCredentialRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("credentials", options.token));
  ASSIGN_OR_RETURN(
      const v1::Credential ended,
      Call(context.client.access(), &v1::AccessService::Stub::RevokeCredential, request));
  context.Print(ended, [&] { return render::Clean(ended.name()) + " is good for nothing now\n"; });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli

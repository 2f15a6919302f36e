// SPDX-License-Identifier: Apache-2.0
#pragma once

// AccessService: who the caller is, tokens, invitations, login links, revocation. Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/access_service.grpc.pb.h"

namespace firmbench::rpc {

class AccessService final : public v1::AccessService::CallbackService {
 public:
  explicit AccessService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* GetCaller(grpc::CallbackServerContext* context,
                                      const v1::GetCallerRequest* request,
                                      v1::GetCallerResponse* response) override;
  grpc::ServerUnaryReactor* CreateToken(grpc::CallbackServerContext* context,
                                        const v1::CreateTokenRequest* request,
                                        v1::CreateTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListCredentials(grpc::CallbackServerContext* context,
                                            const v1::ListCredentialsRequest* request,
                                            v1::ListCredentialsResponse* response) override;
  grpc::ServerUnaryReactor* RevokeCredential(grpc::CallbackServerContext* context,
                                             const v1::RevokeCredentialRequest* request,
                                             v1::Credential* response) override;
  grpc::ServerUnaryReactor* RevokePrincipal(grpc::CallbackServerContext* context,
                                            const v1::RevokePrincipalRequest* request,
                                            v1::RevokePrincipalResponse* response) override;
  grpc::ServerUnaryReactor* Invite(grpc::CallbackServerContext* context,
                                   const v1::InviteRequest* request,
                                   v1::InviteResponse* response) override;
  grpc::ServerUnaryReactor* CreateLoginLink(grpc::CallbackServerContext* context,
                                            const v1::CreateLoginLinkRequest* request,
                                            v1::CreateLoginLinkResponse* response) override;

 private:
  const Context& bench_;
};

v1::Credential ToProto(const storage::Credential& credential);

// PRINCIPAL_INVALID: 1 to 32 of a-z, 0-9, '.', '_', '-', the first a letter.
Status CheckPrincipal(const std::string& principal);

}  // namespace firmbench::rpc

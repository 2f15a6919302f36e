// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/enrollment_service.h"

#include <fmt/format.h>

#include "daemon/base/enrollment_code.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

Result<v1::EnrollResponse> Exchange(const Context& bench, const v1::EnrollRequest& request,
                                    const std::string& address) {
  constexpr size_t kLongestRequest = 8 << 10;
  RETURN_IF_ERROR(CheckLength(request.code(), kLongestText));
  RETURN_IF_ERROR(CheckLength(request.certificate_request_pem(), kLongestRequest));
  ASSIGN_OR_RETURN(const EnrollmentCode code, EnrollmentCode::Parse(request.code()));
  ASSIGN_OR_RETURN(const storage::Credential invitation,
                   bench.access.FindInvitation(code.secret, address));
  pki::Authority& authority = bench.enrollment->authority;
  // Before the code is used up: a request that cannot be signed leaves it good.
  ASSIGN_OR_RETURN(const pki::Authority::Signed made,
                   authority.SignClient(request.certificate_request_pem(), invitation.principal));
  ASSIGN_OR_RETURN(const storage::Credential certificate,
                   bench.access.Exchange(invitation,
                                         {.kind = "certificate",
                                          .expires_us = made.facts.validity.until_us,
                                          .made_from = invitation.id},
                                         ToHex(made.facts.sha256), "access.enroll"));
  v1::EnrollResponse out;
  out.set_certificate_pem(made.certificate);
  out.set_authority_pem(authority.certificate());
  out.set_bench(Name("benches", bench.ledger.bench_id()));
  out.set_server_name(authority.server_name());
  out.set_principal(certificate.principal);
  out.set_role(certificate.role);
  SetTime(out.mutable_expire_time(), certificate.expires_us);
  return out;
}

}  // namespace

void EnrollmentService::Expect(int descriptor, const std::string& address) {
  MutexLock lock(mutex_);
  addresses_[fmt::format("fd:{}", descriptor)] = address;
}

std::string EnrollmentService::AddressOf(const std::string& connection) {
  MutexLock lock(mutex_);
  const auto found = addresses_.find(connection);
  return found == addresses_.end() ? std::string() : found->second;
}

grpc::ServerUnaryReactor* EnrollmentService::Enroll(grpc::CallbackServerContext* context,
                                                    const v1::EnrollRequest* request,
                                                    v1::EnrollResponse* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) {
    return Exchange(bench_, *request, AddressOf(context->peer()));
  });
}

}  // namespace firmbench::rpc

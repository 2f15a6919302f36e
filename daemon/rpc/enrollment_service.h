// SPDX-License-Identifier: Apache-2.0
#pragma once

// EnrollmentService: a code and a key become a client certificate. Thread-safe.

#include <string>

#include "daemon/rpc/context.h"
#include "daemon/rpc/pki/authority.h"
#include "firmbench/v1/access_service.grpc.pb.h"

namespace firmbench::rpc {

// What invitations and enrolment need of a bench that listens on the network.
struct Enrollment {
  pki::Authority& authority;
  std::string address;  // where it listens, as it knows itself
};

class EnrollmentService final : public v1::EnrollmentService::CallbackService {
 public:
  // `bench.enrollment` is there.
  explicit EnrollmentService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* Enroll(grpc::CallbackServerContext* context,
                                   const v1::EnrollRequest* request,
                                   v1::EnrollResponse* response) override;

 private:
  const Context& bench_;
};

}  // namespace firmbench::rpc

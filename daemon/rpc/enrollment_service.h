// SPDX-License-Identifier: Apache-2.0
#pragma once

// EnrollmentService: a code and a key become a client certificate. Thread-safe.

#include <map>
#include <string>

#include "daemon/base/mutex.h"
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

  // The connection of that descriptor, which is given to gRPC next, comes from `address`. gRPC
  // names connections so, and closes no descriptor before the last call on it is over.
  void Expect(int descriptor, const std::string& address);

  grpc::ServerUnaryReactor* Enroll(grpc::CallbackServerContext* context,
                                   const v1::EnrollRequest* request,
                                   v1::EnrollResponse* response) override;

 private:
  // "" for who came another way.
  std::string AddressOf(const std::string& connection);

  const Context& bench_;
  Mutex mutex_;
  std::map<std::string, std::string> addresses_ FB_GUARDED_BY(mutex_);  // by gRPC's name
};

}  // namespace firmbench::rpc

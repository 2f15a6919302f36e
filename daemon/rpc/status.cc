// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/status.h"

#include "daemon/rpc/convert.h"
#include "firmbench/v1/errors.pb.h"

namespace firmbench::rpc {

grpc::Status ToGrpc(const Error& error) {
  v1::ErrorInfo info;
  info.set_reason(error.reason());
  info.set_domain("firmbench");
  for (const auto& [key, value] : error.metadata()) (*info.mutable_metadata())[key] = value;
  info.set_remedy(error.remedy());
  info.set_drive_state(ToProto(error.drive_state()));
  if (error.sense()) {
    info.mutable_sense()->set_key(error.sense()->key);
    info.mutable_sense()->set_asc(error.sense()->asc);
    info.mutable_sense()->set_ascq(error.sense()->ascq);
    info.mutable_sense()->set_deferred(error.sense()->deferred);
  }
  v1::RpcStatus status;
  status.set_code(static_cast<int>(error.code()));
  status.set_message(error.message());
  status.add_details()->PackFrom(info);
  return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.message(),
                      status.SerializeAsString());
}

}  // namespace firmbench::rpc

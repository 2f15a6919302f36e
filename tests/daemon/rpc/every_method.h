// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every RPC there is, found in the files of the API, and a way to call any of them. Test thread
// only.

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace firmbench::rpc {

using google::protobuf::MethodDescriptor;
using Metadata = std::vector<std::pair<std::string, std::string>>;

// From the files in proto/, so that a service that nobody registered is found too.
inline std::vector<const MethodDescriptor*> EveryMethod() {
  std::vector<const MethodDescriptor*> methods;
  std::set<std::string> files;
  for (const auto& file :
       std::filesystem::directory_iterator(FIRMBENCH_SOURCE_DIR "/proto/firmbench/v1")) {
    files.insert("firmbench/v1/" + file.path().filename().string());
  }
  for (const std::string& name : files) {
    const auto* const file =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

inline std::string PathOf(const MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

// Calls with an empty request, streams too: their first message or their end is enough.
inline grpc::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel,
                              const MethodDescriptor& method, const Metadata& metadata = {}) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       (method.server_streaming() ? std::chrono::milliseconds(500)
                                                  : std::chrono::milliseconds(20'000)));
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  grpc::Slice empty;
  grpc::ByteBuffer sent(&empty, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, PathOf(method), {}, &sent, &response,
                 [&](grpc::Status status) { ended.set_value(std::move(status)); });
  return ended.get_future().get();
}

}  // namespace firmbench::rpc

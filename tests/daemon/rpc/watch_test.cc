// SPDX-License-Identifier: Apache-2.0
// Streams of clients that leave at any moment, in the middle of a message too.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

TEST(Watch, NothingIsLeftOfThoseWhoWent) {
  constexpr int kClients = 4;
  constexpr int kStreamsOfEach = 2000;
  ServedBench bench;
  std::atomic<int> read = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back(
        [client, &read, stub = v1::BenchService::NewStub(bench.As("ann", Role::kViewer))] {
          for (int stream = 0; stream < kStreamsOfEach; ++stream) {
            grpc::ClientContext call;
            const auto reader = stub->WatchEvents(&call, {});
            v1::BenchEvent event;
            // Before the first message, behind it, or while the next is on its way. Some are
            // refused at once: the streams that a person may have end a moment after the client
            // left.
            if ((stream + client) % 2 == 0 && reader->Read(&event)) ++read;
            call.TryCancel();
            while (reader->Read(&event)) {
            }
            EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
          }
        });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(read, kStreamsOfEach / 2);
  // The bench now ends; it waits for every stream that is left, and would wait without end.
}

}  // namespace
}  // namespace firmbench::rpc

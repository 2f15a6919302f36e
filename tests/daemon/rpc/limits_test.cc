// SPDX-License-Identifier: Apache-2.0
// How much of the bench one person, one address and one message may take.

#include <grpcpp/create_channel_posix.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "daemon/base/enrollment_code.h"
#include "daemon/base/failures.h"
#include "daemon/rpc/limits.h"

#include "tests/daemon/rpc/remote_bench.h"

namespace firmbench::rpc {
namespace {

// An HTTP/2 frame with a payload of that many bytes.
Bytes Frame(uint8_t type, uint8_t flags, uint8_t stream, uint32_t length) {
  Bytes frame = {static_cast<uint8_t>(length >> 16),
                 static_cast<uint8_t>(length >> 8),
                 static_cast<uint8_t>(length),
                 type,
                 flags,
                 0,
                 0,
                 0,
                 stream};
  frame.resize(frame.size() + length, 0x5a);
  return frame;
}
constexpr uint8_t kData = 0, kHeaders = 1, kReset = 3, kEnd = 1;

// In pieces of every size, because the network cuts anywhere.
class UnfinishedCallsTest : public testing::TestWithParam<size_t> {
 protected:
  void Client(const Bytes& bytes) {
    Cut(bytes, [this](const uint8_t* at, size_t count) { calls_.FromClient(at, count); });
  }
  void Server(const Bytes& bytes) {
    Cut(bytes, [this](const uint8_t* at, size_t count) { calls_.FromServer(at, count); });
  }
  static void Cut(const Bytes& bytes, const std::function<void(const uint8_t*, size_t)>& take) {
    for (size_t at = 0; at < bytes.size(); at += GetParam()) {
      take(bytes.data() + at, std::min(GetParam(), bytes.size() - at));
    }
  }
  UnfinishedCalls calls_;
};

TEST_P(UnfinishedCallsTest, AreCountedUntilTheyEnd) {
  Client(Bytes(24, 'P'));
  for (const uint8_t stream : {1, 3, 5}) {
    Client(Frame(kHeaders, 4, stream, 40));
    Client(Frame(kData, 0, stream, 100));
    Client(Frame(kData, kEnd, stream, 70000));
  }
  EXPECT_EQ(calls_.held(), 3 * 70100U);
  Server(Frame(kHeaders, 4, 1, 20));
  Server(Frame(kData, 0, 1, 300));
  EXPECT_EQ(calls_.held(), 3 * 70100U);
  Server(Frame(kHeaders, 4 | kEnd, 1, 20));
  EXPECT_EQ(calls_.held(), 2 * 70100U);
  Server(Frame(kReset, 0, 3, 4));
  EXPECT_EQ(calls_.held(), 70100U);
  EXPECT_EQ(calls_.given_up(), 0U);
  Client(Frame(kReset, 0, 5, 4));
  EXPECT_EQ(calls_.held(), 0U);
  EXPECT_EQ(calls_.given_up(), 70100U);
  // Nobody keeps these.
  Client(Frame(kData, 0, 1, 500));
  Client(Frame(kData, 0, 7, 500));
  Client(Frame(kReset, 0, 5, 4));
  Client(Frame(kHeaders, 4, 3, 40));
  Client(Frame(kData, 0, 3, 500));
  EXPECT_EQ(calls_.held(), 0U);
  EXPECT_EQ(calls_.given_up(), 70100U);
}

INSTANTIATE_TEST_SUITE_P(Pieces, UnfinishedCallsTest, testing::Values(1, 7, 9, 16384, 1 << 20));

// A stream of that stub whose first message has come, or how it ended instead.
struct Watching {
  explicit Watching(v1::BenchService::Stub& stub) : reader(stub.WatchEvents(&call, {})) {
    v1::BenchEvent event;
    if (!reader->Read(&event)) ended = ReasonIn(reader->Finish());
  }
  ~Watching() {
    if (!ended.empty()) return;
    call.TryCancel();
    v1::BenchEvent event;
    while (reader->Read(&event)) {
    }
    reader->Finish();
  }

  grpc::ClientContext call;
  std::unique_ptr<grpc::ClientReader<v1::BenchEvent>> reader;
  std::string ended;
};

TEST(Limits, OfTheStreamsOfOnePerson) {
  ServedBench bench;
  const auto ann = v1::BenchService::NewStub(bench.As("ann", Role::kViewer));
  std::vector<std::unique_ptr<Watching>> open;
  for (int i = 0; i < Access::kMostStreamsOfOne; ++i) {
    ASSERT_EQ(open.emplace_back(std::make_unique<Watching>(*ann))->ended, "");
  }
  EXPECT_EQ(Watching(*ann).ended, "TOO_MANY_STREAMS");
  EXPECT_EQ(Watching(*v1::BenchService::NewStub(bench.As("ann", Role::kManager))).ended,
            "TOO_MANY_STREAMS");
  EXPECT_EQ(Watching(*v1::BenchService::NewStub(bench.As("bob", Role::kViewer))).ended, "");
}

// What is waited with is kept meanwhile, fields that nobody knows included.
TEST(Limits, OfWhatARequestCarriesWhileItWaits) {
  ServedBench bench;
  const auto channel = bench.As("ann", Role::kManager);
  const auto verify = [&](size_t bytes) {
    grpc::ClientContext call;
    v1::VerifyLedgerRequest request;
    constexpr int kUnknownField = 1000;
    request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
        kUnknownField, std::string(bytes, 'a'));
    v1::VerifyLedgerResponse response;
    return ReasonIn(v1::AuditService::NewStub(channel)->VerifyLedger(&call, request, &response));
  };
  EXPECT_EQ(verify(1 << 10), "OK");
  EXPECT_EQ(verify(1 << 20), "REQUEST_TOO_LARGE");
  const auto watch = [&](size_t bytes) {
    grpc::ClientContext call;
    v1::WatchEventsRequest request;
    request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
        1000, std::string(bytes, 'a'));
    const auto reader = v1::BenchService::NewStub(channel)->WatchEvents(&call, request);
    v1::BenchEvent event;
    const bool began = reader->Read(&event);
    if (began) call.TryCancel();
    while (reader->Read(&event)) {
    }
    const grpc::Status ended = reader->Finish();
    return began ? "OK" : ReasonIn(ended);
  };
  EXPECT_EQ(watch(1 << 10), "OK");
  EXPECT_EQ(watch(1 << 20), "REQUEST_TOO_LARGE");
}

class PoolLimits : public testing::Test {
 protected:
  // Who connects keeps the other end.
  std::string Connect(const std::string& name) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return "no socket";
    kept_.emplace_back(ends[0]);
    auto lease = bench_.pool->Serve({.principal = name, .role = Role::kViewer, .known_by = name},
                                    UniqueFd(ends[1]));
    if (!lease) return std::string(lease.error().reason());
    leases_.push_back(std::move(*lease));
    return "OK";
  }

  RemoteBench bench_;
  std::vector<UniqueFd> kept_;
  std::vector<ServerPool::Lease> leases_;
};

TEST_F(PoolLimits, OfTheConnectionsOfOnePeer) {
  for (int i = 0; i < ServerPool::kMostConnections; ++i) ASSERT_EQ(Connect("ann"), "OK");
  EXPECT_EQ(Connect("ann"), "TOO_MANY_CONNECTIONS");
  EXPECT_EQ(Connect("bob"), "OK");
  leases_.erase(leases_.begin());
  EXPECT_EQ(Connect("ann"), "OK");
}

class EnrollmentLimits : public PoolLimits {
 protected:
  // A wrong code, shown by somebody who connects from there; how it ended.
  std::string Guess(const std::string& address) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return "";
    auto lease = test::Must(bench_.pool->ServeEnrollment(address, UniqueFd(ends[1])));
    const auto channel = grpc::CreateInsecureChannelFromFd("bench", ends[0]);
    grpc::ClientContext call;
    Limit(call);
    v1::EnrollRequest request;
    request.set_code(wrong_);
    v1::EnrollResponse response;
    return ReasonIn(v1::EnrollmentService::NewStub(channel)->Enroll(&call, request, &response));
  }

  const std::string wrong_ =
      EnrollmentCode{.secret = "abcdefghijkmnpqr", .key = bench_.authority->key_letters()}.Text();
};

TEST_F(EnrollmentLimits, OfTheGuessesFromOneAddress) {
  for (int i = 0; i < Failures::kMost; ++i) ASSERT_EQ(Guess("192.0.2.7"), "CODE_INVALID");
  EXPECT_EQ(Guess("192.0.2.7"), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Guess("192.0.2.8"), "CODE_INVALID");
  EXPECT_EQ(Guess("192.0.2.7"), "TOO_MANY_ATTEMPTS");
}

}  // namespace
}  // namespace firmbench::rpc

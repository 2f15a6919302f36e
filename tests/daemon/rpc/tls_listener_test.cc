// SPDX-License-Identifier: Apache-2.0
// The bench on the network: every RPC without a certificate, and every kind of certificate that is
// not good, up to somebody who sits between.

#include "daemon/rpc/tls_listener.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>

#include "client/cli/bench_tls.h"
#include "daemon/base/enrollment_code.h"
#include "daemon/rpc/enrollment_service.h"
#include "tests/daemon/rpc/remote_bench.h"

namespace firmbench::rpc {
namespace {

class TlsTest : public testing::Test {
 protected:
  // As the daemon does: a connection that is gone is an error of its writer, not our end.
  static void SetUpTestSuite() { ::signal(SIGPIPE, SIG_IGN); }

  SetClock clock_;
  RemoteBench bench_;
};

TEST_F(TlsTest, WithoutACertificateOnlyACodeCanBeShown) {
  const auto channel = bench_.With({});
  for (const Rule& rule : Rules()) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext call;
    Limit(call);
    grpc::Slice empty;
    grpc::ByteBuffer sent(&empty, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> ended;
    stub.UnaryCall(
        &call, "/firmbench.v1." + std::string(rule.service) + "/" + std::string(rule.method), {},
        &sent, &response, [&](grpc::Status status) { ended.set_value(std::move(status)); });
    const grpc::Status status = ended.get_future().get();
    if (rule.service == "EnrollmentService") {
      EXPECT_EQ(ReasonIn(status), "CODE_INVALID");
    } else {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << rule.method;
    }
  }
  // Neither the schema nor whether the bench is well.
  for (const char* path : {"/grpc.health.v1.Health/Check",
                           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext call;
    Limit(call);
    grpc::Slice empty;
    grpc::ByteBuffer sent(&empty, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&call, path, {}, &sent, &response,
                   [&](grpc::Status status) { ended.set_value(std::move(status)); });
    EXPECT_EQ(ended.get_future().get().error_code(), grpc::StatusCode::UNIMPLEMENTED) << path;
  }
}

TEST_F(TlsTest, ACertificateIsItsPrincipal) {
  const auto own = bench_.Good();
  EXPECT_EQ(WhoIs(bench_.With(own)), "alice manager");
}

TEST_F(TlsTest, ACertificateThatIsNotGoodIsToldWhy) {
  const int64_t now = RealClock().WallMicros();
  const auto signer = bench_.AuthorityPair();
  const pki::KeyAndCertificate other_key{.key = test::Must(pki::MakeKey()), .certificate = ""};
  const pki::KeyAndCertificate other{.key = other_key.key,
                                     .certificate = test::Must(pki::MakeAuthority(
                                         other_key.key, "other", {now - kHour, now + kHour}))};
  const auto expired = bench_.Certificate(signer, now - 3 * kHour, now - kHour, true);
  const auto early = bench_.Certificate(signer, now + kHour, now + 3 * kHour, true);
  const auto foreign = bench_.Certificate(other, now - kHour, now + kHour, true);
  const auto unknown = bench_.Certificate(signer, now - kHour, now + kHour, false);
  EXPECT_EQ(WhoIs(bench_.With(expired)), "CERTIFICATE_EXPIRED");
  EXPECT_EQ(WhoIs(bench_.With(early)), "CERTIFICATE_NOT_YET_VALID");
  EXPECT_EQ(WhoIs(bench_.With(foreign)), "CERTIFICATE_UNKNOWN");
  EXPECT_EQ(WhoIs(bench_.With(unknown)), "CERTIFICATE_UNKNOWN");
  // The bench's own is a server's.
  EXPECT_EQ(WhoIs(bench_.With(test::Must(bench_.authority->Server()))), "CERTIFICATE_UNKNOWN");
  // A token does not help.
  const std::string token = "fbt_" + std::string(51, 'a');
  test::Must(bench_.access.Add({.kind = "token",
                                .principal = "bob",
                                .role = "manager",
                                .created_by = "bob",
                                .expires_us = now + kHour},
                               token, "test"));
  EXPECT_EQ(WhoIs(bench_.With(bench_.Good()), token), "bob manager");
  EXPECT_EQ(WhoIs(bench_.With(unknown), token), "CERTIFICATE_UNKNOWN");
}

// Whoever looks for a clock that is wrong is told what it says now, not what it said to the first
// one that was refused.
TEST_F(TlsTest, TheBenchsTimeIsThatOfTheRefusal) {
  const int64_t now = RealClock().WallMicros();
  const auto expired =
      bench_.Certificate(bench_.AuthorityPair(), now - 3 * kHour, now - kHour, true);
  const auto tls = test::Must(TlsListener::Start({.listen = "127.0.0.1:0"}, *bench_.authority,
                                                 bench_.access, clock_, *bench_.pool));
  tls->Begin();
  const auto channel = bench_.With(expired, tls->address());
  const auto told = [&](const std::shared_ptr<grpc::Channel>& way) {
    grpc::ClientContext call;
    Limit(call);
    v1::GetCallerResponse response;
    return v1::AccessService::NewStub(way)->GetCaller(&call, {}, &response).error_message();
  };
  for (int i = 0; i < 2; ++i) {
    const std::string time = FormatRfc3339(clock_.WallMicros());
    EXPECT_NE(told(channel).find(time), std::string::npos) << time;
    EXPECT_NE(told(bench_.With(expired, tls->address())).find(time), std::string::npos) << time;
    clock_.Pass(std::chrono::minutes(5));
  }
}

TEST_F(TlsTest, RevokingCutsWhatRuns) {
  const auto own = bench_.Good();
  const auto channel = bench_.With(own);
  grpc::ClientContext call;
  Limit(call);
  const auto reader = v1::BenchService::NewStub(channel)->WatchEvents(&call, {});
  v1::BenchEvent event;
  ASSERT_TRUE(reader->Read(&event));
  test::Must(bench_.access.End({bench_.last}, "max", ""));
  while (reader->Read(&event)) {
  }
  const grpc::Status ended = reader->Finish();
  EXPECT_FALSE(ended.ok());
  EXPECT_NE(ended.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(WhoIs(bench_.With(own)), "CERTIFICATE_UNKNOWN");
}

// The whole way: invite, look, enrol, call.
TEST_F(TlsTest, ACodeLetsOneComputerInOnce) {
  bench_.bench.context.enrollment = &bench_.enrollment;
  const auto invitation =
      test::Must(bench_.access.Add({.kind = "invitation",
                                    .principal = "alice",
                                    .role = "technician",
                                    .created_by = "max",
                                    .expires_us = RealClock().WallMicros() + kHour},
                                   "abcdefghijkmnpqr", "access.invite"));
  const EnrollmentCode code{.secret = "abcdefghijkmnpqr", .key = bench_.authority->key_letters()};
  const auto seen = cli::LookAtBench(bench_.tls->address(), code.key, RealClock());
  ASSERT_TRUE(seen) << seen.error().ToString();
  EXPECT_EQ(seen->authority_pem, bench_.authority->certificate());
  EXPECT_EQ(seen->server_name, bench_.authority->server_name());

  const auto key = test::Must(cli::MakeClientKey());
  v1::EnrollResponse made;
  const auto stub = v1::EnrollmentService::NewStub(bench_.With({}));
  const auto enroll = [&](const std::string& text, const std::string& request_pem) {
    grpc::ClientContext call;
    Limit(call);
    v1::EnrollRequest request;
    request.set_code(text);
    request.set_certificate_request_pem(request_pem);
    return ReasonIn(stub->Enroll(&call, request, &made));
  };
  EXPECT_EQ(enroll("bbbb" + code.Text().substr(4), key.request_pem), "CODE_INVALID");
  // What cannot be signed leaves the code good.
  EXPECT_EQ(enroll(code.Text(), "nonsense"), "CERTIFICATE_REQUEST_INVALID");
  ASSERT_EQ(enroll(code.Text(), key.request_pem), "OK");
  EXPECT_EQ(made.principal(), "alice");
  EXPECT_EQ(made.role(), "technician");
  EXPECT_EQ(enroll(code.Text(), key.request_pem), "CODE_INVALID");
  EXPECT_EQ(WhoIs(bench_.With({.key = key.key_pem, .certificate = made.certificate_pem()})),
            "alice technician");
  // Guessing is slow: soon nobody's code is looked at.
  std::string ended = "CODE_INVALID";
  for (int i = 0; i <= Failures::kMost && ended == "CODE_INVALID"; ++i) {
    ended = enroll("bbbb" + code.Text().substr(4), key.request_pem);
  }
  EXPECT_EQ(ended, "TOO_MANY_ATTEMPTS");
}

// Of a request with so many bytes.
std::string EnrollWith(const std::shared_ptr<grpc::Channel>& channel, size_t bytes) {
  grpc::ClientContext call;
  Limit(call);
  v1::EnrollRequest request;
  request.set_certificate_request_pem(std::string(bytes, 'a'));
  v1::EnrollResponse response;
  return ReasonIn(v1::EnrollmentService::NewStub(channel)->Enroll(&call, request, &response));
}

std::string UploadWith(const std::shared_ptr<grpc::Channel>& channel, size_t bytes) {
  grpc::ClientContext call;
  Limit(call);
  v1::WriteUploadRequest request;
  request.set_data(std::string(bytes, 'a'));
  v1::Upload response;
  return ReasonIn(v1::ImageService::NewStub(channel)->WriteUpload(&call, request, &response));
}

TEST_F(TlsTest, NobodyWithoutAGoodCertificateSendsMuch) {
  constexpr size_t kSome = TlsListener::kMostBytesOfStrangers / 2;
  constexpr size_t kMuch = TlsListener::kMostBytesOfStrangers + 1;
  const std::string cut = "code " + std::to_string(grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(EnrollWith(bench_.With({}), kSome), "FIELD_TOO_LONG");
  EXPECT_EQ(EnrollWith(bench_.With({}), kMuch), cut);
  // Nor in small pieces.
  const auto channel = bench_.With({});
  EXPECT_EQ(EnrollWith(channel, kSome), "FIELD_TOO_LONG");
  EXPECT_EQ(EnrollWith(channel, kSome), cut);

  const auto refused = bench_.Good();
  test::Must(bench_.access.End({bench_.last}, "max", ""));
  EXPECT_EQ(UploadWith(bench_.With(refused), kSome), "CERTIFICATE_UNKNOWN");
  EXPECT_EQ(UploadWith(bench_.With(refused), kMuch), cut);
  const auto known = bench_.With(bench_.Good());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(UploadWith(known, 1 << 20), "NAME_INVALID");
}

TEST_F(TlsTest, StrangersOfOneAddressHaveFewConnections) {
  std::vector<std::shared_ptr<grpc::Channel>> strangers;
  for (size_t i = 0; i < TlsListener::kMostStrangersOfOneAddress; ++i) {
    EXPECT_EQ(EnrollWith(strangers.emplace_back(bench_.With({})), 10), "CODE_INVALID");
  }
  EXPECT_EQ(EnrollWith(bench_.With({}), 10),
            "code " + std::to_string(grpc::StatusCode::UNAVAILABLE));
  // Who is known is not counted with them.
  EXPECT_EQ(WhoIs(bench_.With(bench_.Good())), "alice manager");
}

// Somebody who connects and says nothing.
class Silent {
 public:
  explicit Silent(const std::string& address)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    to.sin_port = ::htons(
        static_cast<uint16_t>(std::strtoul(address.c_str() + address.rfind(':') + 1, nullptr, 10)));
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
  }
  // Waits for it.
  bool IsShownOut() const { return Read(0) == 0; }
  bool IsStillThere() const { return Read(MSG_DONTWAIT) < 0 && errno == EAGAIN; }

 private:
  ssize_t Read(int flags) const {
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, flags);
  }
  UniqueFd socket_;
};

TEST_F(TlsTest, OneAddressHasSoManyConnections) {
  const auto known = bench_.Good();
  std::vector<Silent> silent;
  for (size_t i = 0; i < TlsListener::kMostOfOneAddress; ++i) {
    silent.emplace_back(bench_.tls->address());
  }
  EXPECT_TRUE(Silent(bench_.tls->address()).IsShownOut());
  for (const Silent& one : silent) EXPECT_TRUE(one.IsStillThere());
  silent.pop_back();
  EXPECT_EQ(WhoIs(bench_.With(known)), "alice manager");
}

TEST_F(TlsTest, AHandshakeHasItsTime) {
  const auto known = bench_.Good();
  const auto tls = test::Must(TlsListener::Start({.listen = "127.0.0.1:0"}, *bench_.authority,
                                                 bench_.access, clock_, *bench_.pool));
  tls->Begin();
  const Silent silent(tls->address());
  // The listener comes to those in turn: afterwards it has seen everybody who came before.
  const auto turn = [&] { EXPECT_EQ(WhoIs(bench_.With(known, tls->address())), "alice manager"); };
  turn();
  clock_.Pass(TlsListener::kHandshakeTime);
  turn();
  EXPECT_TRUE(silent.IsStillThere());
  clock_.Pass(std::chrono::microseconds(1));
  EXPECT_TRUE(silent.IsShownOut());
}

TEST_F(TlsTest, SomebodyInBetweenIsFoundOutBeforeAnythingIsSent) {
  RemoteBench other;
  const auto seen =
      cli::LookAtBench(other.tls->address(), bench_.authority->key_letters(), RealClock());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().reason(), "BENCH_NOT_THE_RIGHT_ONE");
  EXPECT_EQ(other.access.Counts()["Enroll"].let_through, 0);
  // One who enrolled does not talk to another, and is told.
  cli::SavedBench saved{.name = "shop", .address = other.tls->address()};
  saved.authority_pem = bench_.authority->certificate();
  saved.expires_us = RealClock().WallMicros() + kHour;
  EXPECT_EQ(cli::WhyUnreachable(saved, Unavailable("BENCH_UNREACHABLE", "x"), RealClock()).reason(),
            "BENCH_NOT_THE_RIGHT_ONE");
  saved.expires_us = 1;
  EXPECT_EQ(cli::WhyUnreachable(saved, Unavailable("BENCH_UNREACHABLE", "x"), RealClock()).reason(),
            "CERTIFICATE_EXPIRED");
}

TEST_F(TlsTest, AnAddressThatIsNoneIsSaidToBeNone) {
  EXPECT_EQ(cli::LookAtBench("127.0.0.1:1", "a", RealClock()).error().reason(),
            "BENCH_UNREACHABLE");
  EXPECT_EQ(cli::LookAtBench("nowhere", "a", RealClock()).error().reason(), "USAGE");
}

}  // namespace
}  // namespace firmbench::rpc

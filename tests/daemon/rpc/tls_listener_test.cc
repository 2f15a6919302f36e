// SPDX-License-Identifier: Apache-2.0
// The bench on the network: every RPC without a certificate, and every kind of certificate that is
// not good, up to somebody who sits between.

#include "daemon/rpc/tls_listener.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

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
  const auto enroll = [&](const std::string& text, const std::string& request_pem) {
    grpc::ClientContext call;
    Limit(call);
    v1::EnrollRequest request;
    request.set_code(text);
    request.set_certificate_request_pem(request_pem);
    return ReasonIn(v1::EnrollmentService::NewStub(bench_.With({}))->Enroll(&call, request, &made));
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
  for (int i = 0; i <= Access::kMostFailures && ended == "CODE_INVALID"; ++i) {
    ended = enroll("bbbb" + code.Text().substr(4), key.request_pem);
  }
  EXPECT_EQ(ended, "TOO_MANY_ATTEMPTS");
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

// SPDX-License-Identifier: Apache-2.0
// Invitations: how long their codes are good, how often, and what a request for a certificate can
// and cannot say.

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <thread>

#include "client/cli/bench_tls.h"
#include "daemon/rpc/enrollment_service.h"
#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class InvitationTest : public testing::Test {
 protected:
  InvitationTest() {
    bench_.context.enrollment = &enrollment_;
    service_ = std::make_unique<EnrollmentService>(bench_.context);
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    door_ = builder.BuildAndStart();
  }
  ~InvitationTest() override {
    door_->Shutdown(std::chrono::system_clock::now());
    door_->Wait();
  }

  // How it ended; the code in code_.
  std::string Invite(int64_t lifetime_seconds = 0) {
    grpc::ClientContext call;
    v1::InviteRequest request;
    request.set_principal("alice");
    request.set_role("technician");
    if (lifetime_seconds != 0) {
      request.mutable_lifetime_duration()->set_seconds(lifetime_seconds);
    }
    v1::InviteResponse response;
    const auto stub = v1::AccessService::NewStub(bench_.As("max", Role::kManager));
    const grpc::Status status = stub->Invite(&call, request, &response);
    code_ = response.code();
    return ReasonIn(status);
  }

  std::string Enroll(const std::string& code, const std::string& request_pem,
                     v1::EnrollResponse* made = nullptr) {
    grpc::ClientContext call;
    v1::EnrollRequest request;
    request.set_code(code);
    request.set_certificate_request_pem(request_pem);
    v1::EnrollResponse response;
    const auto stub = v1::EnrollmentService::NewStub(door_->InProcessChannel({}));
    return ReasonIn(stub->Enroll(&call, request, made != nullptr ? made : &response));
  }

  ServedBench bench_;
  std::unique_ptr<pki::Authority> authority_ = test::Must(pki::Authority::Open(
      bench_.folder.Path("pki"), bench_.bench.ledger().bench_id(), bench_.clock));
  Enrollment enrollment_{.authority = *authority_, .address = "here"};
  std::unique_ptr<EnrollmentService> service_;
  std::unique_ptr<grpc::Server> door_;
  const std::string request_pem_ = test::Must(cli::MakeClientKey()).request_pem;
  std::string code_;
};

TEST_F(InvitationTest, IsGoodForAQuarterOfAnHour) {
  ASSERT_EQ(Invite(), "OK");
  bench_.clock.Pass(minutes(15));
  EXPECT_EQ(Enroll(code_, request_pem_), "CODE_INVALID");
  ASSERT_EQ(Invite(), "OK");
  bench_.clock.Pass(minutes(15) - seconds(1));
  EXPECT_EQ(Enroll(code_, request_pem_), "OK");
}

TEST_F(InvitationTest, IsGoodAsLongAsWasSaidButADayAtMost) {
  ASSERT_EQ(Invite(60), "OK");
  bench_.clock.Pass(seconds(60));
  EXPECT_EQ(Enroll(code_, request_pem_), "CODE_INVALID");
  ASSERT_EQ(Invite(seconds(hours(24)).count()), "OK");
  bench_.clock.Pass(hours(24) - seconds(1));
  EXPECT_EQ(Enroll(code_, request_pem_), "OK");
  EXPECT_EQ(Invite(seconds(hours(24)).count() + 1), "DURATION_INVALID");
  EXPECT_EQ(Invite(-1), "DURATION_INVALID");
}

TEST_F(InvitationTest, LetsInOneOfManyThatShowItAtOnce) {
  constexpr int kMany = 8;
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(Invite(), "OK");
    std::vector<std::string> ended(kMany);
    std::vector<std::thread> people;
    for (std::string& mine : ended) {
      people.emplace_back([this, &mine] { mine = Enroll(code_, request_pem_); });
    }
    for (std::thread& person : people) person.join();
    EXPECT_EQ(std::count(ended.begin(), ended.end(), "OK"), 1);
    EXPECT_EQ(std::count(ended.begin(), ended.end(), "CODE_INVALID"), kMany - 1);
    bench_.clock.Pass(Failures::kWindow);
  }
}

TEST_F(InvitationTest, GuessesAreForgivenAfterAWhile) {
  ASSERT_EQ(Invite(), "OK");
  const std::string wrong = "bbbb" + code_.substr(4);
  for (int i = 0; i < Failures::kMost; ++i) {
    ASSERT_EQ(Enroll(wrong, request_pem_), "CODE_INVALID");
  }
  EXPECT_EQ(Enroll(code_, request_pem_), "TOO_MANY_ATTEMPTS");
  bench_.clock.Pass(Failures::kWindow);
  EXPECT_EQ(Enroll(code_, request_pem_), "OK");
}

// A key's own request, in which somebody writes what they would like to be.
std::string BoastfulRequest() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(X509_REQ_new(), X509_REQ_free);
  X509_NAME* const name = X509_REQ_get_subject_name(request.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("root"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("manager"), -1, -1, 0);
  STACK_OF(X509_EXTENSION)* wishes = sk_X509_EXTENSION_new_null();
  for (const auto& [nid, text] : {std::pair(NID_basic_constraints, "critical,CA:TRUE"),
                                  std::pair(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"),
                                  std::pair(NID_ext_key_usage, "serverAuth,clientAuth,codeSigning"),
                                  std::pair(NID_key_usage, "keyCertSign,cRLSign")}) {
    sk_X509_EXTENSION_push(wishes, X509V3_EXT_conf_nid(nullptr, nullptr, nid, text));
  }
  X509_REQ_add_extensions(request.get(), wishes);
  sk_X509_EXTENSION_pop_free(wishes, X509_EXTENSION_free);
  X509_REQ_set_pubkey(request.get(), key.get());
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509_REQ(out.get(), request.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

TEST_F(InvitationTest, SaysWhoSomebodyIsWhateverTheyWriteThemselves) {
  ASSERT_EQ(Invite(), "OK");
  v1::EnrollResponse made;
  ASSERT_EQ(Enroll(code_, BoastfulRequest(), &made), "OK");
  EXPECT_EQ(made.principal(), "alice");
  EXPECT_EQ(made.role(), "technician");

  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(made.certificate_pem().data(),
                      static_cast<int>(made.certificate_pem().size())),
      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  ASSERT_TRUE(certificate);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  EXPECT_EQ(X509_NAME_entry_count(subject), 1);
  char name[64] = {};
  X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof name);
  EXPECT_STREQ(name, "alice");
  EXPECT_EQ(X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1), -1);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()), XKU_SSL_CLIENT);
  EXPECT_EQ(X509_get_key_usage(certificate.get()), KU_DIGITAL_SIGNATURE);
}

}  // namespace
}  // namespace firmbench::rpc

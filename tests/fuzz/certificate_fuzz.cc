// SPDX-License-Identifier: Apache-2.0
// Fuzz target: certificates that callers show or shops bring, and the requests of computers that
// enrol. The first byte says what the rest is.

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/rpc/pki/certificates.h"

namespace {

namespace pki = firmbench::rpc::pki;

constexpr int64_t kSecond = 1'000'000;
constexpr pki::Validity kValidity{.from_us = 1'700'000'000 * kSecond,
                                  .until_us = 2'000'000'000 * kSecond};

void Require(bool promise) {
  if (!promise) std::abort();
}

std::string Pem(const char* name, const uint8_t* data, size_t size) {
  BIO* const out = BIO_new(BIO_s_mem());
  PEM_write_bio(out, name, "", data, static_cast<long>(size));
  char* text = nullptr;
  const long length = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<size_t>(length));
  BIO_free(out);
  return pem;
}

const pki::KeyAndCertificate& Authority() {
  static const pki::KeyAndCertificate authority = [] {
    const std::string key = *pki::MakeKey();
    return pki::KeyAndCertificate{
        .key = key, .certificate = *pki::MakeAuthority(key, "the target's", kValidity)};
  }();
  return authority;
}

// Whatever a request says, its certificate is for nobody else and lets nobody else in.
void CheckRequest(const std::string& pem) {
  const auto made = pki::SignClient(Authority(), pem, "alice", kValidity);
  if (!made) {
    Require(made.error().reason() == "CERTIFICATE_REQUEST_INVALID");
    return;
  }
  const auto facts = pki::Describe(*made);
  Require(facts && !facts->is_authority);
  Require(facts->validity.until_us == kValidity.until_us);
  Require(pki::CheckSigned(*made, Authority().certificate).has_value());
}

void CheckCertificate(const std::string& pem) {
  const auto facts = pki::Describe(pem);
  if (!facts) Require(facts.error().reason() == "CERTIFICATE_INVALID");
  // Nobody else's certificate is ours.
  Require(!pki::CheckSigned(pem, Authority().certificate));
  Require(!pki::CheckPair({.key = Authority().key, .certificate = pem}));
  Require(!pki::CheckPair({.key = pem, .certificate = Authority().certificate}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const uint8_t* const rest = data + 1;
  const std::string text(reinterpret_cast<const char*>(rest), size - 1);
  switch (data[0]) {
    case 'c':
      CheckCertificate(Pem("CERTIFICATE", rest, size - 1));
      break;
    case 'r':
      CheckRequest(Pem("CERTIFICATE REQUEST", rest, size - 1));
      break;
    case 'C':
      CheckCertificate(text);
      break;
    default:
      CheckRequest(text);
      break;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keys and certificates (P-256, X.509) by OpenSSL, and nothing that OpenSSL defines in a signature.
// Pure but for random numbers; any thread.

#include <cstdint>
#include <string>

#include "daemon/base/hash.h"
#include "daemon/base/result.h"

namespace firmbench::rpc::pki {

// Both PEM.
struct KeyAndCertificate {
  std::string key;
  std::string certificate;
};

struct Validity {
  int64_t from_us = 0;
  int64_t until_us = 0;
};

// A new P-256 key, PEM. PKI_FAILED.
Result<std::string> MakeKey();

// A certificate of an authority for its own key, which signs with it. PKI_FAILED.
Result<std::string> MakeAuthority(const std::string& key, const std::string& name,
                                  const Validity& validity);

// A server's certificate for `key`, with `dns_name` as its only name. PKI_FAILED.
Result<std::string> SignServer(const KeyAndCertificate& authority, const std::string& key,
                               const std::string& dns_name, const Validity& validity);

// A client's certificate for the key of the request, whose signature must be its own and whose
// every other word is ignored; `name` is its common name. CERTIFICATE_REQUEST_INVALID (not PKCS #10
// in PEM, not P-256, above 8 KiB), PKI_FAILED.
Result<std::string> SignClient(const KeyAndCertificate& authority, const std::string& request,
                               const std::string& name, const Validity& validity);

struct CertificateFacts {
  Validity validity;
  Sha256Digest sha256{};      // of its DER
  Sha256Digest key_sha256{};  // of its key's SubjectPublicKeyInfo
  bool is_authority = false;
  std::string name;  // its common name; "" for none
};
// Of the first certificate in the PEM. CERTIFICATE_INVALID.
Result<CertificateFacts> Describe(const std::string& certificate);
// Whether the private key is the certificate's. CERTIFICATE_INVALID.
Status CheckPair(const KeyAndCertificate& pair);

// Whether the authority's key signed it, in the authority's name. CERTIFICATE_INVALID.
Status CheckSigned(const std::string& certificate, const std::string& authority);

}  // namespace firmbench::rpc::pki

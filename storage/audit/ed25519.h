// SPDX-License-Identifier: Apache-2.0
#pragma once

// Ed25519 (RFC 8032) by OpenSSL: the key that signs checkpoints, and the check of what it signed.
// Values; a const one may be used by several threads.

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

struct evp_pkey_st;

namespace firmbench::storage::audit {

using PublicKey = std::array<uint8_t, 32>;
using Signature = std::array<uint8_t, 64>;

class SigningKey {
 public:
  // A new one of the system's randomness. AUDIT_KEY_FAILED.
  static Result<SigningKey> Make();
  // PKCS#8, "BEGIN PRIVATE KEY", not encrypted. AUDIT_KEY_INVALID.
  static Result<SigningKey> FromPem(std::string_view pem);

  Result<std::string> ToPem() const;
  const PublicKey& public_key() const { return public_key_; }
  // AUDIT_KEY_FAILED.
  Result<Signature> Sign(ByteView message) const;

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, const PublicKey& public_key)
      : key_(std::move(key)), public_key_(public_key) {}
  static Result<SigningKey> Of(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_key_;
};

bool VerifySignature(const PublicKey& key, ByteView message, ByteView signature);

// SubjectPublicKeyInfo (RFC 8410), "BEGIN PUBLIC KEY", as openssl reads it.
std::string PublicKeyPem(const PublicKey& key);
// What PublicKeyPem wrote. AUDIT_KEY_INVALID.
Result<PublicKey> ParsePublicKeyPem(std::string_view pem);

}  // namespace firmbench::storage::audit

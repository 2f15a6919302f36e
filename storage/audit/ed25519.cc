// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/ed25519.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "storage/audit/base64.h"

namespace firmbench::storage::audit {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

struct DigestDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, DigestDeleter>;

using Key = std::shared_ptr<EVP_PKEY>;
Key Own(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* owned) { EVP_PKEY_free(owned); }};
}

// RFC 8410 section 4: what stands before the 32 bytes of a public key in its DER form.
constexpr std::array<uint8_t, 12> kSpkiHead = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                               0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
constexpr std::string_view kPemHead = "-----BEGIN PUBLIC KEY-----\n";
constexpr std::string_view kPemFoot = "\n-----END PUBLIC KEY-----\n";

Error Failed(const char* what) {
  return Internal("AUDIT_KEY_FAILED", std::string("OpenSSL cannot ") + what);
}
Error Invalid(const char* what) { return DataLoss("AUDIT_KEY_INVALID", what); }

// A key that asks for a password is none of ours; nobody is asked.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

}  // namespace

Result<SigningKey> SigningKey::Of(std::shared_ptr<evp_pkey_st> key) {
  PublicKey raw{};
  size_t size = raw.size();
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 || size != raw.size()) {
    return Invalid("it is no Ed25519 private key in PKCS#8");
  }
  return SigningKey(std::move(key), raw);
}

Result<SigningKey> SigningKey::Make() {
  Key key = Own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return Failed("make an Ed25519 key");
  return Of(std::move(key));
}

Result<SigningKey> SigningKey::FromPem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return Failed("read a key");
  return Of(Own(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr)));
}

Result<std::string> SigningKey::ToPem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    return Failed("write a key");
  }
  char* text = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio.get(), &text));
  return std::string(text, size);
}

Result<Signature> SigningKey::Sign(ByteView message) const {
  Signature signature{};
  size_t size = signature.size();
  const Digest context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1 ||
      size != signature.size()) {
    return Failed("sign with an Ed25519 key");
  }
  return signature;
}

bool VerifySignature(const PublicKey& key, ByteView message, ByteView signature) {
  const Key owned =
      Own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const Digest context(EVP_MD_CTX_new());
  return owned && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, owned.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

std::string PublicKeyPem(const PublicKey& key) {
  Bytes der(kSpkiHead.begin(), kSpkiHead.end());
  der.insert(der.end(), key.begin(), key.end());
  return std::string(kPemHead) + ToBase64(der) + std::string(kPemFoot);
}

Result<PublicKey> ParsePublicKeyPem(std::string_view pem) {
  const Error no_key = Invalid("it is no Ed25519 public key");
  if (!pem.starts_with(kPemHead) || !pem.ends_with(kPemFoot)) return no_key;
  pem.remove_prefix(kPemHead.size());
  if (pem.size() < kPemFoot.size()) return no_key;
  pem.remove_suffix(kPemFoot.size());
  const auto der = FromBase64(pem);
  PublicKey key{};
  if (!der || der->size() != kSpkiHead.size() + key.size() ||
      !std::equal(kSpkiHead.begin(), kSpkiHead.end(), der->begin())) {
    return no_key;
  }
  std::copy(der->end() - key.size(), der->end(), key.begin());
  return key;
}

}  // namespace firmbench::storage::audit

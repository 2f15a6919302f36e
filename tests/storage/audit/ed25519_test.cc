// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/ed25519.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "storage/audit/base64.h"

namespace firmbench::storage::audit {
namespace {

PublicKey KeyOf(const char* hex) {
  const Bytes bytes = FromHex(hex).value();
  PublicKey key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

// RFC 8410 section 7: the head of a PKCS#8 Ed25519 key, before its 32 bytes.
std::string PemOf(const std::string& seed_hex) {
  return "-----BEGIN PRIVATE KEY-----\n" +
         ToBase64(FromHex("302e020100300506032b657004220420" + seed_hex).value()) +
         "\n-----END PRIVATE KEY-----\n";
}

TEST(Base64, EqualsTheRfcsVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(ToBase64(AsBytes(text)), encoded);
    EXPECT_EQ(AsText(FromBase64(encoded).value()), text);
  }
  EXPECT_EQ(ToBase64(Bytes{0xFB, 0xFF, 0xFE}), "+//+");
}

TEST(Base64, RefusesWhatIsNotTheOneForm) {
  for (const char* const text : {"Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm 9",
                                 "Zm9_", "Zg=v", "=m9v"}) {
    EXPECT_FALSE(FromBase64(text)) << text;
  }
}

// RFC 8032 section 7.1, tests 1 and 3.
TEST(Ed25519, SignsAsTheRfcShows) {
  struct {
    const char* seed;
    const char* key;
    const char* message;
    const char* signature;
  } const vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6594a7c15e9716ed28dc027beceea1ec40a"}};
  for (const auto& v : vectors) {
    const auto key = SigningKey::FromPem(PemOf(v.seed));
    ASSERT_TRUE(key) << key.error().ToString();
    EXPECT_EQ(ToHex(key->public_key()), v.key);
    const Bytes message = FromHex(v.message).value();
    const Signature signature = key->Sign(message).value();
    EXPECT_EQ(ToHex(signature), v.signature);
    EXPECT_TRUE(VerifySignature(KeyOf(v.key), message, signature));
  }
}

TEST(Ed25519, RefusesEveryChangedBit) {
  const SigningKey key = SigningKey::Make().value();
  Bytes message{1, 2, 3};
  Signature signature = key.Sign(message).value();
  ASSERT_TRUE(VerifySignature(key.public_key(), message, signature));
  for (size_t bit = 0; bit < signature.size() * 8; ++bit) {
    signature[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifySignature(key.public_key(), message, signature)) << bit;
    signature[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  EXPECT_FALSE(VerifySignature(key.public_key(), message, ByteView(signature).first(63)));
  EXPECT_FALSE(VerifySignature(key.public_key(), message, {}));
  EXPECT_FALSE(VerifySignature(SigningKey::Make().value().public_key(), message, signature));
  message[1] ^= 1;
  EXPECT_FALSE(VerifySignature(key.public_key(), message, signature));
}

TEST(Ed25519, KeysComeBackFromTheirText) {
  const SigningKey key = SigningKey::Make().value();
  const std::string pem = key.ToPem().value();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(SigningKey::FromPem(pem).value().public_key(), key.public_key());
  EXPECT_EQ(ParsePublicKeyPem(PublicKeyPem(key.public_key())).value(), key.public_key());
}

TEST(Ed25519, RefusesTextsThatHoldNoSuchKey) {
  const std::string pem = SigningKey::Make().value().ToPem().value();
  // An X25519 key of the same form, a key with a password, a piece of a key.
  const std::string other =
      "-----BEGIN PRIVATE KEY-----\n" +
      ToBase64(FromHex("302e020100300506032b656e04220420" + std::string(64, '7')).value()) +
      "\n-----END PRIVATE KEY-----\n";
  const std::string locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
  for (const std::string& text : {std::string(), std::string("x"), pem.substr(0, pem.size() / 2),
                                  other, locked, PublicKeyPem(PublicKey{})}) {
    const auto key = SigningKey::FromPem(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().reason(), "AUDIT_KEY_INVALID");
  }
  const std::string good = PublicKeyPem(SigningKey::Make().value().public_key());
  EXPECT_FALSE(ParsePublicKeyPem(pem));
  EXPECT_FALSE(ParsePublicKeyPem(""));
  EXPECT_FALSE(ParsePublicKeyPem("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"));
  EXPECT_FALSE(ParsePublicKeyPem(good.substr(1)));
  EXPECT_FALSE(ParsePublicKeyPem(good + "\n"));
}

}  // namespace
}  // namespace firmbench::storage::audit

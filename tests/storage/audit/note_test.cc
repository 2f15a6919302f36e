// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/note.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "storage/audit/base64.h"

namespace firmbench::storage::audit {
namespace {

std::string ReasonOf(const Result<TreeHead>& head) { return head ? "OK" : head.error().reason(); }

TreeHead Head() {
  return {.origin = OriginOf("01jd9rd3q5e8n2x4z7w0k6m1hb"), .size = 57, .root = Sha256({})};
}

// The example in the documentation of the library that first had signed notes
// (golang.org/x/mod/sumdb/note).
TEST(SignedNote, HashesAndChecksAsItsFirstImplementation) {
  const Bytes typed = FromBase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
  PublicKey key{};
  std::copy(typed.begin() + 1, typed.end(), key.begin());
  EXPECT_EQ(KeyHash("PeterNeumann", key), "c74f20a3");
  const Bytes blob = FromBase64(
                         "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn"
                         "gotpRZb6KE6RyyBwJnAM=")
                         .value();
  EXPECT_TRUE(VerifySignature(key,
                              AsBytes("If you think cryptography is the answer to your problem,\n"
                                      "then you don't know what your problem is.\n"),
                              ByteView(blob).subspan(4)));
}

TEST(Checkpoint, HasTheThreeLinesOfTlogCheckpoint) {
  EXPECT_EQ(CheckpointBody(Head()),
            "firmbench/01jd9rd3q5e8n2x4z7w0k6m1hb\n57\n"
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(Checkpoint, OpensWithItsKeyAlone) {
  const SigningKey key = SigningKey::Make().value();
  const std::string note = SignCheckpoint(Head(), key).value();
  EXPECT_TRUE(note.starts_with(CheckpointBody(Head()) +
                               "\n\xE2\x80\x94 firmbench/01jd9rd3q5e8n2x4z7w0k6m1hb "));
  EXPECT_EQ(OpenCheckpoint(note, key.public_key()).value(), Head());
  EXPECT_EQ(ParseNote(note)->key_hash, KeyHash(Head().origin, key.public_key()));
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, SigningKey::Make().value().public_key())),
            "NOTE_OTHER_KEY");
}

TEST(Checkpoint, RefusesEveryChangedByte) {
  const SigningKey key = SigningKey::Make().value();
  const std::string note = SignCheckpoint(Head(), key).value();
  for (size_t i = 0; i < note.size(); ++i) {
    for (const char mask : {'\x01', '\x20', '\x40'}) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      EXPECT_FALSE(OpenCheckpoint(changed, key.public_key())) << i << ": " << changed;
    }
    EXPECT_FALSE(OpenCheckpoint(note.substr(0, i), key.public_key())) << i;
  }
}

TEST(Checkpoint, SaysWhatIsWrongWithIt) {
  const SigningKey key = SigningKey::Make().value();
  const std::string note = SignCheckpoint(Head(), key).value();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = note;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    return ReasonOf(OpenCheckpoint(text, key.public_key()));
  };
  EXPECT_EQ(with("\n57\n", "\n58\n"), "NOTE_SIGNATURE_WRONG");
  EXPECT_EQ(with("\n57\n", "\n057\n"), "NOTE_INVALID");
  EXPECT_EQ(with("\n57\n", "\n-7\n"), "NOTE_INVALID");
  EXPECT_EQ(with("\n57\n", "\n99999999999999999999\n"), "NOTE_INVALID");
  EXPECT_EQ(with("uFU=\n", "uFU=\nmore\n"), "NOTE_INVALID");
  EXPECT_EQ(with("uFU=", "uF=="), "NOTE_INVALID");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note + "x", key.public_key())), "NOTE_INVALID");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note + note, key.public_key())), "NOTE_INVALID");
  EXPECT_EQ(ReasonOf(OpenCheckpoint("", key.public_key())), "NOTE_INVALID");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(std::string(100'000, '\n'), key.public_key())), "NOTE_INVALID");
}

}  // namespace
}  // namespace firmbench::storage::audit

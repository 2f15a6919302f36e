// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/note.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "storage/audit/base64.h"

namespace firmbench::storage::audit {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a blank
constexpr size_t kKeyHashBytes = 4;
constexpr uint8_t kEd25519 = 1;  // signature type of signed-note

Error Invalid(const char* what) {
  return DataLoss("NOTE_INVALID", std::string("not a signed checkpoint: ") + what);
}

// The text up to the next line feed, which is taken as well.
Result<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return Invalid("it ends in the middle of a line");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > ' ' && c < 0x7F && c != '+'; });
}

Result<TreeHead> ParseBody(std::string_view body) {
  TreeHead head;
  ASSIGN_OR_RETURN(const std::string_view origin, TakeLine(body));
  ASSIGN_OR_RETURN(const std::string_view size, TakeLine(body));
  ASSIGN_OR_RETURN(const std::string_view root, TakeLine(body));
  if (!IsName(origin)) return Invalid("its origin is no name");
  if (!body.empty()) return Invalid("it has more than three lines");
  head.origin = origin;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  if (error != std::errc() || head.size < 0 || std::to_string(head.size) != size) {
    return Invalid("its size is no number");
  }
  const auto bytes = FromBase64(root);
  if (!bytes || bytes->size() != head.root.size()) return Invalid("its root is no hash");
  std::copy(bytes->begin(), bytes->end(), head.root.begin());
  return head;
}

}  // namespace

std::string OriginOf(std::string_view bench_id) { return fmt::format("firmbench/{}", bench_id); }

std::string KeyHash(std::string_view name, const PublicKey& key) {
  Sha256Stream hash;
  hash.Update(AsBytes(name));
  constexpr std::array<uint8_t, 2> kBetween = {'\n', kEd25519};
  hash.Update(kBetween);
  hash.Update(key);
  return ToHex(ByteView(hash.Finish()).first(kKeyHashBytes));
}

std::string CheckpointBody(const TreeHead& head) {
  return fmt::format("{}\n{}\n{}\n", head.origin, head.size, ToBase64(head.root));
}

Result<std::string> SignCheckpoint(const TreeHead& head, const SigningKey& key) {
  const std::string body = CheckpointBody(head);
  ASSIGN_OR_RETURN(const Signature signature, key.Sign(AsBytes(body)));
  ASSIGN_OR_RETURN(Bytes blob, FromHex(KeyHash(head.origin, key.public_key())));
  blob.insert(blob.end(), signature.begin(), signature.end());
  return fmt::format("{}\n{}{} {}\n", body, kDash, head.origin, ToBase64(blob));
}

Result<Note> ParseNote(std::string_view text) {
  if (text.size() > kMaxNoteBytes) return Invalid("it is too long");
  const size_t split = text.find("\n\n");
  if (split == std::string_view::npos) return Invalid("it has no signature");
  Note note;
  note.body = text.substr(0, split + 1);
  ASSIGN_OR_RETURN(note.head, ParseBody(note.body));
  text.remove_prefix(split + 2);
  ASSIGN_OR_RETURN(std::string_view line, TakeLine(text));
  if (!text.empty()) return Invalid("something follows its signature");
  if (!line.starts_with(kDash)) return Invalid("its signature has another form");
  line.remove_prefix(kDash.size());
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos || line.substr(0, blank) != note.head.origin) {
    return Invalid("it is signed in another name than its origin");
  }
  const auto blob = FromBase64(line.substr(blank + 1));
  if (!blob || blob->size() != kKeyHashBytes + sizeof(Signature)) {
    return Invalid("its signature has another form");
  }
  note.key_hash = ToHex(ByteView(*blob).first(kKeyHashBytes));
  note.signature.assign(blob->begin() + kKeyHashBytes, blob->end());
  return note;
}

Result<TreeHead> OpenCheckpoint(std::string_view text, const PublicKey& key) {
  ASSIGN_OR_RETURN(const Note note, ParseNote(text));
  const std::string hash = KeyHash(note.head.origin, key);
  if (note.key_hash != hash) {
    return DataLoss("NOTE_OTHER_KEY", fmt::format("the checkpoint is signed with key {}, not {}",
                                                  note.key_hash, hash));
  }
  if (!VerifySignature(key, AsBytes(note.body), note.signature)) {
    return DataLoss("NOTE_SIGNATURE_WRONG", "the checkpoint's signature is not of its text");
  }
  return note.head;
}

}  // namespace firmbench::storage::audit

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checkpoints of the audit tree as text: C2SP tlog-checkpoint inside a C2SP signed-note, which
// other tools read as well. Pure functions.
//
//   firmbench/01jd9rd3q5e8n2x4z7w0k6m1hb          origin, also the key's name
//   57                                            leaves
//   qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=  root hash
//
//   — firmbench/01jd… 4gJvSw…                     key hash (4 bytes) and signature, base 64
//
// Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "storage/audit/ed25519.h"
#include "storage/audit/merkle.h"

namespace firmbench::storage::audit {

struct TreeHead {
  std::string origin;
  int64_t size = 0;
  Hash root{};
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// "firmbench/BENCH_ID".
std::string OriginOf(std::string_view bench_id);

// The first 4 bytes of SHA-256(name || 0A || 01 || key), lower-case hex.
std::string KeyHash(std::string_view name, const PublicKey& key);

// The three lines that are signed.
std::string CheckpointBody(const TreeHead& head);

// The signed note. AUDIT_KEY_FAILED.
Result<std::string> SignCheckpoint(const TreeHead& head, const SigningKey& key);

// A note's two parts, nothing checked but its form.
struct Note {
  TreeHead head;
  std::string body;      // what is signed
  std::string key_hash;  // hex, as the first signature line names it
  Bytes signature;       // 64 bytes
};

// NOTE_INVALID. At most kMaxNoteBytes and one signature, by a key that has the origin as its name.
Result<Note> ParseNote(std::string_view text);
inline constexpr size_t kMaxNoteBytes = 4096;

// The head, when `key` signed it. NOTE_INVALID, NOTE_OTHER_KEY, NOTE_SIGNATURE_WRONG.
Result<TreeHead> OpenCheckpoint(std::string_view text, const PublicKey& key);

}  // namespace firmbench::storage::audit

// SPDX-License-Identifier: Apache-2.0
// Fuzz target: checkpoints and public keys of a bench's audit log, as a client reads them from the
// bench or from a file that somebody kept. The first byte says which.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/audit/note.h"

namespace {

namespace audit = firmbench::storage::audit;

void Require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'k') {
    const auto key = audit::ParsePublicKeyPem(text);
    Require(key || !key.error().reason().empty());
    return 0;
  }
  const auto note = audit::ParseNote(text);
  // Nobody has signed with this key.
  Require(!audit::OpenCheckpoint(text, audit::PublicKey{}));
  if (!note) return 0;
  Require(text.size() <= audit::kMaxNoteBytes);
  Require(note->signature.size() == 64 && note->head.size >= 0);
  Require(audit::CheckpointBody(note->head) == note->body);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "client/cli/checkpoint_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <utility>

#include "daemon/base/hash.h"
#include "storage/audit/key_file.h"

namespace firmbench::cli {

namespace audit = storage::audit;

namespace {

// After this line: microseconds, the key as PEM, the note.
constexpr std::string_view kHead = "firmbench last checkpoint 1\n";
constexpr std::string_view kKeyEnd = "-----END PUBLIC KEY-----\n";

std::optional<KeptCheckpoint> Parse(std::string_view text, const std::string& origin) {
  if (!text.starts_with(kHead)) return std::nullopt;
  text.remove_prefix(kHead.size());
  KeptCheckpoint kept;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), kept.seen_us);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (error != std::errc() || !text.starts_with('\n')) return std::nullopt;
  text.remove_prefix(1);
  const size_t key_end = text.find(kKeyEnd);
  if (key_end == std::string_view::npos) return std::nullopt;
  const auto key = audit::ParsePublicKeyPem(text.substr(0, key_end + kKeyEnd.size()));
  if (!key) return std::nullopt;
  kept.key = *key;
  kept.note = text.substr(key_end + kKeyEnd.size());
  const auto head = audit::OpenCheckpoint(kept.note, kept.key);
  if (!head || head->origin != origin) return std::nullopt;
  kept.head = *head;
  return kept;
}

std::optional<std::vector<audit::Hash>> Hashes(const std::vector<std::string>& texts) {
  std::vector<audit::Hash> hashes;
  for (const std::string& text : texts) {
    const auto bytes = FromHex(text);
    if (!bytes || bytes->size() != sizeof(audit::Hash)) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), hashes.emplace_back().begin());
  }
  return hashes;
}

}  // namespace

CheckpointMemory::CheckpointMemory(const std::string& folder, std::string origin,
                                   const Clock& clock)
    : folder_(folder), origin_(std::move(origin)), clock_(clock) {
  constexpr size_t kNameDigits = 16;
  if (folder_.empty()) return;
  path_ =
      fmt::format("{}/checkpoint-{}", folder_, Sha256Hex(AsBytes(origin_)).substr(0, kNameDigits));
}

Result<std::optional<KeptCheckpoint>> CheckpointMemory::Load() const {
  if (path_.empty()) return std::optional<KeptCheckpoint>();
  ASSIGN_OR_RETURN(const auto text, audit::ReadOwnFile(path_, /*secret=*/false));
  if (!text) return std::optional<KeptCheckpoint>();
  auto kept = Parse(*text, origin_);
  if (!kept) {
    return DataLoss("AUDIT_MEMORY_INVALID",
                    fmt::format("the checkpoint kept in {} was changed: what this bench showed "
                                "before cannot be compared any more",
                                path_))
        .WithRemedy(
            "ask who changed it, compare with a checkpoint kept elsewhere (`firmbench "
            "audit checkpoint --since FILE`), then remove the file");
  }
  return kept;
}

Status CheckpointMemory::Keep(const std::string& note, const audit::PublicKey& key) const {
  if (path_.empty()) return Ok();
  std::error_code ignored;  // writing the file says what is wrong
  if (std::filesystem::create_directories(folder_, ignored)) {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, ignored);
  }
  return audit::WriteOwnFile(
      path_, fmt::format("{}{}\n{}{}", kHead, clock_.WallMicros(), audit::PublicKeyPem(key), note));
}

Status CheckContinues(const audit::TreeHead& kept, const ShownTree& shown) {
  const std::string sizes = fmt::format("{} entries were seen of this bench, it shows {} now",
                                        kept.size, shown.head.size);
  if (shown.head.size < kept.size) {
    return DataLoss("AUDIT_ROLLED_BACK", fmt::format("the audit log was put back: {}", sizes))
        .WithRemedy(
            "an older copy of the ledger is in use: find out who brought it back, and what "
            "was done in the entries that are missing");
  }
  const auto proof = Hashes(shown.consistency_proof);
  if (!proof ||
      !audit::VerifyConsistency(kept.size, kept.root, shown.head.size, shown.head.root, *proof)) {
    return DataLoss("AUDIT_FORKED",
                    fmt::format("the audit log does not continue the one that was seen: {}, and "
                                "its first {} are not the same",
                                sizes, kept.size))
        .WithRemedy(
            "entries were rewritten, or an older copy of the ledger went on by itself: "
            "compare it with a copy from before");
  }
  return Ok();
}

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit_bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "client/cli/audit_bundle_texts.h"
#include "client/cli/render/text.h"
#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "storage/audit/canonical_json.h"
#include "storage/audit/note.h"

namespace firmbench::cli {

namespace audit = storage::audit;
using audit::Json;

namespace {

Error Wrong(const std::string& what) {
  return DataLoss("PROOF_WRONG", "the bench's proof is wrong: " + what)
      .WithRemedy("run `firmbench audit verify`; do not trust this log until it is explained");
}

Result<audit::Hash> HashOf(const std::string& hex) {
  const auto bytes = FromHex(hex);
  audit::Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return Wrong("a hash is none");
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

class Maker {
 public:
  explicit Maker(const BundleParts& parts) : parts_(parts) {}

  Result<BundleFiles> Make() {
    files_.emplace_back("README.txt", "");  // stands first
    RETURN_IF_ERROR(AddCheckpoint());
    for (const v1::ProveEntryResponse& proven : parts_.entries) RETURN_IF_ERROR(AddEntry(proven));
    if (!key_named_) return Wrong("no entry names the key that signed");
    for (const auto& [dump, bytes] : parts_.dumps) RETURN_IF_ERROR(AddDump(dump, bytes));
    const std::string root = ToHex(head_.root);
    files_.emplace_back("manifest.json", Json::Object()
                                                 .Set("about", parts_.resource)
                                                 .Set("dumps", dumps_)
                                                 .Set("entries", numbers_)
                                                 .Set("origin", head_.origin)
                                                 .Set("root_hash", root)
                                                 .Set("tree_size", head_.size)
                                                 .Dump() +
                                             "\n");
    files_.emplace_back("verify.py", kBundleVerify);
    files_.front().second =
        fmt::format(kBundleReadme, parts_.resource, head_.origin, head_.size, root);
    std::string sums;
    for (const auto& [path, content] : files_) {
      sums += fmt::format("{}  {}\n", Sha256Hex(AsBytes(content)), path);
    }
    files_.emplace_back("SHA256SUMS", std::move(sums));
    return std::move(files_);
  }

 private:
  Status AddCheckpoint() {
    const std::string& pem = parts_.checkpoint.public_key_pem();
    ASSIGN_OR_RETURN(key_, audit::ParsePublicKeyPem(pem));
    const auto head = audit::OpenCheckpoint(parts_.checkpoint.note(), key_);
    if (!head) return Wrong(head.error().message());
    head_ = *head;
    ASSIGN_OR_RETURN(const audit::Note note, audit::ParseNote(parts_.checkpoint.note()));
    files_.emplace_back("checkpoint.txt", parts_.checkpoint.note());
    files_.emplace_back("checkpoint.body", note.body);
    files_.emplace_back("checkpoint.sig", AsText(note.signature));
    files_.emplace_back("public_key.pem", pem);
    return Ok();
  }

  Status AddEntry(const v1::ProveEntryResponse& proven) {
    const v1::AuditEntry& entry = proven.audit_entry();
    const std::string& text = entry.canonical_json();
    const audit::Hash leaf = audit::LeafHash(AsBytes(text));
    std::vector<audit::Hash> path;
    Json steps = Json::Array();
    for (const std::string& hex : proven.inclusion_proof()) {
      ASSIGN_OR_RETURN(path.emplace_back(), HashOf(hex));
      steps.Append(hex);
    }
    if (proven.tree_size() != head_.size ||
        !audit::VerifyInclusion(leaf, entry.sequence(), head_.size, path, head_.root)) {
      return Wrong(fmt::format("entry {} is not in the tree that was signed", entry.sequence()));
    }
    ASSIGN_OR_RETURN(const Json parsed, Json::Parse(text));
    const Json& details = parsed["details"];
    key_named_ = key_named_ || (parsed["action"].AsString("") == "audit.key" &&
                                details["public_key"].AsString("") == ToHex(key_));
    for (const auto& [name, value] : details.fields()) {
      named_.emplace_back(value.AsString(""), entry.sequence());
    }
    numbers_.Append(entry.sequence());
    files_.emplace_back(fmt::format("entries/{}.json", entry.sequence()), text);
    files_.emplace_back(fmt::format("entries/{}.proof.json", entry.sequence()),
                        Json::Object()
                                .Set("inclusion_proof", std::move(steps))
                                .Set("leaf_hash", ToHex(leaf))
                                .Set("leaf_index", entry.sequence())
                                .Set("root_hash", ToHex(head_.root))
                                .Set("tree_size", head_.size)
                                .Dump() +
                            "\n");
    return Ok();
  }

  Status AddDump(const v1::Dump& dump, ByteView bytes) {
    const std::string id(IdOf("dumps", dump.name()));
    const std::string sha256 = Sha256Hex(bytes);
    const auto named = std::find_if(named_.begin(), named_.end(),
                                    [&](const auto& one) { return one.first == sha256; });
    if (!IsId(id) || named == named_.end()) {
      return FailedPrecondition("DUMP_NOT_PROVEN",
                                fmt::format("no audit entry names the bytes of {}", dump.name()))
          .WithRemedy("its job was cut or went wrong before it recorded them: prove another dump");
    }
    dumps_.Append(Json::Object()
                      .Set("id", id)
                      .Set("job", dump.job())
                      .Set("md5", dump.md5())
                      .Set("memory", render::Word(dump.memory()))
                      .Set("model", dump.model())
                      .Set("named_by", named->second)
                      .Set("revision", dump.firmware_revision())
                      .Set("sha256", sha256)
                      .Set("size_bytes", bytes.size()));
    files_.emplace_back(fmt::format("dumps/{}.bin", id), AsText(bytes));
    return Ok();
  }

  const BundleParts& parts_;
  BundleFiles files_;
  audit::PublicKey key_{};
  audit::TreeHead head_;
  bool key_named_ = false;
  std::vector<std::pair<std::string, int64_t>> named_;  // what details say, and in which entry
  Json numbers_ = Json::Array();
  Json dumps_ = Json::Array();
};

}  // namespace

Result<BundleFiles> MakeBundle(const BundleParts& parts) { return Maker(parts).Make(); }

}  // namespace firmbench::cli

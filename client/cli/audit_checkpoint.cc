// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit_checkpoint.h"

#include <fmt/format.h>

#include "client/cli/render/problem.h"
#include "client/cli/upload.h"

namespace firmbench::cli {

namespace audit = storage::audit;

namespace {

Error Wrong(const std::string& what) {
  return DataLoss("CHECKPOINT_WRONG", "the bench's checkpoint is wrong: " + what)
      .WithRemedy("run `firmbench audit verify`; do not trust this log until it is explained");
}

Result<v1::Checkpoint> Ask(Context& context, int64_t old_size) {
  v1::GetCheckpointRequest request;
  request.set_old_tree_size(old_size);
  return Call(context.client.audit(), &v1::AuditService::Stub::GetCheckpoint, request);
}

// What the note says, when the key signed it and the other fields say the same.
Status Open(CheckedCheckpoint& checked) {
  const auto key = audit::ParsePublicKeyPem(checked.shown.public_key_pem());
  if (!key) return Wrong(key.error().message());
  const auto head = audit::OpenCheckpoint(checked.shown.note(), *key);
  if (!head) return Wrong(head.error().message());
  if (head->size != checked.shown.tree_size() || ToHex(head->root) != checked.shown.root_hash()) {
    return Wrong("its note says something else");
  }
  checked.head = *head;
  checked.key = *key;
  return Ok();
}

Status Compare(const audit::TreeHead& kept, const CheckedCheckpoint& checked) {
  return CheckContinues(kept, {.head = checked.head,
                               .consistency_proof = {checked.shown.consistency_proof().begin(),
                                                     checked.shown.consistency_proof().end()}});
}

void SayKeyChanged(Context& context, const CheckedCheckpoint& checked) {
  context.console.Err(fmt::format(
      "warning: the bench signs with another key than before ({}, before {}): `firmbench audit "
      "list --action audit.key` says when and why\n",
      checked.shown.key_hash(), audit::KeyHash(checked.head.origin, checked.before->key)));
}

}  // namespace

Result<CheckedCheckpoint> TakeCheckpoint(Context& context) {
  CheckedCheckpoint checked;
  ASSIGN_OR_RETURN(checked.shown, Ask(context, 0));
  RETURN_IF_ERROR(Open(checked));
  const std::string origin = checked.head.origin;
  const CheckpointMemory memory(LastKnownFolder(), origin);
  ASSIGN_OR_RETURN(checked.before, memory.Load());
  if (checked.before) {
    ASSIGN_OR_RETURN(checked.shown, Ask(context, checked.before->head.size));
    RETURN_IF_ERROR(Open(checked));
    if (checked.head.origin != origin) return Wrong("another bench answers in between");
    auto continues = Compare(checked.before->head, checked);
    if (!continues) {
      return std::move(continues).error().WithRemedy(fmt::format(
          "{}; when all of it is explained, remove {}", continues.error().remedy(), memory.path()));
    }
    if (checked.before->key != checked.key) SayKeyChanged(context, checked);
  }
  if (const Status kept = memory.Keep(checked.shown.note(), checked.key); !kept) {
    context.console.Err(fmt::format("warning: the checkpoint is not kept for the next time: {}\n",
                                    kept.error().message()));
  }
  return checked;
}

std::string CheckpointWords(const CheckedCheckpoint& checked) {
  std::string words =
      fmt::format("{} entries, signed with key {}", checked.head.size, checked.shown.key_hash());
  if (!checked.before) return words + "; the first that is kept here";
  return fmt::format("{}; continues the {} entries seen here on {}", words,
                     checked.before->head.size, FormatMinute(checked.before->seen_us));
}

Ending RunAuditCheckpoint(Context& context, const AuditCheckpointOptions& options) {
  ASSIGN_OR_RETURN(CheckedCheckpoint checked, TakeCheckpoint(context));
  if (!options.since.empty()) {
    ASSIGN_OR_RETURN(const Bytes file, ReadFile(options.since));
    ASSIGN_OR_RETURN(const audit::Note old, audit::ParseNote(AsText(file)));
    if (old.head.origin != checked.head.origin) {
      return InvalidArgument("CHECKPOINT_OTHER_BENCH",
                             fmt::format("'{}' is a checkpoint of {}, this bench is {}",
                                         options.since, old.head.origin, checked.head.origin))
          .WithRemedy("name the bench that it came from with --bench");
    }
    ASSIGN_OR_RETURN(checked.shown, Ask(context, old.head.size));
    RETURN_IF_ERROR(Open(checked));
    RETURN_IF_ERROR(Compare(old.head, checked));
    context.console.Err(fmt::format("the log of {} entries continues the {} of '{}'\n",
                                    checked.head.size, old.head.size, options.since));
  }
  context.Print(checked.shown, [&] { return checked.shown.note(); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/payload.h"

#include "daemon/jobs/assumed_drive.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/plan_checks.h"
#include "daemon/jobs/recovery_plan.h"

namespace firmbench::jobs {
namespace {

// A job uses what its kind names and nothing else, so that no bytes come in by another door.
Status CheckSurplus(const JobSpec& spec) {
  const bool dead = spec.kind == Kind::kRecover && spec.recovers.empty();
  const bool takes_image = spec.kind == Kind::kFlash || spec.kind == Kind::kVerify ||
                           spec.kind == Kind::kConvert || spec.kind == Kind::kChipVerify ||
                           spec.kind == Kind::kChipWrite || dead;
  const bool takes_dump = spec.kind == Kind::kRestore || spec.kind == Kind::kEepromRestore ||
                          spec.kind == Kind::kVerify || spec.kind == Kind::kChipVerify ||
                          spec.kind == Kind::kChipWrite || dead;
  const bool names_model =
      spec.kind == Kind::kRecover || spec.kind == Kind::kConvert || OnChip(spec.kind);
  if ((spec.kind != Kind::kRecover && !(spec.recovers + spec.recover_to).empty()) ||
      (!names_model && !spec.model.empty())) {
    return InvalidArgument("REFERENCE_UNEXPECTED",
                           "only a recovery names a job to recover or a model");
  }
  if ((spec.image_id.empty() || takes_image) && (spec.dump_id.empty() || takes_dump)) return Ok();
  return InvalidArgument("REFERENCE_UNEXPECTED",
                         "a flash takes an image, a restore a dump, a backup neither");
}

Status CheckRecovery(const JobSpec& spec) {
  if (!spec.recover_to.empty() && spec.recover_to != "old" && spec.recover_to != "new") {
    return InvalidArgument("RECOVER_TO_UNKNOWN", "a drive is brought to its old or its new bytes");
  }
  if (!spec.recovers.empty()) {
    if (spec.model.empty()) return Ok();
    return InvalidArgument("REFERENCE_UNEXPECTED", "the job that is recovered names the model");
  }
  if (spec.model.empty()) {
    return InvalidArgument("MODEL_REQUIRED", "a drive that does not answer needs its model")
        .WithRemedy("read it from the drive's sticker: --model LTR-48246S");
  }
  if (spec.image_id.empty() == spec.dump_id.empty()) {
    return InvalidArgument("REFERENCE_REQUIRED", "a dump or an image is needed, one of them");
  }
  return Ok();
}

Status CheckSpec(const JobSpec& spec) {
  RETURN_IF_ERROR(CheckSurplus(spec));
  RETURN_IF_ERROR(CheckChipSpec(spec));
  if (!spec.label.empty() && spec.kind != Kind::kRestore && spec.kind != Kind::kEepromRestore) {
    return InvalidArgument("REFERENCE_UNEXPECTED", "only a restore names the drive's label");
  }
  switch (spec.kind) {
    case Kind::kBackup:
      if (spec.memory != "all" && spec.memory != "firmware" && spec.memory != "eeprom") {
        return InvalidArgument("MEMORY_UNKNOWN", "a backup is of firmware, eeprom or all");
      }
      return Ok();
    case Kind::kFlash:
      if (spec.image_id.empty()) return InvalidArgument("IMAGE_REQUIRED", "flash needs an image");
      return Ok();
    case Kind::kRestore:
    case Kind::kEepromRestore:
      if (spec.dump_id.empty()) return InvalidArgument("DUMP_REQUIRED", "restore needs a dump");
      return Ok();
    case Kind::kChipIdentify:
    case Kind::kChipRead:
    case Kind::kChipErase:
    case Kind::kProbe:
      return Ok();
    case Kind::kVerify:
    case Kind::kChipVerify:
    case Kind::kChipWrite:
      if (spec.image_id.empty() == spec.dump_id.empty()) {
        return InvalidArgument("REFERENCE_REQUIRED", "a dump or an image is needed, one of them");
      }
      return Ok();
    case Kind::kConvert:
      if (spec.model.empty()) {
        return InvalidArgument("MODEL_REQUIRED",
                               "a conversion needs the model that the drive shall become")
            .WithRemedy("name it: --to LDW-851S");
      }
      if (spec.image_id.empty()) {
        return InvalidArgument("IMAGE_REQUIRED", "a conversion needs an image of the new model");
      }
      return Ok();
    case Kind::kRecover:
      return CheckRecovery(spec);
  }
  return Ok();
}

// What is to be written, and why: by the job that was cut, or by the image or dump that is named.
Status LoadRecovery(storage::Ledger& ledger, const JobSpec& spec, PlanInputs& inputs) {
  if (spec.recovers.empty()) return Ok();
  ASSIGN_OR_RETURN(inputs.cut, LoadCutJob(ledger, spec.recovers));
  const bool to_new = RecoverTo(spec, &*inputs.cut) == "new";
  inputs.payload = to_new ? inputs.cut->target : inputs.cut->before_bytes;
  // Only for what people say of it: the bytes are those of the cut job.
  const std::string& image_id = inputs.cut->job.image_id;
  if (to_new && !image_id.empty()) {
    ASSIGN_OR_RETURN(inputs.image, ledger.GetImage(image_id));
  }
  return Ok();
}

}  // namespace

Result<PlanInputs> LoadInputs(storage::Ledger& ledger, const JobSpec& spec,
                              inventory::Snapshot drive) {
  RETURN_IF_ERROR(CheckSpec(spec));
  PlanInputs inputs;
  RETURN_IF_ERROR(LoadRecovery(ledger, spec, inputs));
  inputs.drive = std::move(drive);
  inputs.answers = !IsSilent(*inputs.drive);
  if (spec.kind == Kind::kRecover) {
    inputs.drive = inputs.cut ? AssumeModel(inputs.drive, inputs.cut->job)
                              : AssumeModel(inputs.drive, {}, spec.model);
  }
  if (OnChip(spec.kind) && !spec.model.empty()) {
    inputs.drive = AssumeModel(inputs.drive, {}, spec.model);
  }
  if (!spec.image_id.empty()) {
    ASSIGN_OR_RETURN(inputs.image, ledger.GetImage(spec.image_id));
    ASSIGN_OR_RETURN(inputs.payload, ledger.ReadBlob(inputs.image->sha256));
  } else if (!spec.dump_id.empty()) {
    ASSIGN_OR_RETURN(inputs.dump, ledger.GetDump(spec.dump_id));
    ASSIGN_OR_RETURN(inputs.payload, ledger.ReadBlob(inputs.dump->sha256));
    if (!inputs.dump->unit_id.empty()) {
      ASSIGN_OR_RETURN(inputs.dump_unit, ledger.ResolveUnit(inputs.dump->unit_id));
    }
  }
  if (Writes(spec.kind) && !OnChip(spec.kind) && !inputs.drive->unit.unit_id.empty()) {
    ASSIGN_OR_RETURN(const auto known, ledger.NewestDump(inputs.drive->unit.unit_id,
                                                         std::string(ToString(Memory::kFirmware))));
    // A damaged blob tells nothing, and is not what this job is about.
    if (known) inputs.known_firmware = ledger.ReadBlob(known->sha256).value_or({});
  }
  if (inputs.drive->model != nullptr && WritesUnread(Normalise(spec, inputs), *inputs.drive)) {
    ASSIGN_OR_RETURN(inputs.undo, FindUndo(ledger, *inputs.drive));
  }
  return inputs;
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/payload.h"

namespace firmbench::jobs {
namespace {

// A job uses what its kind names and nothing else, so that no bytes come in by another door.
Status CheckSurplus(const JobSpec& spec) {
  const bool takes_image = spec.kind == Kind::kFlash || spec.kind == Kind::kVerify;
  const bool takes_dump = spec.kind == Kind::kRestore || spec.kind == Kind::kEepromRestore ||
                          spec.kind == Kind::kVerify;
  if ((spec.image_id.empty() || takes_image) && (spec.dump_id.empty() || takes_dump)) return Ok();
  return InvalidArgument("REFERENCE_UNEXPECTED",
                         "a flash takes an image, a restore a dump, a backup neither");
}

Status CheckSpec(const JobSpec& spec) {
  RETURN_IF_ERROR(CheckSurplus(spec));
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
    case Kind::kVerify:
      if (spec.image_id.empty() == spec.dump_id.empty()) {
        return InvalidArgument("REFERENCE_REQUIRED",
                               "verify needs a dump or an image, one of them");
      }
      return Ok();
  }
  return Ok();
}

}  // namespace

Result<PlanInputs> LoadInputs(storage::Ledger& ledger, const JobSpec& spec,
                              inventory::Snapshot drive) {
  RETURN_IF_ERROR(CheckSpec(spec));
  PlanInputs inputs;
  inputs.drive = std::move(drive);
  if (!spec.image_id.empty()) {
    ASSIGN_OR_RETURN(inputs.image, ledger.GetImage(spec.image_id));
    ASSIGN_OR_RETURN(inputs.payload, ledger.ReadBlob(inputs.image->sha256));
  } else if (!spec.dump_id.empty()) {
    ASSIGN_OR_RETURN(inputs.dump, ledger.GetDump(spec.dump_id));
    ASSIGN_OR_RETURN(inputs.payload, ledger.ReadBlob(inputs.dump->sha256));
  }
  if (Writes(spec.kind) && inputs.drive != nullptr && !inputs.drive->unit.unit_id.empty()) {
    ASSIGN_OR_RETURN(const auto known, ledger.NewestDump(inputs.drive->unit.unit_id,
                                                         std::string(ToString(Memory::kFirmware))));
    // A damaged blob tells nothing, and is not what this job is about.
    if (known) inputs.known_firmware = ledger.ReadBlob(known->sha256).value_or({});
  }
  return inputs;
}

Result<Bytes> LoadPayload(storage::Ledger& ledger, const JobSpec& spec) {
  ASSIGN_OR_RETURN(PlanInputs inputs, LoadInputs(ledger, spec, nullptr));
  return std::move(inputs.payload);
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/convert.h"

#include <fmt/format.h>

#include "daemon/base/ids.h"
#include "daemon/inventory/drive_details.h"
#include "daemon/inventory/evidence.h"

namespace firmbench::rpc {
namespace {

void SetAbility(v1::Ability* to, const families::Ability& from) {
  to->set_possible(from.possible);
  to->set_why(from.why);
  to->set_evidence(std::string(ToString(from.evidence)));
  to->set_would_help(from.would_help);
}

v1::Drive::State DriveStateOf(const inventory::DriveSnapshot& drive,
                              const std::string& current_job) {
  switch (drive.condition) {
    case inventory::DriveCondition::kIdentifying:
      return v1::Drive::STATE_IDENTIFYING;
    case inventory::DriveCondition::kNotAnswering:
      return v1::Drive::STATE_NOT_ANSWERING;
    case inventory::DriveCondition::kGone:
      return v1::Drive::STATE_GONE;
    case inventory::DriveCondition::kReady:
      break;
  }
  if (!current_job.empty()) return v1::Drive::STATE_BUSY;
  return drive.quarantine.empty() ? v1::Drive::STATE_READY : v1::Drive::STATE_QUARANTINED;
}

void SetModel(v1::Drive* to, const inventory::DriveSnapshot& drive) {
  const families::ModelInfo& model = *drive.model;
  to->set_family(std::string(model.family));
  to->set_model(std::string(model.model));
  to->set_model_kind(std::string(model.kind));
  to->set_provenance(std::string(model.provenance));
  to->set_eeprom_volatile_text(model.volatile_eeprom.empty()
                                   ? "which bytes change with use is not publicly known"
                                   : fmt::format("which bytes change with use: {}",
                                                 ToString(model.volatile_eeprom_evidence)));
  v1::FlashChip* chip = to->mutable_flash_chip();
  chip->set_part(std::string(model.chip_part));
  chip->set_assumed(model.chip_assumed);
  chip->set_evidence(std::string(ToString(model.evidence)));
  chip->set_size_bytes(model.firmware_bytes);
  for (const auto& ability : drive.abilities) {
    v1::MemoryAbilities* memory = to->add_memories();
    memory->set_memory(ToProto(ability.memory));
    memory->set_size_bytes(ability.size_bytes);
    SetAbility(memory->mutable_read(), ability.read);
    SetAbility(memory->mutable_flash(), ability.flash);
    SetAbility(memory->mutable_restore(), ability.restore);
  }
  to->mutable_recoverability()->set_grade(
      std::string(families::ToString(model.recoverable_after_cut)));
  to->mutable_recoverability()->set_why(std::string(model.recoverable_why));
}

void SetDetails(v1::Drive* to, const inventory::DriveDetails& details) {
  for (const inventory::Statement& statement : details.statements) {
    v1::DriveStatement* said = to->add_statements();
    said->set_source(statement.source);
    said->set_text(statement.text);
  }
  if (details.region) {
    v1::RegionState* region = to->mutable_region_state();
    region->set_type(inventory::TypeText(*details.region));
    region->set_regions(inventory::RegionsText(*details.region));
    region->set_user_changes_left(details.region->user_changes_left);
    region->set_vendor_resets_left(details.region->vendor_resets_left);
  }
  to->set_nearest_model(details.likeness.model);
  to->set_nearest_why(details.likeness.why);
  for (const std::string& maker : details.likeness.makers) to->add_possible_makers(maker);
}

}  // namespace

v1::DriveState ToProto(DriveState state) {
  switch (state) {
    case DriveState::kUntouched:
      return v1::DRIVE_STATE_UNTOUCHED;
    case DriveState::kPartlyWritten:
      return v1::DRIVE_STATE_PARTLY_WRITTEN;
    case DriveState::kUnknown:
      return v1::DRIVE_STATE_UNKNOWN;
  }
  return v1::DRIVE_STATE_UNKNOWN;
}

v1::Memory ToProto(Memory memory) {
  switch (memory) {
    case Memory::kFirmware:
      return v1::MEMORY_FIRMWARE;
    case Memory::kBoot:
      return v1::MEMORY_BOOT;
    case Memory::kEeprom:
      return v1::MEMORY_EEPROM;
  }
  return v1::MEMORY_UNSPECIFIED;
}

v1::Memory MemoryFromWord(const std::string& word) {
  const auto memory = ParseMemory(word);
  return memory ? ToProto(*memory) : v1::MEMORY_UNSPECIFIED;
}

std::string MemoryWord(v1::Memory memory) {
  switch (memory) {
    case v1::MEMORY_FIRMWARE:
      return "firmware";
    case v1::MEMORY_BOOT:
      return "boot";
    case v1::MEMORY_EEPROM:
      return "eeprom";
    default:
      return {};
  }
}

std::string UnitNumber(int64_t number) { return fmt::format("U-{:04}", number); }

void SetTime(google::protobuf::Timestamp* time, int64_t micros) {
  time->set_seconds(micros / 1'000'000);
  time->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

void SetDuration(google::protobuf::Duration* duration, Nanos nanos) {
  duration->set_seconds(nanos.count() / 1'000'000'000);
  duration->set_nanos(static_cast<int32_t>(nanos.count() % 1'000'000'000));
}

std::string Name(const char* collection, const std::string& id) {
  return id.empty() ? std::string() : fmt::format("{}/{}", collection, id);
}

Result<std::string> IdFrom(const char* collection, const std::string& name) {
  const std::string_view id = IdOf(collection, name);
  if (!IsId(id)) {
    return InvalidArgument("NAME_INVALID",
                           fmt::format("a name of the form {}/ID is expected", collection));
  }
  return std::string(id);
}

v1::Drive ToProto(const inventory::DriveSnapshot& drive, const std::string& bench,
                  const std::string& current_job, const std::string& unit_number) {
  v1::Drive to;
  to.set_name(Name("drives", drive.id));
  to.set_bench(Name("benches", bench));
  to.set_bay(drive.bay);
  to.mutable_connection()->set_text(drive.connection_text);
  to.mutable_connection()->set_scsi(drive.connection.scsi);
  to.mutable_connection()->set_task_file(drive.connection.task_file);
  to.set_state(DriveStateOf(drive, current_job));
  to.set_vendor(drive.identity.vendor);
  to.set_product(drive.identity.product);
  to.set_firmware_revision(drive.identity.revision);
  const auto serials = inventory::SerialsOf(drive.identity, drive.details.get());
  if (!serials.empty()) to.set_serial(serials.front().value);
  to.set_unit(Name("units", drive.unit.unit_id));
  to.set_unit_number(unit_number);
  if (drive.model != nullptr) SetModel(&to, drive);
  if (drive.details != nullptr) SetDetails(&to, *drive.details);
  to.set_etag(drive.etag);
  to.set_current_job(Name("jobs", current_job));
  to.set_simulated(drive.connection.simulated);
  for (const auto& problem : drive.problems) AddProblem(to.add_problems(), problem);
  to.set_quarantine_reason(drive.quarantine);
  const bool cut = !drive.problems.empty() && drive.problems.front().reason == "RECOVERY_NEEDED";
  if (!drive.quarantine.empty() && !cut) {
    AddProblem(
        to.add_problems(),
        {"DRIVE_QUARANTINED", "in quarantine: " + drive.quarantine,
         "find out what happened (`firmbench job list --drive DRIVE`), then `firmbench drive "
         "lift`"});
  }
  if (!drive.claimed_by.empty()) {
    to.mutable_claim()->set_principal(drive.claimed_by);
    to.mutable_claim()->set_note(drive.claim_note);
    SetTime(to.mutable_claim()->mutable_expire_time(), drive.claim_expires_us);
  }
  return to;
}

v1::Unit ToProto(const storage::Unit& unit, const std::string& bench) {
  v1::Unit to;
  to.set_name(Name("units", unit.id));
  to.set_bench(Name("benches", bench));
  to.set_number(UnitNumber(unit.number));
  to.set_label(unit.label);
  to.set_family(unit.family);
  to.set_model(unit.model);
  to.set_note(unit.note);
  to.set_archived(unit.archived);
  SetTime(to.mutable_create_time(), unit.created_us);
  return to;
}

v1::Dump ToProto(const storage::Dump& dump, const std::string& bench, const UnitFacts& unit) {
  v1::Dump to;
  to.set_name(Name("dumps", dump.id));
  to.set_bench(Name("benches", bench));
  to.set_memory(MemoryFromWord(dump.memory));
  to.set_unit(Name("units", dump.unit_id));
  to.set_unit_number(unit.number);
  if (unit.serial) to.set_serial(*unit.serial);
  to.set_attribution(dump.attribution);
  to.set_job(Name("jobs", dump.job_id));
  to.set_drive(Name("drives", dump.drive_id));
  to.set_purpose(dump.purpose);
  to.set_family(dump.family);
  to.set_model(dump.model);
  to.set_firmware_revision(dump.revision);
  to.set_size_bytes(dump.size_bytes);
  to.set_sha256(dump.sha256);
  to.set_md5(dump.md5);
  to.set_crc32(dump.crc32);
  to.set_stable_sha256(dump.stable_sha256);
  to.set_agreeing_reads(dump.agreeing_reads);
  to.set_evidence(dump.evidence);
  to.set_method(dump.method);
  to.set_simulated(dump.simulated);
  to.set_tool_version(dump.tool_version);
  SetTime(to.mutable_create_time(), dump.created_us);
  return to;
}

v1::Image ToProto(const storage::Image& image, const std::string& bench) {
  v1::Image to;
  to.set_name(Name("images", image.id));
  to.set_bench(Name("benches", bench));
  to.set_file_name(image.file_name);
  to.set_size_bytes(image.size_bytes);
  to.set_sha256(image.sha256);
  to.set_md5(image.md5);
  to.set_crc32(image.crc32);
  to.set_format(image.format);
  to.set_vendor(image.vendor);
  to.set_product(image.product);
  to.set_firmware_revision(image.revision);
  to.set_model(image.model);
  to.set_layout(image.layout);
  to.set_build_text(image.timestamp);
  to.set_principal(image.principal);
  SetTime(to.mutable_create_time(), image.created_us);
  to.set_dump(Name("dumps", image.dump_id));
  to.set_container(image.container);
  to.set_approved(image.approved);
  to.set_known_bad(image.known_bad);
  to.set_bad_reason(image.bad_reason);
  to.set_note(image.note);
  to.set_archived(image.archived);
  return to;
}

v1::AuditEntry ToProto(const storage::AuditEntry& entry, const std::string& bench) {
  v1::AuditEntry to;
  to.set_name(fmt::format("auditEntries/{}", entry.sequence));
  to.set_bench(Name("benches", bench));
  to.set_sequence(entry.sequence);
  SetTime(to.mutable_entry_time(), entry.time_us);
  to.set_principal(entry.principal);
  to.set_action(entry.action);
  to.set_resource(entry.resource);
  to.set_outcome(entry.outcome);
  to.set_canonical_json(entry.json);
  to.set_leaf_hash(entry.leaf_hash);
  return to;
}

void AddProblem(v1::Problem* to, const inventory::Problem& from) {
  to->set_reason(from.reason);
  to->set_text(from.text);
  to->set_remedy(from.remedy);
}

}  // namespace firmbench::rpc

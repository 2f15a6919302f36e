// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/evidence.h"

#include <algorithm>
#include <array>

#include "daemon/inventory/drive_details.h"

namespace firmbench::inventory {
namespace {

constexpr std::array<EvidenceKind, 8> kKinds{{
    {"label", Weight::kStrong, "label", "a technician put it on the drive and scanned it"},
    {"eeprom_stable", Weight::kStrong, "EEPROM content",
     "calibration of this one drive; a flash does not touch it"},
    {"flash_ranges", Weight::kStrong, "per-unit bytes of the firmware memory",
     "the row names them as the unit's own; no image overwrites them"},
    {"vpd_serial", Weight::kMedium, "serial number, VPD page 80",
     "makers repeat them, and it lives in a memory that people rewrite"},
    {"mmc_serial", Weight::kMedium, "serial number, MMC feature 0108",
     "makers repeat them, and it lives in a memory that people rewrite"},
    {"ata_serial", Weight::kMedium, "serial number, ATA IDENTIFY",
     "makers repeat them, and it lives in a memory that people rewrite"},
    {"bridge_serial", Weight::kWeak, "bridge", "it belongs to the adapter, not to the drive"},
    {"topology", Weight::kWeak, "port", "any drive can be put there"},
}};

bool IsSerial(std::string_view kind) { return kind.ends_with("_serial"); }

bool SaysSomething(std::string_view serial) {
  // The identity's own rules for blank, repeated and placeholder serials.
  scsi::Identity identity;
  identity.vpd_serial = std::string(serial);
  return identity.serial().has_value();
}

}  // namespace

std::string_view ToString(Weight weight) {
  switch (weight) {
    case Weight::kNone:
      return "none";
    case Weight::kWeak:
      return "weak";
    case Weight::kMedium:
      return "medium";
    case Weight::kStrong:
      return "strong";
  }
  return "none";
}

std::span<const EvidenceKind> EvidenceKinds() { return kKinds; }

const EvidenceKind* FindEvidenceKind(std::string_view kind) {
  const auto* const it = std::find_if(kKinds.begin(), kKinds.end(),
                                      [kind](const auto& row) { return row.kind == kind; });
  return it == kKinds.end() ? nullptr : it;
}

Weight WeightOf(std::string_view kind, std::string_view value, size_t units) {
  const EvidenceKind* row = FindEvidenceKind(kind);
  if (row == nullptr || value.empty()) return Weight::kNone;
  if (row->weight == Weight::kMedium && IsSerial(kind) && (units > 1 || !SaysSomething(value))) {
    return Weight::kNone;
  }
  return row->weight;
}

std::vector<SerialSeen> SerialsOf(const scsi::Identity& identity, const DriveDetails* details) {
  std::vector<SerialSeen> serials;
  const auto add = [&serials](std::string_view kind, const std::optional<std::string>& value) {
    if (value && SaysSomething(*value)) serials.push_back({kind, *value});
  };
  add("vpd_serial", identity.vpd_serial);
  add("mmc_serial", identity.mmc_serial);
  if (details != nullptr) add("ata_serial", details->ata_serial);
  return serials;
}

}  // namespace firmbench::inventory

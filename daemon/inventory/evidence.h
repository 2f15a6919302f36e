// SPDX-License-Identifier: Apache-2.0
#pragma once

// What each kind of evidence weighs when a drive is told from others: the one table. Matching
// (unit_match.h), the history and every screen take their weights and words from here. Pure; any
// thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/scsi/identity.h"

namespace firmbench::inventory {

enum class Weight : uint8_t {
  kNone,    // says nothing: blank, one repeated character, a placeholder, seen on several units
  kWeak,    // where the drive is, not what it is: supports other evidence, never decides
  kMedium,  // decides only where nothing stronger can be compared, and nothing speaks against it
  kStrong,  // decides alone, unless something speaks against it
};
std::string_view ToString(Weight weight);  // "none", "weak", "medium", "strong"

struct EvidenceKind {
  std::string_view kind;  // storage::UnitEvidence::kind
  Weight weight = Weight::kNone;
  std::string_view name;  // in words
  std::string_view why;   // why it weighs what it weighs
};

// All kinds, heaviest first.
std::span<const EvidenceKind> EvidenceKinds();
// nullptr for a kind that is none.
const EvidenceKind* FindEvidenceKind(std::string_view kind);

// What one row of evidence weighs. `units` is on how many units the ledger has this very value;
// a serial number that is seen on several is no evidence of any.
Weight WeightOf(std::string_view kind, std::string_view value, size_t units);

struct DriveDetails;  // drive_details.h

struct SerialSeen {
  std::string_view kind;  // "vpd_serial", "mmc_serial", "ata_serial"
  std::string value;
};
// The serials of a drive that are evidence: neither blank nor repeated nor a placeholder. `details`
// may be nullptr.
std::vector<SerialSeen> SerialsOf(const scsi::Identity& identity, const DriveDetails* details);

}  // namespace firmbench::inventory

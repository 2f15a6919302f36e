// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/abilities.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::families::mediatek_liteon {
namespace {

// Intro, outro and the byte operations 00 and 01: drive-protocols 1.2, 1.3 [C].
constexpr Evidence kVendorMode = Evidence::kReadInCode;
// DF 83, DF 89: 2.2 [C, second hand].
constexpr Evidence kDfReads = Evidence::kSecondHand;
// 3B 01 E2: 2.2 [G].
constexpr Evidence kEepromWrite = Evidence::kHypothetical;

constexpr const char* kNoTaskFile =
    "vendor mode needs the drive's IDE registers, and this connection does not give them";
constexpr const char* kTaskFileHelps =
    "an IDE port or a bridge that gives the registers; USB bridges cannot";
constexpr const char* kNoScsi = "the command needs SCSI, and this connection does not carry it";
constexpr const char* kScsiHelps = "a connection that carries SCSI commands";

Ability Yes(Evidence evidence, std::string why) { return {true, evidence, std::move(why), {}}; }
Ability No(Evidence evidence, std::string why, std::string would_help) {
  return {false, evidence, std::move(why), std::move(would_help)};
}

std::string WhatIsAssumed(const Row& row) {
  std::string text;
  if (row.image_bytes != 0) {
    text += fmt::format("; {} KB of firmware in the lower half of {} KB", row.image_bytes / 1024,
                        row.info->firmware_bytes / 1024);
  }
  if (!row.info->chip_assumed) return text;
  return text + fmt::format("; the chip, {}, {}", row.info->chip_part,
                            row.size_assumed ? "and with it the size are assumed" : "is assumed");
}

constexpr const char* kEntryInferred =
    "that holding the eject button opens vendor mode on this model is inferred";
constexpr const char* kEntryHelps = "a trace of a tool that entered vendor mode on this model";
constexpr const char* kNeverOpens = "the firmware of this model never opens vendor mode";
constexpr const char* kNeverHelps = "an external programmer on the flash chip";

Ability ReadFirmware(const Row& row, const Connection& connection) {
  if (row.firmware_read == FirmwareRead::kReadMemoryDf && connection.scsi) {
    return Yes(kDfReads,
               "with the vendor command DF 83; that it returns flash bytes of this model "
               "is inferred, so a dump is compared with the chip before anything is "
               "written");
  }
  if (row.gate == EntryGate::kNever) return No(VendorReadEvidence(row), kNeverOpens, kNeverHelps);
  if (!connection.task_file) return No(VendorReadEvidence(row), kNoTaskFile, kTaskFileHelps);
  if (!connection.simulated && VendorReadEvidence(row) == Evidence::kHypothetical) {
    return No(VendorReadEvidence(row), kEntryInferred, kEntryHelps);
  }
  return Yes(
      VendorReadEvidence(row),
      "in vendor mode, byte by byte (op 00); the drive is reset afterwards" + WhatIsAssumed(row));
}

Ability WriteFirmware(const Row& row, const Connection& connection) {
  const Evidence evidence = FirmwareWriteEvidence(row);
  if (row.gate == EntryGate::kNever) return No(evidence, kNeverOpens, kNeverHelps);
  if (!connection.task_file) return No(evidence, kNoTaskFile, kTaskFileHelps);
  if (connection.simulated) {
    return Yes(evidence, "in vendor mode (ops 00 and 01), on a simulated drive; for a real one: " +
                             std::string(row.write_missing));
  }
  if (evidence == Evidence::kHypothetical) {
    return No(evidence, std::string(row.write_missing), std::string(row.write_would_help));
  }
  return Yes(evidence, "in vendor mode (ops 00 and 01)");
}

Ability ReadEepromAbility(const Connection& connection) {
  if (!connection.scsi) return No(kDfReads, kNoScsi, kScsiHelps);
  return Yes(kDfReads,
             "with the vendor command DF 89; that this model answers it is inferred from "
             "the maker's tools");
}

Ability RestoreEeprom(const Connection& connection) {
  constexpr const char* kUnknown = "the write command is not publicly known";
  if (!connection.simulated) {
    return No(kEepromWrite, kUnknown, "a recorded trace of a tool that writes it");
  }
  if (!connection.scsi) return No(kEepromWrite, kNoScsi, kScsiHelps);
  return Yes(kEepromWrite, "with the simulator's hypothetical command 3B 01 E2; on a real drive " +
                               std::string(kUnknown));
}

}  // namespace

Evidence VendorReadEvidence(const Row& row) { return Weakest(kVendorMode, row.gate_evidence); }

Evidence FirmwareWriteEvidence(const Row& row) {
  return std::min({kVendorMode, row.gate_evidence, row.chip_evidence, row.write_evidence});
}

std::vector<MemoryAbilities> AbilitiesOf(const Row& row, const Connection& connection) {
  const Ability read = ReadFirmware(row, connection);
  const Ability write = WriteFirmware(row, connection);
  constexpr const char* kPart = "it is a part of the firmware";
  const Ability boot_write =
      No(FirmwareWriteEvidence(row),
         std::string(kPart) +
             ": a firmware job whose file differs there writes it, and its plan "
             "says so",
         "");
  Ability boot_read = read;
  boot_read.why = std::string(kPart) + ", " + read.why;
  return {
      {Memory::kFirmware, row.info->firmware_bytes, read, write, write},
      {Memory::kBoot, kBootBytes, boot_read, boot_write, boot_write},
      {Memory::kEeprom, row.info->eeprom_bytes, ReadEepromAbility(connection),
       No(kEepromWrite, "the EEPROM belongs to the unit: only its own dump may go back", ""),
       RestoreEeprom(connection)},
  };
}

}  // namespace firmbench::families::mediatek_liteon

// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/family.h"

#include <fmt/format.h>

#include "daemon/families/chip_programmer.h"
#include "daemon/images/recognise.h"

namespace firmbench::families {

std::string_view ToString(Recoverable recoverable) {
  switch (recoverable) {
    case Recoverable::kProven:
      return "proven";
    case Recoverable::kUnproven:
      return "unproven";
    case Recoverable::kNo:
      return "no";
  }
  return "no";
}

const Conversion* FindConversion(const ModelInfo& model, std::string_view to_model) {
  for (const Conversion& conversion : model.conversions) {
    if (conversion.to_model == to_model) return &conversion;
  }
  return nullptr;
}

Result<Bytes> ConvertEeprom(const Conversion& conversion, ByteView eeprom) {
  Bytes converted(eeprom.begin(), eeprom.end());
  for (const EepromChange& change : conversion.eeprom) {
    if (change.offset >= converted.size() || converted[change.offset] != change.from) {
      return FailedPrecondition(
                 "EEPROM_NOT_AS_EXPECTED",
                 fmt::format("the EEPROM of this unit does not hold {:02x} at {:04x}, where the "
                             "model's name is expected",
                             change.from, change.offset))
          .With("offset", fmt::format("{:x}", change.offset))
          .WithRemedy(
              "nothing was written; the unit was perhaps changed by another tool: compare "
              "its EEPROM dumps with `firmbench dump compare`");
    }
    converted[change.offset] = change.to;
  }
  return converted;
}

Ability Family::ChipWrite(const ModelInfo& /*model*/, const Connection& /*connection*/,
                          std::string_view /*chip_part*/) const {
  return {.why = "drives of this family give no way to the chip in their socket",
          .would_help = "an external programmer"};
}

std::unique_ptr<ChipProgrammer> Family::OpenProgrammer(const ModelInfo& /*model*/,
                                                       const DriveAccess& /*access*/) const {
  return nullptr;
}

const Family* FindFamily(std::string_view name) {
  for (const Family* family : AllFamilies()) {
    if (family->name() == name) return family;
  }
  return nullptr;
}

Match MatchDrive(const scsi::Identity& identity) {
  Match match;
  for (const Family* family : AllFamilies()) {
    const ModelInfo* model = family->Match(identity);
    if (model == nullptr) continue;
    // Two families that claim one drive are a mistake in their rows; neither may touch it.
    if (match.family != nullptr) return {};
    match = {family, model};
  }
  return match;
}

const Family* FindBootCode(const scsi::Identity& identity) {
  for (const Family* family : AllFamilies()) {
    if (!family->BootCodeOf(identity).empty()) return family;
  }
  return nullptr;
}

images::ImageReport RecogniseImage(ByteView file) {
  images::ImageReport report = images::Recognise(file);
  if (!report.refusal) return report;
  for (const Family* family : AllFamilies()) {
    images::ImageReport own;
    own.size_bytes = report.size_bytes;
    own.hashes = report.hashes;
    own.halves = report.halves;
    if (family->ExamineImage(file, own)) return own;
  }
  return report;
}

}  // namespace firmbench::families

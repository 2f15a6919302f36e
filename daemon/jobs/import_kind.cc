// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/import_kind.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "daemon/families/family.h"
#include "daemon/images/eeprom_shape.h"
#include "daemon/images/hex_text.h"
#include "daemon/images/image_report.h"
#include "daemon/images/xflash.h"

namespace firmbench::jobs {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kArchiveStarts[] = {"PK\x03\x04"sv,
                                               "PK\x05\x06"sv,
                                               "Rar!"sv,
                                               "\x1f\x8b"sv,
                                               "7z\xbc\xaf"sv,
                                               "BZh"sv,
                                               "\xfd"
                                               "7zXZ"sv,
                                               "MSCF"sv};

ClassifiedFile Verdict(FileKind kind, std::string text) {
  ClassifiedFile file;
  file.kind = kind;
  file.text = std::move(text);
  return file;
}

bool IsArchive(ByteView file) {
  return std::any_of(std::begin(kArchiveStarts), std::end(kArchiveStarts),
                     [&](std::string_view start) { return AsText(file).starts_with(start); });
}

// A file by itself, without the forms in which it may come.
ClassifiedFile ClassifyFirmware(ByteView bytes) {
  images::ImageReport report = families::RecogniseImage(bytes);
  if (report.refusal) {
    const std::string& reason = report.refusal->reason();
    if (reason == "IMAGE_BLANK") return Verdict(FileKind::kBlank, report.refusal->message());
    // Any file may begin with the byte 02: only one that names a drive is a broken image.
    const bool named = !report.id_blocks.empty();
    if (named && (reason == "IMAGE_TRUNCATED" || reason == "IMAGE_SIZE_WRONG")) {
      return Verdict(FileKind::kDamaged,
                     fmt::format("firmware that names the {} {}, but {}", report.product,
                                 report.revision, report.refusal->message()));
    }
    return Verdict(FileKind::kNotRecognised, "not recognised: " + report.refusal->message());
  }
  ClassifiedFile file = Verdict(
      FileKind::kFirmware,
      fmt::format("firmware {} of a {}", report.revision,
                  report.model.empty() ? "model that its bytes do not say without contradiction"
                                       : report.model));
  file.bytes.assign(bytes.begin(), bytes.end());
  file.model = std::move(report.model);
  file.revision = std::move(report.revision);
  file.notes = std::move(report.warnings);
  return file;
}

ClassifiedFile ClassifyHexText(ByteView file) {
  Result<images::HexText> text = images::ParseHexText(file);
  if (!text) {
    return Verdict(FileKind::kDamaged,
                   "begins like the text (HEX) of MTKFLASH, but " + text.error().message());
  }
  ClassifiedFile found = ClassifyFirmware(text->bytes);
  found.text += " (from the text of MTKFLASH)";
  found.from_hex = true;
  if (text->named_bytes < text->bytes.size()) {
    found.notes.push_back(
        fmt::format("the text names {} of {} bytes; the others were taken as FF, as its format "
                    "has it",
                    text->named_bytes, text->bytes.size()));
  }
  return found;
}

ClassifiedFile Eeprom(ByteView bytes, images::EepromShape shape, bool said) {
  ClassifiedFile file = Verdict(
      FileKind::kEeprom,
      fmt::format("EEPROM dump: {}{}", shape.why, said ? "; a person says that it is one" : ""));
  file.bytes.assign(bytes.begin(), bytes.end());
  file.model = std::move(shape.model);
  return file;
}

ClassifiedFile ClassifyUpdater(ByteView file) {
  const auto updater = images::ReadXflash(file);
  if (!updater) {
    return Verdict(FileKind::kUpdater, "a program, not a dump: " + updater.error().message());
  }
  std::string revisions;
  for (const images::XflashMember& member : updater->members) {
    revisions += (revisions.empty() ? "" : ", ") + member.revision;
  }
  return Verdict(FileKind::kUpdater,
                 fmt::format("an updater (XFlash) with firmware {}: `firmbench image add` takes it",
                             revisions));
}

}  // namespace

std::string_view ToString(FileKind kind) {
  switch (kind) {
    case FileKind::kFirmware:
      return "firmware";
    case FileKind::kEeprom:
      return "eeprom";
    case FileKind::kUpdater:
      return "updater";
    case FileKind::kArchive:
      return "archive";
    case FileKind::kBlank:
      return "blank";
    case FileKind::kDamaged:
      return "damaged";
    case FileKind::kEepromSize:
      return "eeprom_size";
    case FileKind::kNotRecognised:
      return "not_recognised";
    case FileKind::kChip:
      return "chip";
  }
  return "not_recognised";
}

ClassifiedFile ClassifyChipFile(ByteView file) {
  ClassifiedFile what = ClassifyFile(file, false);
  switch (what.kind) {
    case FileKind::kFirmware:
    case FileKind::kEeprom:
    case FileKind::kUpdater:
    case FileKind::kArchive:
      return what;
    case FileKind::kBlank:
    case FileKind::kDamaged:
    case FileKind::kEepromSize:
    case FileKind::kNotRecognised:
    case FileKind::kChip:
      break;
  }
  if (file.empty()) return what;
  ClassifiedFile chip = Verdict(FileKind::kChip, "content of a chip, as a person says");
  if (!images::LooksLikeHexText(file)) {
    chip.bytes.assign(file.begin(), file.end());
    return chip;
  }
  // As raw bytes the text itself would be written.
  Result<images::HexText> text = images::ParseHexText(file);
  if (!text) return what;
  chip.text += " (from the text of MTKFLASH)";
  chip.from_hex = true;
  chip.bytes = std::move(text->bytes);
  return chip;
}

ClassifiedFile ClassifyFile(ByteView file, bool said_eeprom) {
  using images::EepromVerdict;
  if (file.empty()) return Verdict(FileKind::kNotRecognised, "the file is empty");
  images::EepromShape shape = images::ShapeOfEeprom(file);
  switch (shape.verdict) {
    case EepromVerdict::kNamed:
      return Eeprom(file, std::move(shape), false);
    case EepromVerdict::kUnnamed:
      if (said_eeprom) return Eeprom(file, std::move(shape), true);
      return Verdict(FileKind::kEepromSize,
                     shape.why + "; say --as eeprom if you know that it is the dump of one");
    case EepromVerdict::kBlank:
      return Verdict(FileKind::kBlank, shape.why + ": what an erased or unreachable EEPROM shows");
    case EepromVerdict::kRepeats:
      return Verdict(FileKind::kDamaged, shape.why + ": an EEPROM that was not read properly");
    case EepromVerdict::kNoEeprom:
      break;
  }
  if (images::LooksLikeHexText(file)) return ClassifyHexText(file);
  if (IsArchive(file)) {
    return Verdict(FileKind::kArchive, "a compressed archive: unpack it and import what it holds");
  }
  if (images::LooksLikeUpdater(file)) return ClassifyUpdater(file);
  return ClassifyFirmware(file);
}

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a file is that somebody kept as a backup. Only what its bytes say counts: names do not, and
// nothing is guessed. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"

namespace firmbench::jobs {

enum class FileKind : uint8_t {
  kFirmware,    // a whole image of a known format, perhaps as MTKFLASH text
  kEeprom,      // by the rules of images/eeprom_shape.h, or because a person says so
  kUpdater,     // a maker's program that may hold firmware
  kArchive,     // compressed: nothing is unpacked here
  kBlank,       // one value throughout
  kDamaged,     // begins like something known, and is not whole
  kEepromSize,  // the size of an EEPROM, but nothing in it says so
  kNotRecognised,
  kChip,  // whatever a bare chip shall hold, because a person says so
};
// "firmware", "eeprom", "updater", "archive", "blank", "damaged", "eeprom_size", "not_recognised",
// "chip".
std::string_view ToString(FileKind kind);

struct ClassifiedFile {
  FileKind kind = FileKind::kNotRecognised;
  std::string text;                // what it is, in a sentence
  bool from_hex = false;           // `bytes` were converted from the text of MTKFLASH
  Bytes bytes;                     // of the memory; only for kFirmware, kEeprom and kChip
  std::string model;               // that the bytes name; "" for none
  std::string revision;            // of firmware
  std::vector<std::string> notes;  // sentences for people
};

// `said_eeprom`: a person says that it is an EEPROM dump; it then has to have the size and may
// neither be blank nor repeat itself. Memory: at most 1 MB beside a copy of the file.
ClassifiedFile ClassifyFile(ByteView file, bool said_eeprom);

// The same of a file that a person wants in a bare chip: what is recognised stays what it is, an
// archive or an updater too; all else is the chip's, blank ones included.
ClassifiedFile ClassifyChipFile(ByteView file);

}  // namespace firmbench::jobs

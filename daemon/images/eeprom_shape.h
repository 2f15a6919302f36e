// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this file the dump of a Lite-On EEPROM? Decided by size and shape alone, by the rules below,
// and never guessed: where they do not say yes, a person does. Pure; any thread.
//
// What is public (drive-protocols 3): a backup is the raw content, 1 KB for most drives, 4 KB for
// the 5S/6S generation [D]; it holds the drive's identification and model, manufacture date, RPC
// counts, learnt calibration and burn logs [P]; a cross-flashed drive went on naming its maker's
// model from it [P]. The place of the model is not public, so it is looked for everywhere.
//
// The rules, in this order:
//   1. 1,024 or 4,096 bytes [D], else kNoEeprom.
//   2. All bytes equal: kBlank. It is what an erased or unreachable EEPROM reads as.
//   3. More than nine of ten bytes are printable: kNoEeprom, a text. Calibration is not [P].
//   4. Begins like a program, an archive, a picture or a document: kNoEeprom.
//   5. Holds an INQUIRY block as firmware images do: kNoEeprom, a piece of firmware.
//   6. Is one half or one quarter repeated: kRepeats. Address lines were not decoded; a healthy
//      EEPROM has one manufacture date and one burn log [P].
//   7. Names one model that we know (or an OEM's name for it) in plain characters: kNamed.
//   8. Otherwise kUnnamed: it may be an EEPROM, but nothing in it says so.

#include <cstdint>
#include <string>

#include "daemon/base/bytes.h"

namespace firmbench::images {

// Sizes of Lite-On EEPROM backups (drive-protocols 3 [D]).
inline constexpr size_t kEepromSmallBytes = 0x400;
inline constexpr size_t kEepromLargeBytes = 0x1000;

enum class EepromVerdict : uint8_t { kNoEeprom, kBlank, kRepeats, kUnnamed, kNamed };

struct EepromShape {
  EepromVerdict verdict = EepromVerdict::kNoEeprom;
  std::string model;  // kNamed: "LTR-48246S"; "" when it names several
  std::string why;    // in words, for people
};

EepromShape ShapeOfEeprom(ByteView bytes);

}  // namespace firmbench::images

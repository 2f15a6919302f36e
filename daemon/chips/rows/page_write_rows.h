// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: parts that take a page at a time and erase it themselves (Winbond W29C,
// Atmel AT29C, SST 29EE/29LE), and SST28SF040A, which has a protocol of its own. Constant.

#include "daemon/chips/rows/shapes.h"

namespace firmbench::chips::shapes {

// W29C040 is the part of one LTR-48246S (drive-protocols 1.5). W29C010 is sold as W29C011A and
// W29EE011 too; some of those want a six-cycle id entry and then do not answer ours. Boot blocks
// lie at both ends: 8 KB on the 1 Mbit parts, 16 KB on W29C020/040 and AT29C040A.
// SST28SF040A erases 256-byte sectors with commands that no other part has: recognised, not driven.
// clang-format off
inline constexpr ChipRow kPageWriteRows[] = {
    // vendor    part           man   dev   size       program page unlock exit   erase                mV min..max  boot     timings     evidence
    {"Winbond", "W29C010",      0xDA, 0xC1, 128 * kK,  kPage, 128, k5555, kLong, kW29Chip<128 * kK>,  4500, 5500, 8 * kK,  kW29Time,   kCode},
    {"Winbond", "W29C020",      0xDA, 0x45, 256 * kK,  kPage, 128, k5555, kLong, kW29Chip<256 * kK>,  4500, 5500, 16 * kK, kW29Time,   kCode},
    {"Winbond", "W29C040",      0xDA, 0x46, 512 * kK,  kPage, 256, k5555, kLong, kW29Chip<512 * kK>,  4500, 5500, 16 * kK, kW29Time,   kCode},
    {"Atmel",   "AT29C010A",    0x1F, 0xD5, 128 * kK,  kPage, 128, k5555, kLong, kAt29Chip<128 * kK>, 4500, 5500, 8 * kK,  kAt29Time,  kCode},
    {"Atmel",   "AT29C020",     0x1F, 0xDA, 256 * kK,  kPage, 256, k5555, kLong, kAt29Chip<256 * kK>, 4500, 5500, 8 * kK,  kAt29Time,  kCode},
    {"Atmel",   "AT29C040A",    0x1F, 0xA4, 512 * kK,  kPage, 256, k5555, kLong, kAt29Chip<512 * kK>, 4500, 5500, 16 * kK, kAt29Time,  kCode},
    {"SST",     "SST29EE010",   0xBF, 0x07, 128 * kK,  kPage, 128, k5555, kLong, kW29Chip<128 * kK>,  4500, 5500, 0,       kSst29Time, kCode},
    {"SST",     "SST29EE020A",  0xBF, 0x10, 256 * kK,  kPage, 128, k5555, kLong, kW29Chip<256 * kK>,  4500, 5500, 0,       kSst29Time, kCode},
    {"SST",     "SST29LE010",   0xBF, 0x08, 128 * kK,  kPage, 128, k5555, kLong, kW29Chip<128 * kK>,  3000, 3600, 0,       kSst29Time, kCode},
    {"SST",     "SST29LE020",   0xBF, 0x12, 256 * kK,  kPage, 128, k5555, kLong, kW29Chip<256 * kK>,  3000, 3600, 0,       kSst29Time, kCode},
    {"SST",     "SST28SF040A",  0xBF, 0x04, 512 * kK,  ProgramMethod::kSst28Sector, 0, k5555, kShort, {}, 4500, 5500, 0,    kSst28Time, kCode},
};
// clang-format on

}  // namespace firmbench::chips::shapes

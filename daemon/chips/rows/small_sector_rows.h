// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: byte-program parts with small uniform sectors: SST39, PMC Pm39LV,
// Winbond W39, SyncMOS and Mosel Vitelic 29C51. Constant.

#include "daemon/chips/rows/shapes.h"

namespace firmbench::chips::shapes {

// Pm39LV010 shares its ids with Pm39F010, which wants 5 V: the supply must be known otherwise.
// The 29C51 letters F, S and V name one and the same part.
// clang-format off
inline constexpr ChipRow kSmallSectorRows[] = {
    // vendor    part           man   dev   size       program page unlock exit   erase                         mV min..max boot timings   evidence
    {"SST",     "SST39SF010A",  0xBF, 0xB5, 128 * kK,  kByte, 0, k5555, kShort, kSst39<128 * kK>,              4500, 5500, 0, kSst39Time, kCode},
    {"SST",     "SST39SF020A",  0xBF, 0xB6, 256 * kK,  kByte, 0, k5555, kShort, kSst39<256 * kK>,              4500, 5500, 0, kSst39Time, kCode},
    {"SST",     "SST39SF040",   0xBF, 0xB7, 512 * kK,  kByte, 0, k5555, kShort, kSst39<512 * kK>,              4500, 5500, 0, kSst39Time, kCode},
    {"SST",     "SST39VF010",   0xBF, 0xD5, 128 * kK,  kByte, 0, k5555, kShort, kSst39<128 * kK>,              2700, 3600, 0, kSst39Time, kCode},
    {"SST",     "SST39VF020",   0xBF, 0xD6, 256 * kK,  kByte, 0, k5555, kShort, kSst39<256 * kK>,              2700, 3600, 0, kSst39Time, kCode},
    {"SST",     "SST39VF040",   0xBF, 0xD7, 512 * kK,  kByte, 0, k5555, kShort, kSst39<512 * kK>,              2700, 3600, 0, kSst39Time, kCode},
    {"SST",     "SST39VF080",   0xBF, 0xD8, 1024 * kK, kByte, 0, k5555, kShort, kSst39WithBlocks<1024 * kK>,   2700, 3600, 0, kSst39Time, kCode},
    {"PMC",     "Pm39LV010",    0x9D, 0x1C, 128 * kK,  kByte, 0, k555,  kShort, kPm39<128 * kK>,               2700, 3600, 0, kPm39Time,  kCode},
    {"PMC",     "Pm39LV020",    0x9D, 0x3D, 256 * kK,  kByte, 0, k555,  kShort, kPm39<256 * kK>,               2700, 3600, 0, kPm39Time,  kCode},
    {"PMC",     "Pm39LV040",    0x9D, 0x3E, 512 * kK,  kByte, 0, k555,  kShort, kPm39<512 * kK>,               2700, 3600, 0, kPm39Time,  kCode},
    {"Winbond", "W39F010",      0xDA, 0xA1, 128 * kK,  kByte, 0, k5555, kShort, kW39SectorsOnly<128 * kK>,     4500, 5500, 0, kW39Time,   kCode},
    {"Winbond", "W39L010",      0xDA, 0x31, 128 * kK,  kByte, 0, k5555, kShort, kW39SectorsOnly<128 * kK>,     3000, 3600, 0, kW39Time,   kCode},
    {"Winbond", "W39L020",      0xDA, 0xB5, 256 * kK,  kByte, 0, k5555, kShort, kW39<256 * kK>,                3000, 3600, 0, kW39Time,   kCode},
    {"Winbond", "W39L040",      0xDA, 0xB6, 512 * kK,  kByte, 0, k5555, kShort, kW39<512 * kK>,                3000, 3600, 0, kW39Time,   kCode},
    {"SyncMOS", "29C51002T",    0x40, 0x02, 256 * kK,  kByte, 0, k5555, kShort, kSmallSector<512, 256 * kK>,   4500, 5500, 0, kSst39Time, kCode},
    {"SyncMOS", "29C51002B",    0x40, 0xA2, 256 * kK,  kByte, 0, k5555, kShort, kSmallSector<512, 256 * kK>,   4500, 5500, 0, kSst39Time, kCode},
    {"SyncMOS", "29C51004T",    0x40, 0x03, 512 * kK,  kByte, 0, k5555, kShort, kSmallSector<1 * kK, 512 * kK>, 4500, 5500, 0, kSst39Time, kCode},
    {"SyncMOS", "29C51004B",    0x40, 0xA3, 512 * kK,  kByte, 0, k5555, kShort, kSmallSector<1 * kK, 512 * kK>, 4500, 5500, 0, kSst39Time, kCode},
    {"Mosel",   "V29C51400T",   0x40, 0x13, 512 * kK,  kByte, 0, k5555, kShort, kSmallSector<1 * kK, 512 * kK>, 4500, 5500, 0, kSst39Time, kCode},
    {"Mosel",   "V29C51400B",   0x40, 0xB3, 512 * kK,  kByte, 0, k5555, kShort, kSmallSector<1 * kK, 512 * kK>, 4500, 5500, 0, kSst39Time, kCode},
};
// clang-format on

}  // namespace firmbench::chips::shapes

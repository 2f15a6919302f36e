// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: byte-program parts with parameter and main blocks, or with nothing but a
// chip erase: Winbond W49F, Atmel AT49F, PMC Pm29F, ESMT. Constant.

#include "daemon/chips/rows/shapes.h"

namespace firmbench::chips::shapes {

// AT49F parts with a chip erase have one lockable block at the bottom only (8 KB on 010 and 020,
// 16 KB on 040 and 080); when it is locked, a chip erase leaves it as it is and says nothing.
// No timing of these is known: AMD class's figures.
// clang-format off
inline constexpr ChipRow kMainBlockRows[] = {
    // vendor    part           man   dev   size       program page unlock exit   erase                      mV min..max boot     timings   evidence
    {"Winbond", "W49F002U",     0xDA, 0x0B, 256 * kK,  kByte, 0, k5555, kShort, kAmd<kTopMain, 256 * kK>,    4500, 5500, 0,       kW39Time, kCode},
    {"Winbond", "W49F020",      0xDA, 0x8C, 256 * kK,  kByte, 0, k5555, kShort, kAmdChipOnly<256 * kK>,      4500, 5500, 0,       kW39Time, kCode},
    {"Atmel",   "AT49F010",     0x1F, 0x17, 128 * kK,  kByte, 0, k5555, kShort, kAmdChipOnly<128 * kK>,      4500, 5500, 8 * kK,  kAmdTime, kCode},
    {"Atmel",   "AT49F002",     0x1F, 0x07, 256 * kK,  kByte, 0, k5555, kShort, kAmd<kBottomMain, 256 * kK>, 4500, 5500, 0,       kAmdTime, kCode},
    {"Atmel",   "AT49F002T",    0x1F, 0x08, 256 * kK,  kByte, 0, k5555, kShort, kAmd<kTopMain, 256 * kK>,    4500, 5500, 0,       kAmdTime, kCode},
    {"Atmel",   "AT49F020",     0x1F, 0x0B, 256 * kK,  kByte, 0, k5555, kShort, kAmdChipOnly<256 * kK>,      4500, 5500, 8 * kK,  kAmdTime, kCode},
    {"Atmel",   "AT49F040",     0x1F, 0x13, 512 * kK,  kByte, 0, k5555, kShort, kAmdChipOnly<512 * kK>,      4500, 5500, 16 * kK, kAmdTime, kCode},
    {"Atmel",   "AT49F080",     0x1F, 0x23, 1024 * kK, kByte, 0, k5555, kShort, kAmdChipOnly<1024 * kK>,     4500, 5500, 16 * kK, kAmdTime, kCode},
    {"Atmel",   "AT49F080T",    0x1F, 0x27, 1024 * kK, kByte, 0, k5555, kShort, kAmdChipOnly<1024 * kK>,     4500, 5500, 16 * kK, kAmdTime, kCode},
    {"PMC",     "Pm29F002B",    0x9D, 0x2D, 256 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomMain, 256 * kK>, 4500, 5500, 0,       kAmdTime, kCode},
    {"PMC",     "Pm29F002T",    0x9D, 0x1D, 256 * kK,  kByte, 0, k555,  kShort, kAmd<kTopMain, 256 * kK>,    4500, 5500, 0,       kAmdTime, kCode},
    {"ESMT",    "F49B002UA",    0x8C, 0x00, 256 * kK,  kByte, 0, k5555, kShort, kAmd<kTopMain, 256 * kK>,    4500, 5500, 0,       kAmdTime, kCode},
};
// clang-format on

}  // namespace firmbench::chips::shapes

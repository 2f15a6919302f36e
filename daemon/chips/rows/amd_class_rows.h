// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: byte-program parts of the AMD command set with large sectors: AMD,
// Fujitsu, ST, Hyundai, Bright, AMIC, Macronix, Eon. Constant.

#include "daemon/chips/rows/shapes.h"

namespace firmbench::chips::shapes {

// Id A4 is four different parts: only the manufacturer tells them apart. Am29F010 and Am29F040
// exist with 15 and with 11 compared address bits under one id: 5555/2AAA suits both.
// Eon answers 7F first; its own id 1C lies at 100 and, on EN29F002, the device's second byte at
// 101. MBM29LV160 is a 16-bit part in byte mode (device id at address 2); the public code erases it
// with 50, its kind is erased with 30: kept as the kind does and graded accordingly.
// clang-format off
inline constexpr ChipRow kAmdClassRows[] = {
    // vendor     part           man     dev     size       program page unlock exit   erase                                              mV min..max boot timings    evidence
    {"AMD",      "Am29F010",     0x01,   0x20,   128 * kK,  kByte, 0, k5555, kShort, kAmd<kUniform<16 * kK, 128 * kK>, 128 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29F002BB",   0x01,   0x34,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29F002BT",   0x01,   0xB0,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29F040B",    0x01,   0xA4,   512 * kK,  kByte, 0, k5555, kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29F080",     0x01,   0xD5,   1024 * kK, kByte, 0, k5555, kShort, kAmd<kUniform<64 * kK, 1024 * kK>, 1024 * kK>,      4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29F016D",    0x01,   0xAD,   2048 * kK, kByte, 0, k555,  kShort, kAmd<kUniform<64 * kK, 2048 * kK>, 2048 * kK>,      4500, 5500, 0, kAmdTime,   kCode},
    {"AMD",      "Am29LV001BB",  0x01,   0x6D,   128 * kK,  kByte, 0, k555,  kShort, kAmdLv<kLv001Bottom, 128 * kK>,                     3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV001BT",  0x01,   0xED,   128 * kK,  kByte, 0, k555,  kShort, kAmdLv<kLv001Top, 128 * kK>,                        3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV002BB",  0x01,   0xC2,   256 * kK,  kByte, 0, k555,  kShort, kAmdLv<kBottomBoot<256 * kK>, 256 * kK>,            3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV002BT",  0x01,   0x40,   256 * kK,  kByte, 0, k555,  kShort, kAmdLv<kTopBoot<256 * kK>, 256 * kK>,               3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV004BB",  0x01,   0xB6,   512 * kK,  kByte, 0, k555,  kShort, kAmdLv<kBottomBoot<512 * kK>, 512 * kK>,            2700, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV004BT",  0x01,   0xB5,   512 * kK,  kByte, 0, k555,  kShort, kAmdLv<kTopBoot<512 * kK>, 512 * kK>,               2700, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV008BB",  0x01,   0x37,   1024 * kK, kByte, 0, k555,  kShort, kAmdLv<kBottomBoot<1024 * kK>, 1024 * kK>,          3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV008BT",  0x01,   0x3E,   1024 * kK, kByte, 0, k555,  kShort, kAmdLv<kTopBoot<1024 * kK>, 1024 * kK>,             3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV040B",   0x01,   0x4F,   512 * kK,  kByte, 0, k555,  kShort, kAmdLv<kUniform<64 * kK, 512 * kK>, 512 * kK>,      3000, 3600, 0, kAmdLvTime, kCode},
    {"AMD",      "Am29LV081B",   0x01,   0x38,   1024 * kK, kByte, 0, k555,  kShort, kAmdLv<kUniform<64 * kK, 1024 * kK>, 1024 * kK>,    3000, 3600, 0, kAmdLvTime, kCode},
    {"Fujitsu",  "MBM29F004BC",  0x04,   0x7B,   512 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomBoot<512 * kK>, 512 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"Fujitsu",  "MBM29F004TC",  0x04,   0x77,   512 * kK,  kByte, 0, k555,  kShort, kAmd<kTopBoot<512 * kK>, 512 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"Fujitsu",  "MBM29LV160BE", 0x04,   0x49,   2048 * kK, kByte, 0, kAaa,  kShort, kAmdLv<kBottomBoot<2048 * kK>, 2048 * kK>,          3000, 3600, 0, kAmdLvTime, kHypo},
    {"Fujitsu",  "MBM29LV160TE", 0x04,   0xC4,   2048 * kK, kByte, 0, kAaa,  kShort, kAmdLv<kTopBoot<2048 * kK>, 2048 * kK>,             3000, 3600, 0, kAmdLvTime, kHypo},
    {"ST",       "M29F002BB",    0x20,   0x34,   256 * kK,  kByte, 0, k5555, kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"ST",       "M29F002BT",    0x20,   0xB0,   256 * kK,  kByte, 0, k5555, kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"ST",       "M29F040B",     0x20,   0xE2,   512 * kK,  kByte, 0, k5555, kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"ST",       "M29W040B",     0x20,   0xE3,   512 * kK,  kByte, 0, k5555, kShort, kAmdLv<kUniform<64 * kK, 512 * kK>, 512 * kK>,      2700, 3600, 0, kAmdLvTime, kCode},
    {"Hyundai",  "HY29F002B",    0xAD,   0x34,   256 * kK,  kByte, 0, k5555, kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"Hyundai",  "HY29F002T",    0xAD,   0xB0,   256 * kK,  kByte, 0, k5555, kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"Hyundai",  "HY29F040A",    0xAD,   0xA4,   512 * kK,  kByte, 0, k555,  kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"Bright",   "BM29F040",     0xAD,   0x40,   512 * kK,  kByte, 0, k5555, kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"AMIC",     "A29002B",      0x37,   0x0D,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"AMIC",     "A29002T",      0x37,   0x8C,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"AMIC",     "A29040B",      0x37,   0x86,   512 * kK,  kByte, 0, k555,  kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F001B",    0xC2,   0x19,   128 * kK,  kByte, 0, k555,  kShort, kAmd<kMx001Bottom, 128 * kK>,                       4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F001T",    0xC2,   0x18,   128 * kK,  kByte, 0, k555,  kShort, kAmd<kMx001Top, 128 * kK>,                          4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F002B",    0xC2,   0x34,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F002T",    0xC2,   0xB0,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F022B",    0xC2,   0x37,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F022T",    0xC2,   0x36,   256 * kK,  kByte, 0, k555,  kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29F040",     0xC2,   0xA4,   512 * kK,  kByte, 0, k555,  kShort, kAmd<kUniform<64 * kK, 512 * kK>, 512 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"Macronix", "MX29LV040",    0xC2,   0x4F,   512 * kK,  kByte, 0, k555,  kShort, kAmdLv<kUniform<64 * kK, 512 * kK>, 512 * kK>,      2700, 3600, 0, kAmdLvTime, kCode},
    {"Eon",      "EN29F002B",    0x7F1C, 0x7F97, 256 * kK,  kByte, 0, kAaa,  kShort, kAmd<kBottomBoot<256 * kK>, 256 * kK>,              4500, 5500, 0, kAmdTime,   kCode},
    {"Eon",      "EN29F002T",    0x7F1C, 0x7F92, 256 * kK,  kByte, 0, kAaa,  kShort, kAmd<kTopBoot<256 * kK>, 256 * kK>,                 4500, 5500, 0, kAmdTime,   kCode},
    {"Eon",      "EN29F010",     0x7F1C, 0x20,   128 * kK,  kByte, 0, k555,  kShort, kAmd<kUniform<16 * kK, 128 * kK>, 128 * kK>,        4500, 5500, 0, kAmdTime,   kCode},
    {"Eon",      "EN29LV040",    0x7F1C, 0x4F,   512 * kK,  kByte, 0, k5555, kLong,  kAmdLv<kUniform<64 * kK, 512 * kK>, 512 * kK>,      3000, 3600, 0, kAmdLvTime, kCode},
};
// clang-format on

}  // namespace firmbench::chips::shapes

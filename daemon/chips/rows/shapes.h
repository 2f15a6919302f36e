// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: the sector layouts, erase commands and timings that rows share. Constant.
// Layouts: read in code (flashrom's tables, drive-protocols 4.1). Timings: drive-protocols 4.3,
// remembered, or the figure of the nearest class where 4.3 has none; all of them are therefore
// graded hypothetical, and the pollers wait longer than they say.

#include <cstdint>

#include "daemon/chips/rows/row.h"

namespace firmbench::chips::shapes {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr uint32_t kK = 1024;

// clang-format off

// --- layouts, low to high addresses ----------------------------------------------------------
template <uint32_t unit, uint32_t total>
inline constexpr EraseBlock kUniform[] = {{unit, total / unit}};
template <uint32_t total>
inline constexpr EraseBlock kWhole[] = {{total, 1}};

// The boot sectors of AMD-class parts: 16 + 8 + 8 + 32 KB in place of one 64 KB sector.
template <uint32_t total>
inline constexpr EraseBlock kBottomBoot[] = {{16 * kK, 1}, {8 * kK, 2}, {32 * kK, 1}, {64 * kK, total / (64 * kK) - 1}};
template <uint32_t total>
inline constexpr EraseBlock kTopBoot[]    = {{64 * kK, total / (64 * kK) - 1}, {32 * kK, 1}, {8 * kK, 2}, {16 * kK, 1}};

// The layout of W49F002, AT49F002, Pm29F002 and F49B002: two parameter blocks, two main blocks.
inline constexpr EraseBlock kBottomMain[] = {{16 * kK, 1}, {8 * kK, 2}, {96 * kK, 1}, {128 * kK, 1}};
inline constexpr EraseBlock kTopMain[]    = {{128 * kK, 1}, {96 * kK, 1}, {8 * kK, 2}, {16 * kK, 1}};

inline constexpr EraseBlock kLv001Bottom[]  = {{8 * kK, 1}, {4 * kK, 2}, {16 * kK, 7}};
inline constexpr EraseBlock kLv001Top[]     = {{16 * kK, 7}, {4 * kK, 2}, {8 * kK, 1}};
inline constexpr EraseBlock kMx001Bottom[]  = {{8 * kK, 1}, {4 * kK, 2}, {8 * kK, 2}, {32 * kK, 1}, {64 * kK, 1}};
inline constexpr EraseBlock kMx001Top[]     = {{64 * kK, 1}, {32 * kK, 1}, {8 * kK, 2}, {4 * kK, 2}, {8 * kK, 1}};

// --- erase commands: command, whole chip, layout, typical, maximum ---------------------------
// SST39: 4 KB 18 (25) ms, chip 70 (100) ms.
template <uint32_t total>
inline constexpr EraseMethod kSst39[] = {
    {0x30, false, kUniform<4 * kK, total>,  milliseconds(18), milliseconds(25)},
    {0x10, true,  kWhole<total>,            milliseconds(70), milliseconds(100)}};
template <uint32_t total>
inline constexpr EraseMethod kSst39WithBlocks[] = {
    {0x30, false, kUniform<4 * kK, total>,  milliseconds(18), milliseconds(25)},
    {0x50, false, kUniform<64 * kK, total>, milliseconds(18), milliseconds(25)},
    {0x10, true,  kWhole<total>,            milliseconds(70), milliseconds(100)}};
// 29C51: SST39's figures; no figure of its own is known.
template <uint32_t unit, uint32_t total>
inline constexpr EraseMethod kSmallSector[] = {
    {0x30, false, kUniform<unit, total>,    milliseconds(18), milliseconds(25)},
    {0x10, true,  kWhole<total>,            milliseconds(70), milliseconds(100)}};
// Pm39LV: 55 to 100 ms for a sector as for the chip; 30 erases 4 KB, 50 erases 64 KB.
template <uint32_t total>
inline constexpr EraseMethod kPm39[] = {
    {0x30, false, kUniform<4 * kK, total>,  milliseconds(55), milliseconds(100)},
    {0x50, false, kUniform<64 * kK, total>, milliseconds(55), milliseconds(100)},
    {0x10, true,  kWhole<total>,            milliseconds(55), milliseconds(100)}};
// W39: 4 KB 50 ms by 50, 64 KB by 30 (the other way round than SST and PMC).
template <uint32_t total>
inline constexpr EraseMethod kW39[] = {
    {0x50, false, kUniform<4 * kK, total>,  milliseconds(50), milliseconds(200)},
    {0x30, false, kUniform<64 * kK, total>, milliseconds(50), milliseconds(200)},
    {0x10, true,  kWhole<total>,            milliseconds(50), milliseconds(200)}};
template <uint32_t total>
inline constexpr EraseMethod kW39SectorsOnly[] = {
    {0x50, false, kUniform<4 * kK, total>,  milliseconds(50), milliseconds(200)},
    {0x10, true,  kWhole<total>,            milliseconds(50), milliseconds(200)}};
// AMD class, 5 V: 64 KB 1 (8) s, chip 8 (64) s per 512 KB.
template <const auto& layout, uint32_t total>
inline constexpr EraseMethod kAmd[] = {
    {0x30, false, layout,                   seconds(1),                seconds(8)},
    {0x10, true,  kWhole<total>,            seconds(total / (64 * kK)), seconds(total / (8 * kK))}};
// AMD class, 3 V: 64 KB 0.5 to 0.7 (8) s.
template <const auto& layout, uint32_t total>
inline constexpr EraseMethod kAmdLv[] = {
    {0x30, false, layout,                   milliseconds(700),                       seconds(8)},
    {0x10, true,  kWhole<total>,            milliseconds(700) * (total / (64 * kK)), seconds(total / (8 * kK))}};
// Parts that can only be erased as a whole; AMD class's figures.
template <uint32_t total>
inline constexpr EraseMethod kAmdChipOnly[] = {
    {0x10, true,  kWhole<total>,            seconds(total / (64 * kK)), seconds(total / (8 * kK))}};
// Page-write parts: W29C chip ~50 ms, AT29C 20 ms; 29EE as W29C.
template <uint32_t total>
inline constexpr EraseMethod kW29Chip[] = {
    {0x10, true,  kWhole<total>,            milliseconds(50), milliseconds(100)}};
template <uint32_t total>
inline constexpr EraseMethod kAt29Chip[] = {
    {0x10, true,  kWhole<total>,            milliseconds(20), milliseconds(40)}};

// --- timings: program typical, maximum, load window, id entry, evidence ----------------------
// The id entry waits are flashrom's [read in code]: SST 1 us, Winbond 10 us, AT29C 10 ms.
inline constexpr ChipTimings kSst39Time  = {microseconds(14), microseconds(20),  Nanos{0},          microseconds(1),  Evidence::kHypothetical};
inline constexpr ChipTimings kPm39Time   = {microseconds(16), microseconds(40),  Nanos{0},          microseconds(1),  Evidence::kHypothetical};
inline constexpr ChipTimings kW39Time    = {microseconds(35), microseconds(50),  Nanos{0},          microseconds(10), Evidence::kHypothetical};
inline constexpr ChipTimings kAmdTime    = {microseconds(7),  microseconds(300), Nanos{0},          microseconds(1),  Evidence::kHypothetical};
inline constexpr ChipTimings kAmdLvTime  = {microseconds(9),  microseconds(300), Nanos{0},          microseconds(1),  Evidence::kHypothetical};
inline constexpr ChipTimings kW29Time    = {milliseconds(5),  milliseconds(10),  microseconds(200), microseconds(10), Evidence::kHypothetical};
inline constexpr ChipTimings kAt29Time   = {milliseconds(10), milliseconds(20),  microseconds(150), milliseconds(10), Evidence::kHypothetical};
inline constexpr ChipTimings kSst29Time  = {milliseconds(5),  milliseconds(10),  microseconds(100), microseconds(10), Evidence::kHypothetical};
inline constexpr ChipTimings kSst28Time  = {microseconds(35), microseconds(40),  Nanos{0},          microseconds(10), Evidence::kHypothetical};

// Short names for the tables' columns.
inline constexpr auto kByte  = ProgramMethod::kByte;
inline constexpr auto kPage  = ProgramMethod::kPage;
inline constexpr auto k5555  = UnlockAddresses::k5555_2Aaa;
inline constexpr auto k555   = UnlockAddresses::k555_2Aa;
inline constexpr auto kAaa   = UnlockAddresses::kAaa_555;
inline constexpr auto kShort = IdExit::kShortF0;
inline constexpr auto kLong  = IdExit::kLongAa55F0;
inline constexpr auto kCode  = Evidence::kReadInCode;
inline constexpr auto kHypo  = Evidence::kHypothetical;

// clang-format on

}  // namespace firmbench::chips::shapes

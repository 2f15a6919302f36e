// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where things lie in the 2 MB of flash, in a firmware file and in what the drive shows of it,
// which are the same but for the boot page. drive-protocols 2.5 [C]; what is not there was read in
// code of a second public flasher [C]. Offsets and lengths in bytes.

#include <cstdint>
#include <string_view>

namespace firmbench::families::mediatek_mt1959 {

inline constexpr uint32_t kFlashBytes = 0x200000;

// The part that starts the drive, with the board's configuration in it: a download does not reach
// it, whatever is sent there.
inline constexpr uint32_t kKeptBytes = 0x10000;

// A read of the first page shows that at 10000 instead (second flasher).
inline constexpr uint32_t kBootPageBytes = 0x1000;
inline constexpr uint32_t kBootPageShown = 0x10000;

// "MT1959 Boot JB8 " and 16 more bytes: which board this is. A read that begins there gives no more
// than these (second flasher).
inline constexpr uint32_t kConfigAt = 0x3000;
inline constexpr uint32_t kConfigBytes = 0x20;
inline constexpr uint32_t kConfigIdBytes = 0x10;

// What the drive checks before it runs its firmware: 16 entries of 28 bytes, little endian [I]:
// used (FFFFFFFF: not), first and last byte, AES-CMAC. Its key is not part of this project, so a
// sum cannot be checked here.
inline constexpr uint32_t kTableAt = 0x10400;
inline constexpr uint32_t kTableEntries = 16;
inline constexpr uint32_t kTableEntryBytes = 28;

// Vendor, product and revision as INQUIRY has them, and the controller's tag (second flasher).
inline constexpr uint32_t kDescriptorAt = 0x1ec000;
inline constexpr uint32_t kDescriptorBytes = 0x100;
inline constexpr uint32_t kTagAt = 0x34;  // in it
inline constexpr std::string_view kTag = "MTEKMT19";

// Calibration of this unit (second flasher).
inline constexpr uint32_t kCalibrationAt = 0x1f0000;
inline constexpr uint32_t kCalibrationBytes = 0x10000;

}  // namespace firmbench::families::mediatek_mt1959

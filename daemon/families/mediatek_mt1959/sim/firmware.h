// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: what lies in the flash of a simulated drive. The places are those that
// public tools name (drive-protocols 2.5 [C]); the contents are synthetic and without function, and
// what the drive checks is a sum of our own in the place of the maker's AES-CMAC. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/simulator/identity.h"
#include "daemon/simulator/profile.h"

namespace firmbench::families::mediatek_mt1959::sim {

inline constexpr uint32_t kFlashBytes = 0x200000;
inline constexpr uint32_t kKeptBytes = 0x10000;  // no download reaches it
inline constexpr uint32_t kConfigAt = 0x3000;
inline constexpr uint32_t kConfigBytes = 0x20;
inline constexpr uint32_t kBootPageBytes = 0x1000;
inline constexpr uint32_t kBootPageShown = 0x10000;

// `board` is the letters of the configuration: "JB8". Two seeds differ in code, calibration and
// configuration.
Bytes BuildFirmware(const simulator::Profile& profile, std::string_view board,
                    std::string_view revision, uint64_t seed);

// Does the flash begin with the code that starts the drive?
bool HoldsBootCode(ByteView flash);

// What firmware that passes the drive's check says of itself; nullopt for everything else.
std::optional<simulator::DriveIdentity> IdentityOf(ByteView flash);

}  // namespace firmbench::families::mediatek_mt1959::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The units in which parallel flash is used in these drives. Constant.

#include <cstdint>

#include "daemon/base/geometry.h"

namespace firmbench::chips {

inline constexpr uint32_t kBankBytes = 64 * 1024 / kGeometryDivisor;  // drive-protocols 1.4 [C]

// What byte parts are verified by: drive-protocols 1.5 [C]. Of small chips 8 make a bank.
inline constexpr uint32_t kVerifyPageBytes = kGeometryDivisor == 1 ? 256 : kBankBytes / 8;

}  // namespace firmbench::chips

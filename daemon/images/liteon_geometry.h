// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where things lie in Lite-On firmware for MediaTek controllers (drive-protocols 6 [C]). Constant.

#include <cstddef>
#include <cstdint>

#include "daemon/base/geometry.h"

namespace firmbench::images {

inline constexpr uint32_t kBankBytes = 0x10000 / kGeometryDivisor;  // one 8051 code bank
inline constexpr uint32_t kLiteonBootBytes = kBankBytes / 4;
// Files of 128, 256, 512 KB and 1 MB.
inline constexpr uint32_t kLiteonSizes[] = {2 * kBankBytes, 4 * kBankBytes, 8 * kBankBytes,
                                            16 * kBankBytes};
inline constexpr uint32_t kLiteonCdSmallBytes = 4 * kBankBytes;
inline constexpr uint32_t kLiteonCdBytes = 8 * kBankBytes;
inline constexpr uint32_t kLiteonDvdBytes = 16 * kBankBytes;

inline constexpr uint32_t kMakerMarkBytes = 8;
inline constexpr uint32_t kMakerMarkAt = kBankBytes - kMakerMarkBytes;  // of a bank

// The packed layout's part that is common to all banks: small in images of some revisions.
inline constexpr uint32_t kPackedCommonBytes = kBankBytes / 4;
inline constexpr uint32_t kPackedSmallCommonBytes = kBankBytes / 16 * 3;

}  // namespace firmbench::images

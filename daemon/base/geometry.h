// SPDX-License-Identifier: Apache-2.0
#pragma once

// By how much flash chips and firmware images are smaller than real ones: 1, but in the part of the
// tests that cuts jobs at every single command and therefore builds the few files that know sizes
// once more for chips of a few KB. Constant. Only those files may include this.

#include <cstdint>

#ifndef FIRMBENCH_GEOMETRY_DIVISOR
#define FIRMBENCH_GEOMETRY_DIVISOR 1
#endif

namespace firmbench {

inline constexpr uint32_t kGeometryDivisor = FIRMBENCH_GEOMETRY_DIVISOR;
static_assert(kGeometryDivisor == 1 || kGeometryDivisor == 256);

}  // namespace firmbench

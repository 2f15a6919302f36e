// SPDX-License-Identifier: Apache-2.0
#pragma once

// Identifiers: 128 bits as 26 characters of Crockford's base 32 in lower case (0-9, a-z without
// i, l, o, u), so that they are safe in resource names, file names and on a label. Thread-safe.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"

namespace firmbench {

inline constexpr size_t kIdLength = 26;

// 48 bits of wall time in milliseconds, then 80 bits from the kernel: sorts by age, never reused.
std::string NewId(const Clock& clock);

// The first 128 bits of `digest` (at least 16 bytes): for ids that follow from their content.
std::string IdFromDigest(ByteView digest);

bool IsId(std::string_view text);

// "drives/ID" -> "ID" when the collection is "drives", else an empty view.
std::string_view IdOf(std::string_view collection, std::string_view name);

}  // namespace firmbench

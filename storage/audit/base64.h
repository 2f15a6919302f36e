// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base 64 as RFC 4648 section 4 has it: padded, one line. Pure functions.

#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::storage::audit {

std::string ToBase64(ByteView bytes);
// The one text that ToBase64 makes of some bytes, and nothing else. INVALID_BASE64.
Result<Bytes> FromBase64(std::string_view text);

}  // namespace firmbench::storage::audit

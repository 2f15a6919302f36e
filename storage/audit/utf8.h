// SPDX-License-Identifier: Apache-2.0
#pragma once

// UTF-8 as canonical JSON needs it (RFC 3629: no surrogates, nothing above U+10FFFF, shortest form
// only). Pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace firmbench::storage::audit {

// Length (1 to 4) of the character at `offset`, or 0 when there is none that is valid.
// `offset` is below the text's size.
size_t Utf8Length(std::string_view text, size_t offset);

bool IsUtf8(std::string_view text);

// The text with every invalid byte sequence replaced by U+FFFD, one for each maximal subpart.
std::string ReplaceInvalidUtf8(std::string_view text);

// Appends the character; `code_point` is a scalar value (at most U+10FFFF, no surrogate).
void AppendUtf8(std::string& text, uint32_t code_point);

}  // namespace firmbench::storage::audit

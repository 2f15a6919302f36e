// SPDX-License-Identifier: Apache-2.0
#pragma once

// UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, shortest form only). Pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace firmbench {

// Length (1 to 4) of the character at `offset`, or 0 when there is none that is valid.
// `offset` is below the text's size.
size_t Utf8Length(std::string_view text, size_t offset);

// The same for the character that `text`, which is not empty, begins with; `point` is its code
// point when there is one, else as before.
size_t DecodeUtf8(std::string_view text, uint32_t& point);

bool IsUtf8(std::string_view text);

// Whether a character is not seen, or changes how its neighbours are shown: controls, joiners,
// marks of direction, separators of lines and paragraphs. With one of them a name can look like
// another name.
bool IsHidden(uint32_t code_point);

// The text with every invalid byte sequence replaced by U+FFFD, one for each maximal subpart.
std::string ReplaceInvalidUtf8(std::string_view text);

// Appends the character; `code_point` is a scalar value (at most U+10FFFF, no surrogate).
void AppendUtf8(std::string& text, uint32_t code_point);

}  // namespace firmbench

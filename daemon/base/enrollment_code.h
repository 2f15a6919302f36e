// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one-time code with which a computer is let in: 80 random bits, and 100 bits of the SHA-256 of
// the bench's authority key, by which the new computer knows the bench before it says anything.
// Letters and digits that are not mistaken for one another, in groups of four. Pure.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench {

// The lower 5 bits of each byte as a letter.
std::string LettersOf(ByteView bytes);

struct EnrollmentCode {
  static constexpr size_t kSecretLetters = 16;  // 80 bits
  static constexpr size_t kKeyLetters = 20;     // 100 bits

  std::string secret;  // kSecretLetters
  std::string key;     // kKeyLetters

  // As it is told: "abcd-efgh-...".
  std::string Text() const;
  // As it was typed: capitals, blanks and hyphens do not matter. CODE_INVALID.
  static Result<EnrollmentCode> Parse(std::string_view text);
};

// Of the SHA-256 of an authority's public key (its DER SubjectPublicKeyInfo).
std::string KeyLettersOf(const std::array<uint8_t, 32>& digest);

}  // namespace firmbench

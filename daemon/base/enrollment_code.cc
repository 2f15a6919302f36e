// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/enrollment_code.h"

namespace firmbench {
namespace {

constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
static_assert(kLetters.size() == 32);
constexpr size_t kGroup = 4;

}  // namespace

std::string LettersOf(ByteView bytes) {
  std::string letters;
  for (const uint8_t byte : bytes) letters += kLetters[byte % kLetters.size()];
  return letters;
}

std::string EnrollmentCode::Text() const {
  std::string text;
  size_t count = 0;
  for (const char letter : secret + key) {
    if (count != 0 && count % kGroup == 0) text += '-';
    text += letter;
    ++count;
  }
  return text;
}

Result<EnrollmentCode> EnrollmentCode::Parse(std::string_view text) {
  constexpr size_t kLongest = 200;
  std::string letters;
  for (char letter : text.substr(0, kLongest)) {
    if (letter == '-' || letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r') {
      continue;
    }
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    letters += letter;
  }
  if (letters.size() != kSecretLetters + kKeyLetters ||
      letters.find_first_not_of(kLetters) != std::string::npos) {
    return InvalidArgument("CODE_INVALID", "a code has 36 letters and digits, in groups of four")
        .WithRemedy(
            "type it as `firmbench bench invite` printed it; there is no l, o, 0 or 1 in it");
  }
  return EnrollmentCode{.secret = letters.substr(0, kSecretLetters),
                        .key = letters.substr(kSecretLetters)};
}

std::string KeyLettersOf(const std::array<uint8_t, 32>& digest) {
  std::string letters;
  unsigned bits = 0;
  uint32_t held = 0;
  for (const uint8_t byte : digest) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) letters += kLetters[(held >> (bits - 5)) & 31];
    held &= (1U << bits) - 1;
  }
  letters.resize(EnrollmentCode::kKeyLetters);  // a digest has 51, and the code takes fewer
  return letters;
}

}  // namespace firmbench

// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace firmbench {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

std::string Encode(const uint8_t* bytes16) {
  // 26 * 5 = 130 bits: the first character carries only the top three bits of the number.
  std::string text(kIdLength, '0');
  for (size_t i = 0; i < kIdLength; ++i) {
    unsigned value = 0;
    for (size_t bit = 0; bit < 5; ++bit) {
      const size_t position = i * 5 + bit;  // counted from the front of the 130 bits
      const unsigned b =
          position < 2 ? 0u : (bytes16[(position - 2) / 8] >> (7 - (position - 2) % 8)) & 1u;
      value = value << 1 | b;
    }
    text[i] = kAlphabet[value];
  }
  return text;
}

}  // namespace

std::string NewId(const Clock& clock) {
  std::array<uint8_t, 16> bytes{};
  const uint64_t millis = static_cast<uint64_t>(clock.WallMicros() / 1000);
  StoreBe16(bytes.data(), static_cast<uint32_t>(millis >> 32));
  StoreBe32(bytes.data() + 2, static_cast<uint32_t>(millis));
  size_t filled = 6;
  while (filled < bytes.size()) {
    // getrandom of a few bytes does not fail once the kernel has booted; EINTR is retried.
    const ssize_t n = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (n > 0) filled += static_cast<size_t>(n);
  }
  return Encode(bytes.data());
}

std::string IdFromDigest(ByteView digest) {
  FB_CHECK(digest.size() >= 16);
  return Encode(digest.data());
}

bool IsId(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return kAlphabet.find(c) != std::string_view::npos;
         });
}

std::string_view IdOf(std::string_view collection, std::string_view name) {
  if (name.size() <= collection.size() + 1 || name.substr(0, collection.size()) != collection ||
      name[collection.size()] != '/') {
    return {};
  }
  const std::string_view id = name.substr(collection.size() + 1);
  return id.find('/') == std::string_view::npos ? id : std::string_view{};
}

}  // namespace firmbench

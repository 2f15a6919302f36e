// SPDX-License-Identifier: Apache-2.0
// Fuzz target: texts that somebody imports as MTKFLASH HEX, and files that may be EEPROM dumps.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/images/eeprom_shape.h"
#include "daemon/images/hex_text.h"
#include "daemon/images/liteon_geometry.h"

namespace {

namespace images = firmbench::images;

void Require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const firmbench::ByteView bytes(data, size);
  images::LooksLikeHexText(bytes);
  const auto text = images::ParseHexText(bytes);
  if (text) {
    Require(text->banks >= 1 && text->banks <= images::kMaxHexBanks);
    Require(text->bytes.size() == size_t{text->banks} * images::kBankBytes);
    Require(text->named_bytes >= 1 && text->named_bytes <= text->bytes.size());
    Require(text->records >= 1);
  } else {
    Require(!text.error().remedy().empty());
  }
  const images::EepromShape shape = images::ShapeOfEeprom(bytes);
  Require(!shape.why.empty());
  const bool right_size = size == images::kEepromSmallBytes || size == images::kEepromLargeBytes;
  Require(right_size || shape.verdict == images::EepromVerdict::kNoEeprom);
  return 0;
}

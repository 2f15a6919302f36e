// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/recognise.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/mediatek_liteon.h"

namespace firmbench::images {
namespace {

// Sizes of Lite-On EEPROM backups: 1 KB, and 4 KB for the 5S/6S generation
// (drive-protocols 3 [D]).
constexpr size_t kEepromSizes[] = {0x400, 0x1000};

struct Archive {
  std::string_view start;
  std::string_view name;
};
constexpr Archive kArchives[] = {
    {"PK\x03\x04", "ZIP"},
    {"PK\x05\x06", "ZIP"},
    {"Rar!", "RAR"},
    {"\x1f\x8b", "gzip"},
    {"7z\xbc\xaf", "7z"},
    {"MSCF", "CAB"},
    {"\xfd"
     "7zXZ",
     "xz"},
    {"BZh", "bzip2"},
    {"\x28\xb5\x2f\xfd", "zstd"},
};

bool StartsWith(ByteView bytes, std::string_view text) {
  return AsText(bytes).substr(0, text.size()) == text;
}

Error NotAnImage(std::string message, std::string remedy) {
  return InvalidArgument("IMAGE_NOT_RECOGNISED", std::move(message)).WithRemedy(std::move(remedy));
}

// Refusals that need no knowledge of a format, in the order in which they help most.
std::optional<Error> RefuseByShape(ByteView bytes) {
  if (bytes.empty()) {
    return InvalidArgument("IMAGE_TRUNCATED", "the file is empty")
        .WithRemedy("Copy or download the file again.");
  }
  if (AllBytesAre(bytes, bytes[0])) {
    return InvalidArgument("IMAGE_BLANK", fmt::format("every byte is {:02x}", bytes[0]))
        .WithRemedy(
            "This is what an erased or unreachable chip reads as, not firmware. Take another file; "
            "if it is a backup, read the drive again and check how it is connected.");
  }
  const bool eeprom_size = std::find(std::begin(kEepromSizes), std::end(kEepromSizes),
                                     bytes.size()) != std::end(kEepromSizes);
  if (eeprom_size && FindIdBlocks(bytes).empty()) {
    return InvalidArgument(
               "IMAGE_IS_EEPROM",
               fmt::format("{} bytes is an EEPROM dump, not a firmware image", bytes.size()))
        .WithRemedy(
            "The EEPROM belongs to one drive and goes back only to that drive, by restoring its "
            "dump. To flash firmware, choose a firmware file of 128 KB to 1 MB.");
  }
  if (StartsWith(bytes, "MZ")) {
    return NotAnImage("this is a Windows program, not a firmware image",
                      "It is probably the maker's updater: `firmbench image add` finds the "
                      "firmware inside of one that it knows.");
  }
  for (const Archive& archive : kArchives) {
    if (!StartsWith(bytes, archive.start)) continue;
    // Never unpacked here: a few KB may hold gigabytes.
    return NotAnImage(
        fmt::format("this is a compressed archive ({}), not a firmware image", archive.name),
        "Unpack it and add the firmware file inside it.");
  }
  if (StartsWith(bytes, ":")) {
    return NotAnImage("this looks like the text (HEX) form of a firmware image",
                      "Convert it to the binary form first, or read or save it again as binary.");
  }
  return std::nullopt;
}

}  // namespace

ImageReport Recognise(ByteView bytes) {
  ImageReport report;
  report.size_bytes = bytes.size();
  report.hashes = HashBlob(bytes);
  report.refusal = RefuseByShape(bytes);
  if (report.refusal) return report;
  report.halves = CompareHalves(bytes);
  ExamineMediatekLiteon(bytes, report);
  return report;
}

Halves CompareHalves(ByteView bytes) {
  if (bytes.size() < 2 * size_t{kBankBytes} || bytes.size() % 2 != 0) return Halves::kDistinct;
  const ByteView lower = bytes.first(bytes.size() / 2);
  const ByteView upper = bytes.last(bytes.size() / 2);
  if (AllBytesAre(lower, lower[0])) return Halves::kDistinct;
  if (AllBytesAre(upper, 0xff)) return Halves::kUpperBlank;
  return std::equal(lower.begin(), lower.end(), upper.begin()) ? Halves::kMirrored
                                                               : Halves::kDistinct;
}

std::vector<std::pair<uint32_t, uint32_t>> AliasedBanks(ByteView bytes) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  // Only whole banks, and no more than a 1 MB image has: the number of pairs stays bounded.
  const uint32_t banks = static_cast<uint32_t>(std::min<size_t>(bytes.size() / kBankBytes, 16));
  for (uint32_t b = 1; b < banks; ++b) {
    const ByteView bank = bytes.subspan(size_t{b} * kBankBytes, kBankBytes);
    if (AllBytesAre(bank, bank[0])) continue;
    for (uint32_t a = 0; a < b; ++a) {
      const ByteView other = bytes.subspan(size_t{a} * kBankBytes, kBankBytes);
      if (std::equal(bank.begin(), bank.end(), other.begin())) {
        pairs.emplace_back(a, b);
        break;
      }
    }
  }
  return pairs;
}

}  // namespace firmbench::images

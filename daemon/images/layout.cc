// SPDX-License-Identifier: Apache-2.0
// The named places of firmware images and EEPROMs, for Compare().

#include <algorithm>

#include <fmt/format.h>

#include "daemon/images/compare.h"
#include "daemon/images/liteon_geometry.h"
#include "daemon/images/mediatek_liteon.h"

namespace firmbench::images {
namespace {

constexpr uint32_t kIdBlockBytes = 36;
constexpr uint32_t kIdBlockWithTimestampBytes = 52;

// Banks of the LDW-451S whose purpose the public tools name (drive-protocols 6 [C]). The 851S
// shares its hardware generation and these places.
struct NamedBank {
  uint32_t bank;
  std::string_view purpose;
};
constexpr NamedBank kDvdBanks[] = {
    {0x2, "read-speed tables"},
    {0x9, "EEPROM routines"},
    {0xc, "DVD+R/+RW media table"},
    {0xd, "DVD-R/-RW media table"},
};

std::string_view PurposeOf(const ImageReport& report, uint32_t bank) {
  const bool known =
      report.layout == Layout::kPlain && (report.model == "LDW-451S" || report.model == "LDW-851S");
  if (known) {
    for (const NamedBank& named : kDvdBanks) {
      if (named.bank == bank) return named.purpose;
    }
  }
  return "code";
}

void AddIdBlocks(const ImageReport& report, std::vector<Region>& regions) {
  for (const IdBlock& id : report.id_blocks) {
    const uint32_t length = id.timestamp.empty() ? kIdBlockBytes : kIdBlockWithTimestampBytes;
    regions.push_back({id.offset, length,
                       id.in_boot ? "ID block of the boot code" : "ID block (name, revision)",
                       Part::kIdBlock});
  }
}

void AddPlainBanks(const ImageReport& report, std::vector<Region>& regions) {
  for (uint32_t bank = 0; bank < report.banks; ++bank) {
    regions.push_back({bank * kBankBytes, kBankBytes,
                       fmt::format("bank {}, {}", bank, PurposeOf(report, bank)), Part::kCode});
  }
}

void AddPackedBanks(const ImageReport& report, std::vector<Region>& regions) {
  regions.push_back(
      {kLiteonBootBytes, report.common_bytes, "code common to all banks", Part::kCode});
  const uint32_t unique = kBankBytes - report.common_bytes;
  const uint32_t start = kLiteonBootBytes + report.common_bytes;
  const auto size = static_cast<uint32_t>(report.size_bytes);
  for (uint32_t bank = 0; bank < report.banks; ++bank) {
    const uint32_t offset = start + bank * unique;
    regions.push_back(
        {offset, std::min(unique, size - offset), fmt::format("bank {}, code", bank), Part::kCode});
  }
}

}  // namespace

std::vector<Region> LayoutOf(const ImageReport& report) {
  std::vector<Region> regions;
  if (!report.ok() || report.layout == Layout::kUnknown) return regions;
  AddIdBlocks(report, regions);
  if (report.maker_mark) {
    for (uint32_t bank = 0; bank < report.banks; ++bank) {
      const Result<uint32_t> at = FileOffset(report, bank, kMakerMarkAt);
      if (at)
        regions.push_back(
            {*at, kMakerMarkBytes, fmt::format("bank {}, maker's mark", bank), Part::kCode});
    }
  }
  regions.push_back({0, kLiteonBootBytes, "boot code", Part::kBoot});
  if (report.layout == Layout::kPlain) {
    AddPlainBanks(report, regions);
  } else {
    AddPackedBanks(report, regions);
  }
  const auto size = static_cast<uint32_t>(report.size_bytes);
  if (report.halves == Halves::kUpperBlank) {
    regions.push_back({size / 2, size / 2, "blank area above the firmware", Part::kBlank});
  }
  return regions;
}

std::vector<Region> EepromLayout(uint32_t size_bytes,
                                 std::span<const EepromRange> volatile_ranges) {
  std::vector<Region> regions;
  // drive-protocols 3 [C]: the two places that the firmware is known to read.
  if (size_bytes > 0x13d) {
    regions.push_back({0x13d, 1, "read by the firmware; its meaning is not publicly known"});
  }
  if (size_bytes > 0x14a) regions.push_back({0x14a, 1, "book type", Part::kSetting});
  for (const EepromRange& range : volatile_ranges) {
    regions.push_back(
        {range.offset, range.length, "changes with use (burn log)", Part::kChangesWithUse});
  }
  return regions;
}

}  // namespace firmbench::images

// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/sim/profiles.h"

#include "daemon/chips/rows/geometry.h"

namespace firmbench::families::mediatek_liteon::sim {
namespace {

using simulator::Gate;
using simulator::Profile;

// MMC profile numbers, highest first.
constexpr uint16_t kCdRewriter[] = {0x000a, 0x0009, 0x0008};
constexpr uint16_t kDvdRewriter[] = {0x001b, 0x001a, 0x0014, 0x0013, 0x0011,
                                     0x0010, 0x000a, 0x0009, 0x0008};

// drive-protocols 9.6; what is not marked there has the mark given here.
const Profile kProfiles[] = {
    {
        .family = "mediatek_liteon",
        .model = "LTR-48246S",
        .vendor = "LITE-ON",  // [P]
        .product = "LTR-48246S",
        .revision = "SS0B",
        .inquiry_format = 0x02,
        .inquiry_additional_length = 0x1f,
        .buffer_kib = 2048,
        .buffer_capacity_bytes = 1895168,  // [I], from LTR-48247S
        .mmc_profiles = kCdRewriter,
        .chip_part = "W29C040",  // [P], one unit
        .firmware_bytes = 8 * chips::kBankBytes,
        .gate = Gate::kAlways,  // [P]
    },
    {
        .family = "mediatek_liteon",
        .model = "LTR-52327S",
        .vendor = "LITE-ON",  // [P]
        .product = "LTR-52327S",
        .revision = "QS0C",
        .inquiry_format = 0x02,
        .inquiry_additional_length = 0x1f,
        .buffer_kib = 2048,
        .buffer_capacity_bytes = 1895168,
        .mmc_profiles = kCdRewriter,
        .chip_part = "SST39VF040",  // [G]: unknown, a 512 KB byte-program part by default
        .firmware_bytes = 8 * chips::kBankBytes,
        .gate = Gate::kAlways,  // [G]
    },
    {
        .family = "mediatek_liteon",
        .model = "LDW-451S",
        .vendor = "LITE-ON",  // [P]
        .product = "DVDRW LDW-451S",
        .revision = "GSB4",
        .inquiry_format = 0x02,
        .inquiry_additional_length = 0x5b,  // the newer template; shows the time stamp [I]
        .buffer_kib = 2048,
        .buffer_capacity_bytes = 1895168,
        .mmc_profiles = kDvdRewriter,  // [I]
        .dvd = true,
        .chip_part = "Am29F080",  // [I]: a 1 MB byte-program part; which one is assumed
        .firmware_bytes = 16 * chips::kBankBytes,
        .gate = Gate::kEjectHeld,  // [I]
        .needs_id_block = true,    // [I]
    },
    {
        .family = "mediatek_liteon",
        .model = "LDW-851S",
        .vendor = "LITE-ON",  // all of this profile: as the 451S [I]
        .product = "DVDRW LDW-851S",
        .revision = "GS01",  // only the letter is public; the rest is synthetic
        .inquiry_format = 0x02,
        .inquiry_additional_length = 0x5b,
        .buffer_kib = 2048,
        .buffer_capacity_bytes = 1895168,
        .mmc_profiles = kDvdRewriter,
        .dvd = true,
        .chip_part = "Am29F080",
        .firmware_bytes = 16 * chips::kBankBytes,
        .gate = Gate::kEjectHeld,
        .needs_id_block = true,
    },
};

}  // namespace

std::span<const Profile> Profiles() { return kProfiles; }

}  // namespace firmbench::families::mediatek_liteon::sim

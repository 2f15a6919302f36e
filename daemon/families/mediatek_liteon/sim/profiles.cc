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

// drive-protocols 9.6; what is not marked in a line below has the mark given here.
constexpr Profile Line(std::string_view model, std::string_view product,
                       std::string_view revision) {
  Profile profile;
  profile.family = "mediatek_liteon";
  profile.model = model;
  profile.vendor = "LITE-ON";  // [P]
  profile.product = product;
  profile.revision = revision;
  profile.inquiry_format = 0x02;
  profile.buffer_kib = 2048;
  profile.buffer_capacity_bytes = 1895168;  // [I], from LTR-48247S
  return profile;
}

// SST39VF040 [G]: unknown, a 512 KB byte-program part by default.
constexpr Profile Cd(std::string_view model, std::string_view revision,
                     std::string_view chip = "SST39VF040") {
  Profile profile = Line(model, model, revision);
  profile.inquiry_additional_length = 0x1f;
  profile.mmc_profiles = kCdRewriter;
  profile.chip_part = chip;
  profile.firmware_bytes = 8 * chips::kBankBytes;
  profile.gate = Gate::kAlways;       // [P]
  profile.boot_product = "LTR-BOOT";  // drive-protocols 7 [P], one report
  return profile;
}

// 256 KB of firmware in a chip of 512 KB (1.6 [P]).
constexpr Profile HalfCd(std::string_view model, std::string_view revision) {
  Profile profile = Cd(model, revision);
  profile.firmware_bytes = 4 * chips::kBankBytes;
  return profile;
}

// Am29F080 [I]: a 1 MB byte-program part; which one is assumed.
constexpr Profile Dvd(std::string_view model, std::string_view product, std::string_view revision) {
  Profile profile = Line(model, product, revision);
  profile.inquiry_additional_length = 0x5b;  // the newer template; shows the time stamp [I]
  profile.mmc_profiles = kDvdRewriter;       // [I]
  profile.dvd = true;
  profile.chip_part = "Am29F080";
  profile.firmware_bytes = 16 * chips::kBankBytes;
  profile.gate = Gate::kEjectHeld;  // [I]
  profile.needs_id_block = true;    // [I]
  return profile;
}

// Revisions are those of drives in public logs [P] where no other mark stands.
constexpr Profile kProfiles[] = {
    Cd("LTR-48246S", "SS0B", "W29C040"),  // [P], one unit
    Cd("LTR-52327S", "QS0C"),
    Cd("LTR-52246S", "6S0D"),  // only the letters are public
    Cd("LTR-40125W", "WS05"),
    HalfCd("LTR-24102B", "5S54"),
    HalfCd("LTR-16102B", "OS0K"),
    HalfCd("LTR-12102B", "NS01"),  // only the letters are public
    HalfCd("LTR-12101B", "LS3B"),
    Dvd("LDW-451S", "DVDRW LDW-451S", "GSB4"),
    Dvd("LDW-851S", "DVDRW LDW-851S", "GS01"),  // only the letter is public
    Dvd("LDW-811S", "DVDRW LDW-811S", "HS06"),
    Dvd("SOHW-812S", "DVDRW SOHW-812S", "US01"),    // only the letter is public
    Dvd("SOHW-832S", "DVDRW SOHW-832S", "VS01"),    // only the letter is public
    Dvd("SOHW-1213S", "DVDRW SOHW-1213S", "TS01"),  // only the letter is public
    Dvd("SOHW-1613S", "DVDRW SOHW-1613S", "AS01"),  // only the letter is public
    Dvd("SOHW-1633S", "DVDRW SOHW-1633S", "BS01"),  // only the letter is public
    Dvd("SOHW-1653S", "DVDRW SOHW-1653S", "CS02"),
    Dvd("SOHW-1673S", "DVDRW SOHW-1673S", "JS02"),
    Dvd("SOHW-1693S", "DVDRW SOHW-1693S", "KS09"),
};

}  // namespace

std::span<const Profile> Profiles() { return kProfiles; }

}  // namespace firmbench::families::mediatek_liteon::sim

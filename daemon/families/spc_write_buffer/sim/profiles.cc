// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/sim/profiles.h"

#include <algorithm>
#include <iterator>

namespace firmbench::families::spc_write_buffer::sim {
namespace {

using simulator::Profile;

constexpr uint16_t kDvdRom[] = {0x0010, 0x0008};

// A modern template (INQUIRY byte 4 = 5B); everything is the simulator's own [G].
constexpr Profile Drive(std::string_view model, std::string_view product, bool boot_lost) {
  Profile profile;
  profile.family = "spc_write_buffer";
  profile.model = model;
  profile.vendor = "FBSIM";
  profile.product = product;
  profile.revision = "A100";
  profile.inquiry_additional_length = 0x5b;
  profile.mmc_profiles = kDvdRom;
  profile.dvd = true;
  profile.serial_feature = true;
  profile.chip_part = "SST39VF010";
  profile.firmware_bytes = 0xc000;
  profile.eeprom.size_bytes = 0;
  profile.gate = simulator::Gate::kNever;
  profile.needs_id_block = true;
  profile.boot_lost = boot_lost;  // what is written holds the boot code, too
  return profile;
}

const Profile kProfiles[] = {
    Drive("SPC-04", "SPC MODE 04", false), Drive("SPC-05", "SPC MODE 05", true),
    Drive("SPC-06", "SPC MODE 06", false), Drive("SPC-07", "SPC MODE 07", false),
    Drive("SPC-0D", "SPC MODE 0D", false), Drive("SPC-0E", "SPC MODE 0E", false),
};

// In the order of the profiles.
constexpr Behaviour kBehaviours[] = {
    {0x04, false, false, true, false}, {0x05, false, true, true, false},
    {0x06, true, false, true, false},  {0x07, true, true, true, false},
    {0x8d, true, true, false, false},  {0x0e, true, true, false, true},
};
static_assert(std::size(kBehaviours) == std::size(kProfiles));

}  // namespace

std::span<const Profile> Profiles() { return kProfiles; }

Behaviour BehaviourOf(const Profile& profile) {
  const auto known =
      std::find_if(std::begin(kProfiles), std::end(kProfiles),
                   [&](const Profile& other) { return other.model == profile.model; });
  return known == std::end(kProfiles) ? Behaviour{}
                                      : kBehaviours[std::distance(std::begin(kProfiles), known)];
}

}  // namespace firmbench::families::spc_write_buffer::sim

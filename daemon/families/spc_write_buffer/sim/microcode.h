// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: what the simulated drives take for microcode. The standard leaves it to
// the vendor, so this is the simulator's own: a header that names the drive, a body without
// function, a sum (image_format.h of the family reads the same). Pure.

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/simulator/identity.h"
#include "daemon/simulator/profile.h"

namespace firmbench::families::spc_write_buffer::sim {

// As large as the profile's firmware; two seeds have different bodies.
Bytes BuildMicrocode(const simulator::Profile& profile, std::string_view revision, uint64_t seed);

// The size that the header names; 0 while there is no header.
uint32_t SizeOf(ByteView begun);

// What microcode that is whole says of itself; nullopt for everything else.
std::optional<simulator::DriveIdentity> IdentityOf(ByteView microcode);

}  // namespace firmbench::families::spc_write_buffer::sim

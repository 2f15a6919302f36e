// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: the models this personality plays. Static storage.

#include <span>

#include "daemon/simulator/profile.h"

namespace firmbench::families::mediatek_liteon::sim {

std::span<const simulator::Profile> Profiles();

}  // namespace firmbench::families::mediatek_liteon::sim

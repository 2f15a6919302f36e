// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of dead drives of this family, and what their bytes still tell. Pure; any thread.

#include <span>
#include <string_view>

#include "daemon/families/family.h"

namespace firmbench::families::mediatek_liteon {

// Contract: families::Family.
std::string_view BootCodeName(const scsi::Identity& identity);
Remains RemainsIn(ByteView dump);
std::span<const RecoveryAdvice> Advice();

}  // namespace firmbench::families::mediatek_liteon

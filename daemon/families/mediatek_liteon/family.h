// SPDX-License-Identifier: Apache-2.0
#pragma once

// MediaTek drives of Lite-On: the family that the registry names. Immutable; any thread.

#include "daemon/families/family.h"

namespace firmbench::families::mediatek_liteon {

const Family& GetFamily();

}  // namespace firmbench::families::mediatek_liteon

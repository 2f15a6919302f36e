// SPDX-License-Identifier: Apache-2.0
#pragma once

// Blu-ray drives of LG and ASUS with a MediaTek MT1959 and its relatives. What such drives have in
// common is described at the top of family.cc, the evidence in README.md. Immutable; any thread.

#include "daemon/families/family.h"

namespace firmbench::families::mediatek_mt1959 {

// Static storage.
const Family& GetFamily();

}  // namespace firmbench::families::mediatek_mt1959

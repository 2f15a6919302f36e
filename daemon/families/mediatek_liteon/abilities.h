// SPDX-License-Identifier: Apache-2.0
#pragma once

// What can be done with each memory of a model over a connection, and why not. Pure; any thread.

#include <vector>

#include "daemon/families/family.h"
#include "daemon/families/mediatek_liteon/models.h"

namespace firmbench::families::mediatek_liteon {

// The grade of writing this model's flash: that of its weakest part.
Evidence FirmwareWriteEvidence(const Row& row);

// That of reading it in vendor mode.
Evidence VendorReadEvidence(const Row& row);

std::vector<MemoryAbilities> AbilitiesOf(const Row& row, const Connection& connection);

}  // namespace firmbench::families::mediatek_liteon

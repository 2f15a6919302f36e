// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger knows of every unit, in the form that matching wants. Blocks on the database.

#include <vector>

#include "daemon/inventory/unit_match.h"
#include "storage/storage.h"

namespace firmbench::inventory {

// All units that are not archived, with their serials and newest EEPROM dump. LEDGER_* errors; an
// EEPROM dump whose blob is damaged counts as not there.
Result<std::vector<KnownUnit>> LoadKnownUnits(storage::Ledger& ledger);

}  // namespace firmbench::inventory

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Drives that do not say who they are. Pure; any thread.

#include <string_view>

#include "daemon/inventory/inventory.h"

namespace firmbench::jobs {

// Does the drive say nothing of itself that a family knows: dead, in another mode, or with a name
// that was half overwritten?
bool IsSilent(const inventory::DriveSnapshot& drive);

// `drive` itself when it says who it is; else a copy that is taken for this model, on the word of
// the job that wrote it or of its sticker. `drive` itself also when there is no such model.
inventory::Snapshot AssumeModel(inventory::Snapshot drive, std::string_view family,
                                std::string_view model);

// The same for the drive of a job that was cut. One that was being made into another model may by
// now say either name: it is taken for the model that the job began with.
inventory::Snapshot AssumeModel(inventory::Snapshot drive, const storage::Job& job);

// The family's row of that name, looked for in every family when `family` is "".
families::Match FindModel(std::string_view family, std::string_view model);

}  // namespace firmbench::jobs

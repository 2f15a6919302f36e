// SPDX-License-Identifier: Apache-2.0
#pragma once

// What people say of library images: kept, and asked before an image is written. Pure but for
// MarkImage, which blocks on the database; any thread.

#include <string>

#include "daemon/jobs/plan.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// Keeps one mark with its audit entry, which holds the kind but not the text. Kinds: "approved",
// "not_approved", "known_bad", "not_known_bad", "note", "archived", "not_archived". Returns the
// image as it is now. IMAGE_NOT_FOUND, MARK_UNKNOWN, REASON_REQUIRED (of the two about bad ones).
Result<storage::Image> MarkImage(storage::Ledger& ledger, const std::string& image_id,
                                 const std::string& kind, const std::string& text,
                                 const std::string& principal);

// IMAGE_KNOWN_BAD when the job would write an image that somebody called bad. Asked by the plan,
// and again when the job's turn has come.
Status CheckKnownBad(const JobSpec& spec, const PlanInputs& inputs);

// Adds to the plan's problems and warnings what its image's marks say.
void AddImageMarks(const PlanInputs& inputs, Plan& plan);

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a flash is looked at just before it is written: is it still what was backed up? Pure; any
// thread.

#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/families/family.h"

namespace firmbench::jobs {

// Of every bank its first page, where the reset vector and the headers are, and a few windows whose
// places follow from the dump's own hash, so that they differ from image to image.
std::vector<families::ByteRange> SampleRanges(ByteView dump);

}  // namespace firmbench::jobs

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this a firmware file, and whose? The one entry for bytes from outside. Pure; any thread.

#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/images/image_report.h"

namespace firmbench::images {

// Tries every known format. Never fails: what is wrong stands in ImageReport::refusal. Linear in
// the size; the caller bounds that (nothing above 8 MB is firmware of a drive we know).
ImageReport Recognise(ByteView bytes);

// kMirrored when both halves are equal and not blank, kUpperBlank when the upper half is all FF
// and the lower is not; kDistinct for odd sizes and anything shorter than two banks of 64 KB.
Halves CompareHalves(ByteView bytes);

// Pairs (lower, higher) of 64 KB banks that are byte for byte the same and not blank. In a dump
// they mean that bank selection did not work, unless CompareHalves explains them all.
std::vector<std::pair<uint32_t, uint32_t>> AliasedBanks(ByteView bytes);

}  // namespace firmbench::images

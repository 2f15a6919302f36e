// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives of this family, as data. Immutable; any thread.

#include <span>
#include <string_view>

#include "daemon/families/family.h"

namespace firmbench::families::mediatek_mt1959 {

struct Row {
  const ModelInfo* info = nullptr;
  std::string_view config_id;  // the first 16 bytes of the board's configuration
  Nanos back_limit{0};         // after a download the drive answers within this
};

std::span<const ModelInfo> Models();

// The row behind `model`; nullptr when it is not one of Models().
const Row* RowOf(const ModelInfo& model);

// The row whose vendor, product and revision's beginning all fit; nullptr when there is none.
const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision);

// Boot code without firmware: of the relatives MT1939 it names revision BOOT (drive-protocols 2.6
// [C]), of these it is inferred.
bool IsBootCode(std::string_view vendor, std::string_view product, std::string_view revision);

}  // namespace firmbench::families::mediatek_mt1959

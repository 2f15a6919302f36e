// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

const ChipRow* FindChip(std::string_view part) {
  for (const ChipRow& row : AllChips()) {
    if (row.part == part) return &row;
  }
  return nullptr;
}

const ChipRow* FindChip(uint16_t manufacturer, uint16_t device) {
  for (const ChipRow& row : AllChips()) {
    if (row.manufacturer == manufacturer && row.device == device) return &row;
  }
  return nullptr;
}

}  // namespace firmbench::chips

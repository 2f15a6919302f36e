// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands of this family: CDB builders and the rules by which the gate knows them. Pure; any
// thread. drive-protocols 2.5 [C].

#include <cstdint>
#include <span>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/rules.h"

namespace firmbench::families::mediatek_mt1959 {

// READ BUFFER mode 06, which SPC reserves: flash at an address.
constexpr scsi::Cdb ReadFlash(uint32_t offset, uint32_t length) {
  return scsi::MakeCdb(10, 0x3c, 0x06, 0, offset >> 16, offset >> 8, offset, length >> 16,
                       length >> 8, length);
}

std::span<const scsi::CdbRule> CdbRules();

}  // namespace firmbench::families::mediatek_mt1959

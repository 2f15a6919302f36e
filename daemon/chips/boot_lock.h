// SPDX-License-Identifier: Apache-2.0
#pragma once

// Boot blocks that somebody locked: on W29C, AT29C and AT49F parts that is for ever, and a part
// neither refuses nor reports a write to one. So the locks are read with the ids and judged before
// the first write. Pure functions, any thread.

#include <cstdint>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

enum class BootLock : uint8_t { kUnknown, kOpen, kLocked };

// The blocks of row.boot_block_bytes at both ends.
struct BootLocks {
  BootLock low = BootLock::kUnknown;
  BootLock high = BootLock::kUnknown;
  bool operator==(const BootLocks&) const = default;
};

// Where id mode shows the locks [remembered]: FF is locked, FE is open; of anything else nothing is
// concluded. The upper block exists on page-write parts only.
inline constexpr uint32_t kLowLockAt = 0x00002;
constexpr uint32_t HighLockAt(const ChipRow& row) { return row.size_bytes - 0xE; }
constexpr BootLock BootLockFrom(uint8_t shown) {
  if (shown == 0xFF) return BootLock::kLocked;
  return shown == 0xFE ? BootLock::kOpen : BootLock::kUnknown;
}

// CHIP_BOOT_LOCKED when a byte inside a locked block would have to change: metadata `offset` (hex)
// of the first such byte, `block` (hex) and `length` (hex) of the block. The two views are the
// chip's size, else CHIP_SIZE_MISMATCH.
Status CheckBootLocks(const ChipRow& row, const BootLocks& locks, ByteView current,
                      ByteView target);

}  // namespace firmbench::chips

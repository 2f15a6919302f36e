// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which part is it? JEDEC identification through unlock cycles (drive-protocols 4.2, read in code).
// Lane-only. The cycles count as destructive for whoever gates them: on a page-write part a
// sequence whose cycles come too far apart is taken for data. Whether that happened is checked
// afterwards, and only then does an error say anything but `untouched`.

#include <cstdint>
#include <span>

#include "daemon/base/result.h"
#include "daemon/chips/boot_lock.h"
#include "daemon/chips/byte_bus.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

struct JedecIds {
  uint16_t manufacturer = 0;  // 7F1C style when one continuation byte came first
  uint16_t device = 0;
  bool operator==(const JedecIds&) const = default;
};

struct Identification {
  JedecIds ids;
  const ChipRow* row = nullptr;  // never nullptr
  BootLocks locks;               // as id mode shows them, for CheckBootLocks
};

struct IdentifyOptions {
  // Decides between rows with the same ids; 0: not known.
  uint32_t expected_size_bytes = 0;
};

// Enters id mode, reads the ids three times and the boot blocks' locks, leaves id mode and checks
// that the array reads as before. Tries the unlock addresses 5555/2AAA, which also suit parts that
// compare 11 bits, and only when nothing answers there AAA/555; then both once more, for a part
// that was left in the middle of a command. Takes about 0.1 s of waits, twice that when nothing
// answers. Errors:
//   CHIP_NOT_ANSWERING  the ids are the array's own bytes or an echo (metadata `echo`: "00/00",
//                       "90/90" or "ff/ff"; `manufacturer` and `device` as read)
//   CHIP_ID_UNSTABLE    three reads did not agree
//   CHIP_UNKNOWN        no such row (metadata `manufacturer`, `device`, in hex)
//   CHIP_AMBIGUOUS      several rows fit and expected_size_bytes does not decide
//   CHIP_ID_STUCK       the part stays in id mode; drive state kUnknown
//   CHIP_CHANGED_BY_ID  the cycles were taken for data; drive state kPartlyWritten
// and the bus's own.
Result<Identification> IdentifyChip(ByteBus& bus, const IdentifyOptions& options = {});

// The row of `rows` with these ids: the pure part of IdentifyChip, with the errors CHIP_UNKNOWN and
// CHIP_AMBIGUOUS. The row lives as long as `rows`.
Result<Identification> ChooseRow(std::span<const ChipRow> rows, JedecIds ids,
                                 const IdentifyOptions& options);

}  // namespace firmbench::chips

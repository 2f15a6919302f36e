// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which serial part is it? Commands 9F, 90 and AB (drive-protocols 1.4 and 4.4, read in code).
// Lane-only. Only reading commands are sent.

#include <array>
#include <cstdint>
#include <span>

#include "daemon/base/result.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/chips/spi_bus.h"

namespace firmbench::chips {

// As read.
struct SpiIds {
  std::array<uint8_t, 4> jedec{};  // 9F; the fourth only after a continuation byte, else 0
  std::array<uint8_t, 2> rems{};   // 90: manufacturer, device
  uint8_t signature = 0;           // AB: the device once more, on most parts
  bool operator==(const SpiIds&) const = default;

  // An answer is neither what a bus without a chip reads nor the echo of the command.
  bool answers_jedec() const;
  bool answers_rems() const;
  bool answers_signature() const;
};

struct SpiIdentification {
  SpiIds ids;
  const SpiRow* row = nullptr;  // never nullptr
};

// Wakes the part up, leaves an open AAI program, reads the ids three times and finds the row. A
// part that is still at work for an earlier command is waited for, 60 s at most. Errors:
//   CHIP_NOT_ANSWERING  nothing is answered (metadata `echo`: "00/00", "90/90" or "ff/ff"; `jedec`,
//                       `rems` and `signature` in hex, as read)
//   CHIP_ID_UNSTABLE    three reads did not agree
//   CHIP_UNKNOWN        no such row (metadata `jedec`, `rems`, `signature`)
//   CHIP_AMBIGUOUS      several rows fit what was answered
// and the bus's own. The drive is untouched by all of them.
Result<SpiIdentification> IdentifySpiChip(SpiBus& bus);

// The row of `rows` with these ids: the pure part, with the errors CHIP_NOT_ANSWERING, CHIP_UNKNOWN
// and CHIP_AMBIGUOUS. A part that answers both 9F and 90 must match in both; one that answers only
// 90 is known by that. The row lives as long as `rows`.
Result<SpiIdentification> ChooseSpiRow(std::span<const SpiRow> rows, const SpiIds& ids);

}  // namespace firmbench::chips

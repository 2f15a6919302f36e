// SPDX-License-Identifier: Apache-2.0
#pragma once

// One serial NOR part as data. Constant after construction; everything here is static storage. Ids:
// drive-protocols 4.4 [read in code]; timings: 4.3, remembered from datasheets, so they carry their
// own grade and a simulator may override them.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/base/words.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

// How the part takes data.
enum class SpiProgram : uint8_t {
  kPage,     // 02 with up to 256 bytes of one page; addresses wrap inside the page
  kAaiByte,  // 02 with one byte; AF with address and byte, then AF and byte for every next one
  kAaiWord,  // 02 with one byte; AD with address and two bytes, then AD and two bytes
};

// What must come right before a write of the status register (drive-protocols 1.4).
enum class StatusWrite : uint8_t {
  kWren,    // 06, as for every other write
  kEwsr,    // 50, and only that
  kEither,  // 06 or 50
};

struct SpiTimings {
  Nanos program_typical{0};  // one page, or one byte (or word) on AAI parts
  Nanos program_maximum{0};
  Nanos status_typical{0};  // a write of the status register
  Nanos status_maximum{0};
  Evidence evidence = Evidence::kHypothetical;
};

struct SpiRow {
  std::string_view vendor;          // "Macronix"
  std::string_view part;            // "MX25L4005"; unique among all rows, parallel ones included
  uint16_t jedec_manufacturer = 0;  // answer to 9F; 7F9D style for a continuation; 0: none known
  uint16_t jedec_device = 0;
  uint8_t rems_manufacturer = 0;  // answer to 90 and, the device alone, to AB; 0: none known
  uint8_t rems_device = 0;
  uint32_t size_bytes = 0;
  SpiProgram program = SpiProgram::kPage;
  // Smallest units first; `command` is the opcode, followed by an address unless `whole_chip`.
  std::span<const EraseMethod> erase;
  StatusWrite status_write = StatusWrite::kWren;
  uint8_t protection_mask = 0;         // block-protect bits of the status register
  bool protected_at_power_up = false;  // the bits come up set, and forget what was written
  uint16_t supply_min_mv = 0;          // millivolts
  uint16_t supply_max_mv = 0;
  SpiTimings timings;
  Evidence evidence = Evidence::kHypothetical;

  constexpr bool answers_jedec() const { return jedec_manufacturer != 0; }
  constexpr bool answers_rems() const { return rems_manufacturer != 0; }
};

// The bytes that the part answers 9F with: three, or four when a continuation byte comes before a
// device id of two bytes.
struct JedecAnswer {
  std::array<uint8_t, 4> bytes{};
  uint8_t count = 0;  // 0: none known
};
constexpr JedecAnswer JedecAnswerOf(const SpiRow& row) {
  JedecAnswer answer;
  if (!row.answers_jedec()) return answer;
  const auto push = [&answer](uint16_t value) {
    if (value > 0xFF) answer.bytes[answer.count++] = static_cast<uint8_t>(value >> 8);
    answer.bytes[answer.count++] = static_cast<uint8_t>(value);
  };
  push(row.jedec_manufacturer);
  push(row.jedec_device);
  return answer;
}

inline constexpr uint32_t kSpiPageBytes = 256;  // drive-protocols 1.4 [C]

// The status register's other bits (drive-protocols 1.4 [C]).
inline constexpr uint8_t kSpiBusy = 0x01;
inline constexpr uint8_t kSpiWriteEnabled = 0x02;
inline constexpr uint8_t kSpiStatusLocked = 0x80;  // SRWD: obeyed while the WP pin is low

// Every known serial part. Never empty.
std::span<const SpiRow> AllSpiChips();

// nullptr when there is no such part.
const SpiRow* FindSpiChip(std::string_view part);

}  // namespace firmbench::chips

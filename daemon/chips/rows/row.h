// SPDX-License-Identifier: Apache-2.0
#pragma once

// One parallel NOR part as data. Constant after construction; everything here is static storage.
// Ids, sizes and algorithms: drive-protocols 4.1 and 4.2 [read in code]; timings: 4.3, remembered
// from datasheets, so they carry their own grade and a simulator may override them.

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/base/words.h"

namespace firmbench::chips {

// How the part takes data.
enum class ProgramMethod : uint8_t {
  kByte,  // AA/55/A0 then one byte
  kPage,  // AA/55/A0 then up to page_bytes of one page inside the load window; erases by itself
  kSst28Sector,  // SST28SF040A's own protocol: listed, recognised, not driven
};

// Which address bits the unlock decoder compares (flashrom's feature classes).
enum class UnlockAddresses : uint8_t {
  k5555_2Aaa,  // full 5555 / 2AAA
  k555_2Aa,    // parts that compare 11 bits: 555 / 2AA
  kAaa_555,    // byte mode of 16-bit parts: AAA / 555
};

// How the software id mode is left (drive-protocols 4.2).
enum class IdExit : uint8_t { kShortF0, kLongAa55F0 };

// A run of equal erase units, from low to high addresses.
struct EraseBlock {
  uint32_t unit_bytes = 0;
  uint32_t count = 0;
};

// One erase command with the layout it erases. `command` is the sixth cycle's data byte: 30 or 50
// at the unit's address, 10 at the unlock address for the whole chip.
struct EraseMethod {
  uint8_t command = 0;
  bool whole_chip = false;
  std::span<const EraseBlock> layout;  // adds up to the chip's size; one unit when whole_chip
  Nanos typical{0};
  Nanos maximum{0};
};

struct ChipTimings {
  Nanos program_typical{0};  // one byte, or one page for page-write parts
  Nanos program_maximum{0};
  Nanos load_window{0};  // tBLC: largest gap between two loads of a page; 0 for byte parts
  Nanos id_entry{0};     // wait after entering and leaving id mode
  Evidence evidence = Evidence::kHypothetical;
};

struct ChipRow {
  std::string_view vendor;    // "SST"
  std::string_view part;      // "SST39VF040"; unique among rows
  uint16_t manufacturer = 0;  // JEDEC id; 7F1C style for one continuation byte
  uint16_t device = 0;        // may carry a continuation too (EN29F002: 7F97)
  uint32_t size_bytes = 0;
  ProgramMethod program = ProgramMethod::kByte;
  uint32_t page_bytes = 0;  // kPage only, else 0
  UnlockAddresses unlock = UnlockAddresses::k5555_2Aaa;
  IdExit id_exit = IdExit::kShortF0;
  std::span<const EraseMethod> erase;  // smallest units first; page-write parts: chip erase only
  uint16_t supply_min_mv = 0;          // millivolts
  uint16_t supply_max_mv = 0;
  uint32_t boot_block_bytes = 0;  // lockable boot block at each end, 0 when none
  ChipTimings timings;
  Evidence evidence = Evidence::kHypothetical;

  constexpr bool page_write() const { return program == ProgramMethod::kPage; }
};

// Every known part. Never empty; (manufacturer, device) may repeat only where parts are told
// apart by size alone.
std::span<const ChipRow> AllChips();

// nullptr when there is no such part.
const ChipRow* FindChip(std::string_view part);
const ChipRow* FindChip(uint16_t manufacturer, uint16_t device);

}  // namespace firmbench::chips

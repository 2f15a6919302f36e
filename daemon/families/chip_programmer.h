// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive as programmer for whatever flash chip sits in its socket: the drive's own firmware,
// identity and EEPROM play no part. A programmer is lane-only, belongs to one job, and everything
// it sends passes the engine's gate. It never opens the gate and never decides what may be written.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/words.h"
#include "daemon/families/family.h"

namespace firmbench::families {

// What a person has to know of a part before it is put into a socket and written.
struct ChipFacts {
  std::string vendor;         // "SST"
  std::string part;           // "SST39VF040"
  uint16_t manufacturer = 0;  // JEDEC ids
  uint16_t device = 0;
  uint32_t size_bytes = 0;
  uint16_t supply_min_mv = 0;  // millivolts
  uint16_t supply_max_mv = 0;
  bool page_write = false;
  uint32_t boot_block_bytes = 0;  // lockable, 0 when none
  Evidence evidence = Evidence::kHypothetical;
  // Of the one chip that identified itself: boot blocks that somebody locked for ever.
  bool low_boot_locked = false;
  bool high_boot_locked = false;
};

// The table's row of a part by the name on its case, capitals or not; nullopt when it has none.
std::optional<ChipFacts> FindChipFacts(std::string_view part);

// "2.7 to 3.6 V".
std::string SupplyText(const ChipFacts& chip);

// May this part be run on a board with this supply? CHIP_VOLTAGE_WRONG with what it takes. Pure.
Status CheckSupply(const ChipFacts& chip, int board_mv);

// Which pages or erase units of the part differ, in writing order. CHIP_UNKNOWN,
// CHIP_SIZE_MISMATCH, CHIP_NOT_DRIVEN. Pure.
Result<std::vector<ByteRange>> ChipUnits(std::string_view part, ByteView current, ByteView target);

class ChipProgrammer {
 public:
  virtual ~ChipProgrammer() = default;

  // Into the mode in which the chip's bus is reached; prompts where hands are needed. Changes no
  // memory. VENDOR_MODE_NOT_ENTERED, SECOND_DRIVE_ON_CHANNEL.
  virtual Status Enter(Observer& observer) = 0;

  // After Enter, with the gate at chip identification or wider: any part of the table.
  // CHIP_NOT_ANSWERING, CHIP_UNKNOWN, CHIP_AMBIGUOUS. `expected_size_bytes` decides between parts
  // with the same ids; 0: not known. On a page-write part these cycles can be taken for data, so
  // before a write what undoes it is stored first.
  virtual Result<ChipFacts> Identify(uint32_t expected_size_bytes) = 0;

  // After Enter, byte reads only: the first `size_bytes` of whatever sits there. CHIP_OUT_OF_REACH
  // when that is more than the drive's address lines reach, JOB_CANCELLED.
  virtual Result<Bytes> Read(uint32_t size_bytes, const ReadPlan& plan, Observer& observer) = 0;

  // After Enter: some bytes as the chip holds them now. ADDRESS_OUT_OF_REACH.
  virtual Status ReadAt(uint32_t offset, std::span<uint8_t> out) = 0;

  // After Identify: what differs, in writing order. CHIP_SIZE_MISMATCH, CHIP_NOT_DRIVEN.
  virtual Result<WritePlan> PlanWrite(ByteView current, ByteView target) = 0;

  // After Identify, sends nothing: CHIP_BOOT_LOCKED when the write would change what a locked boot
  // block keeps.
  virtual Status CheckWrite(ByteView current, ByteView target) = 0;

  // After Identify, gate open: as Session::Write of the firmware. HYPOTHETICAL_COMMAND on a real
  // drive when Family::ChipWrite says no.
  virtual Status Write(const WritePlan& plan, ByteView current, ByteView target,
                       WriteReport& report, Observer& observer) = 0;

  // Out of the mode. That the drive does not answer afterwards says nothing of the chip, which may
  // hold no firmware of this drive: DRIVE_NOT_BACK.
  virtual Status Leave(Observer& observer) = 0;
};

}  // namespace firmbench::families

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a simulated drive counted since it was made. A value; all counts are of this process.

#include <cstdint>

namespace firmbench::simulator {

struct Counters {
  uint64_t scsi_commands = 0;
  uint64_t task_file_ops = 0;      // writes of the command register
  uint64_t register_accesses = 0;  // polls included
  uint64_t flash_reads = 0;        // read cycles on the chip's bus and bytes read over SCSI
  uint64_t eeprom_bytes_read = 0;
  uint64_t bytes_programmed = 0;
  uint64_t page_writes = 0;
  uint64_t erases = 0;
  uint64_t eeprom_writes = 0;
  uint64_t vendor_entries = 0;
  uint64_t resets = 0;
  // Cycles that erased or programmed, or would have (locked block, dropped by a fault), and writes
  // of the EEPROM: judged by the chip's model, whatever a gate thought of the command.
  uint64_t destructive_commands = 0;
  uint64_t destructive_before_write_started = 0;
};

}  // namespace firmbench::simulator

// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench as a TOML file: which drives, their memories, faults and the operator's hands. The
// structs are values; the functions are pure but for reading the file.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/simulator/defects.h"
#include "daemon/simulator/faults.h"
#include "daemon/simulator/operator.h"
#include "daemon/simulator/profile.h"
#include "daemon/simulator/sim_clock.h"

namespace firmbench::simulator {

class Personality;

struct DriveSpec {
  std::string model;    // a profile's name: "LTR-48246S"
  std::string bay;      // "bay 1"; unique; letters, digits, blank, '.', '_' and '-', at most 32
  std::string channel;  // drives with the same channel share an IDE channel; default: its own
  bool second_device = false;     // `device = 1`
  bool scsi = true;               // `connection`: "ide" gives both ways, "scsi" only SCSI commands,
  bool task_file = true;          // "task_file" only registers
  bool cable = false;             // as on a real IDE port: a dead drive may be on it, too
  std::string bridge;             // serial of the adapter it hangs on; "" for none
  std::string serial;             // may be blank, as on many old drives
  std::string firmware_revision;  // empty: the profile's
  uint64_t firmware_seed = 1;
  std::string firmware_file;  // empty: synthetic, from the seed; relative to the scenario's folder
  uint64_t eeprom_seed = 1;
  bool disc = false;
  bool eeprom_write = false;     // accept the hypothetical EEPROM write (3B 01 E2)
  bool eeprom_checksum = false;  // the synthetic checksum of drive-protocols 9.4 is checked
  // What the profile says unless given here.
  std::string chip;  // part name from the table of chips
  std::optional<Gate> gate;
  std::optional<Nanos> power_window;  // `power_window_ms`; for gate "power_window"
  std::optional<bool> boot_lost;
  std::optional<bool> boot_answers;  // as "LTR-BOOT" when its firmware is gone
  std::optional<bool> ignores_dev_select;
  std::optional<Nanos> vendor_op_time;         // `vendor_op_us`
  std::optional<Nanos> boot_time;              // `boot_ms`
  std::optional<uint32_t> max_transfer_bytes;  // `max_transfer_kib`
  bool software_data_protection = true;        // page-write parts: the state they start in
  bool boot_block_locked = false;              // page-write parts: both boot blocks
  ChipDefects defects;                         // faults "stuck_bit", "weak_erase"; `chip_endurance`
  std::vector<FaultSpec> faults;
  std::vector<OperatorRule> operator_rules;
};

// A drive that is made of a trace, by a table of `drives` with the key `replay`.
struct ReplaySpec {
  std::string bay;
  std::string file;     // a trace or a capsule; relative to the scenario's folder
  bool strict = false;  // `replay_strict`: only the very same commands in the same order
};

struct Scenario {
  TimeOptions time;
  // Folder with the drives' memories, so that they outlive the process even by kill -9; empty:
  // memories are made anew each time.
  std::string persist_dir;
  std::vector<DriveSpec> drives;
  std::vector<ReplaySpec> replays;  // not played by the simulator
};

// SCENARIO_INVALID for anything that is not exactly right, an unknown key included; message and
// metadata (`file`, `line`, `column`) say where. Relative paths in it start from the folder of
// `file_name`, which itself is not opened.
Result<Scenario> ParseScenario(std::string_view text, std::string_view file_name,
                               std::span<const Personality* const> personalities);

// As ParseScenario, from a file: SCENARIO_UNREADABLE when that fails; at most 1 MiB is read.
Result<Scenario> LoadScenario(const std::string& path,
                              std::span<const Personality* const> personalities);

}  // namespace firmbench::simulator

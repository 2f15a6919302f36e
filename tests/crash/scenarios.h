// SPDX-License-Identifier: Apache-2.0
#pragma once

// The jobs that are cut: what comes before each, what it is, and what the drive may hold
// afterwards.

#include <functional>
#include <string>
#include <vector>

#include "tests/crash/world.h"

namespace firmbench::test {

// A job that is about to begin.
struct Prepared {
  jobs::JobSpec spec;
  Memory memory = Memory::kFirmware;  // the one that it writes
  Bytes old_bytes;                    // what that memory holds before
  Bytes new_bytes;                    // what it holds when the job has done its work
  std::vector<Bytes> sound;           // the firmwares with which the drive may end
  Bytes eeprom;                       // of the unit, before; and after unless the job writes it
  // Of a conversion, where each firmware has its EEPROM: what the old and the new firmware need,
  // and what the EEPROM holds before and after the job. Else empty.
  bool both = false;
  Bytes eeprom_of_new;  // beside the second of the sound firmwares
  Bytes old_eeprom, new_eeprom;
};

struct Scenario {
  std::string name;
  WorldDrive drive;
  std::function<Prepared(World&)> prepare;
  // Of its points one in so many is cut where all are taken. Odd, and no multiple of three: how a
  // point is cut goes by its index in twos, threes and fours.
  uint64_t every = 1;
};

// Every kind of job on every model that the registry knows, and drives without a way back. Jobs
// that send the commands of another scenario, to like chips, are cut at fewer points.
std::vector<Scenario> AllScenarios();

}  // namespace firmbench::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

// A simulated drive as a value, for starting it again elsewhere, and the moments at which a test
// may take one. DriveImage and DriveStart are values; a CommandMoment belongs to the thread that
// is in the hook, and only while it is.

#include <cstdint>
#include <functional>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/simulator/faults.h"

namespace firmbench::simulator {

class Controller;

// All that a drive is: of a few KB for a drive with a flash of a few KB. Counters, faults, the wear
// of a chip and what a host's handle was in the middle of belong to the process and are not in it.
struct DriveImage {
  Bytes flash;
  Bytes eeprom;
  Bytes state;    // a DriveState, without the zeros at its end
  Bytes erasing;  // what the unit that is being erased held before; empty when none is
  bool operator==(const DriveImage&) const = default;
};

// What became of the drive's power at the moment of the image.
enum class PowerLoss : uint8_t {
  kNone,        // only the host was gone: the drive goes on with what it was doing
  kAtOnce,      // work under way stops where it is
  kDuringWork,  // power holds until the middle of the work that was begun, or is about to begin
                // because a page's load window closes; kAtOnce when there is none
};

struct DriveStart {
  DriveImage image;
  PowerLoss power = PowerLoss::kNone;
};

// Where a drive is in a command.
class CommandMoment {
 public:
  enum class Kind : uint8_t {
    kBefore,  // the command was taken and has had no effect yet
    kAtWork,  // the command has just set a memory to work, or its load of a page has: on a
              // page-write part that shows when the next command comes
  };

  CommandMoment(Kind kind, uint64_t command, uint8_t opcode, Controller& drive)
      : kind_(kind), command_(command), opcode_(opcode), drive_(drive) {}

  Kind kind() const { return kind_; }
  // SCSI and task-file commands together, from 1, since the bench was made. kAtWork: the command
  // that began the work.
  uint64_t command() const { return command_; }
  // SCSI operation code or task-file command; of the command that is coming where kAtWork shows
  // only with it.
  uint8_t opcode() const { return opcode_; }
  RunState state() const;
  // A command sequence of the flash chip is half sent, or a page half loaded.
  bool in_sequence() const;
  // Writes of a memory that have begun.
  uint64_t writes() const;
  // Costs a copy of the memories.
  DriveImage Image() const;
  void ImageInto(DriveImage& image) const;  // keeps the capacity of what was in it

 private:
  const Kind kind_;
  const uint64_t command_;
  const uint8_t opcode_;
  Controller& drive_;
};

// Called with the channel's lock held: must not touch its bench; benches made from an image are
// free.
using CommandHook = std::function<void(const CommandMoment&)>;

}  // namespace firmbench::simulator

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ATA front of a simulated drive: its registers, the few ATA commands that a packet device
// knows (ATA/ATAPI-5), PACKET in PIO, and the way into the personality's vendor mode. Under the
// lock of its channel.

#include <array>
#include <cstdint>
#include <span>

#include "daemon/ata/task_file.h"
#include "daemon/base/result.h"
#include "daemon/simulator/controller.h"

namespace firmbench::simulator {

class TaskFilePort {
 public:
  explicit TaskFilePort(Controller& drive) : drive_(drive) {}

  Controller& drive() { return drive_; }

  // Whether the device register, as this drive saw it, selects this drive.
  bool Selected() const {
    const bool second = (registers()[ata::Register::kDevice] & 0x10) != 0;
    return second == drive_.options().second_device;
  }

  void Write(ata::Register reg, uint8_t value, int64_t now) {
    registers()[reg] = value;
    // The address registers are only kept; inline because a dump is millions of them.
    if (reg >= ata::Register::kCommand) Act(reg, value, now);
  }
  uint8_t Read(ata::Register reg, int64_t now);
  uint16_t ReadData(int64_t now);
  void WriteData(uint16_t word, int64_t now);

 private:
  // What a write of the command or the control register sets off.
  void Act(ata::Register reg, uint8_t value, int64_t now);

  // Registers by name.
  struct Access {
    std::array<uint8_t, 9>& value;
    uint8_t& operator[](ata::Register reg) { return value[static_cast<size_t>(reg)]; }
  };
  Access registers() const { return {drive_.state().registers.value}; }

  uint8_t Status(int64_t now);
  void Command(uint8_t command, int64_t now);
  void Dispatch(uint8_t command, int64_t now);
  void AtaCommand(uint8_t command, int64_t now);
  void Signature();
  void Abort();
  void OfferBlock(uint32_t limit);
  void RunPacket(int64_t now);

  Controller& drive_;
  bool in_reset_ = false;  // SRST is held
  bool awaiting_packet_ = false;
  uint32_t byte_limit_ = 0;  // largest data block the host wants
  uint32_t block_left_ = 0;  // bytes of the present block
  Bytes packet_;             // CDB, then its data-out
};

// Performs a script on the drives of one channel, `opener` being the one whose handle was used:
// both devices see every register write, as on the cable. Moves `now` on by what it takes.
Status RunScript(std::span<TaskFilePort* const> ports, std::span<ata::Access> script,
                 const ata::WaitLimits& limits, int64_t& now);

}  // namespace firmbench::simulator

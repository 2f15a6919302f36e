// SPDX-License-Identifier: Apache-2.0
#pragma once

// What makes a simulated drive one of a family: its models, how its boot code judges the flash, its
// vendor mode in the task file and its vendor SCSI commands. A Personality is immutable, without
// state of its own (what it must remember lies in DriveState) and may be called from any thread;
// the Controller it is given is under its drive's lock.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/error.h"
#include "daemon/simulator/identity.h"
#include "daemon/simulator/profile.h"

namespace firmbench::simulator {

class Controller;

// A drive's answer to one SCSI command.
struct ScsiReply {
  std::optional<SenseInfo> sense;  // CHECK CONDITION; nullopt: GOOD
  Bytes data;                      // data-in, not yet cut to what was asked for
  Nanos extra{0};                  // time beyond that of command and bytes

  static ScsiReply Good(Bytes bytes = {}) { return {std::nullopt, std::move(bytes), Nanos{0}}; }
  static ScsiReply Check(uint8_t key, uint8_t asc, uint8_t ascq) {
    return {SenseInfo{key, asc, ascq, false}, {}, Nanos{0}};
  }
  // drive-protocols 9.5: what a command that the drive does not know, or not so, is answered.
  static ScsiReply UnknownOpcode() { return Check(0x05, 0x20, 0x00); }
  static ScsiReply InvalidField() { return Check(0x05, 0x24, 0x00); }
};

class Personality {
 public:
  virtual ~Personality() = default;

  virtual std::string_view family() const = 0;
  virtual std::span<const Profile> profiles() const = 0;

  // What the flash of a new drive holds: synthetic, and another one for another seed. nullopt where
  // the caller has such contents (daemon/images).
  virtual std::optional<Bytes> Firmware(const Profile& /*profile*/, std::string_view /*revision*/,
                                        uint64_t /*seed*/) const {
    return std::nullopt;
  }

  // The boot code's judgement of the flash: nullopt when it does not start the firmware, else what
  // that firmware says of itself (empty strings where the flash does not tell).
  virtual std::optional<DriveIdentity> Boot(const Profile& profile, ByteView flash) const = 0;

  // Does the firmware that calls itself `product` accept this EEPROM? A drive whose EEPROM does not
  // fit answers, but finds no disc, as with a wrong checksum (drive-protocols 3 [P]).
  virtual bool EepromFits(std::string_view /*product*/, ByteView /*eeprom*/) const { return true; }

  // A command written to a drive that is not in vendor mode and could answer the intro
  // (Controller::IntroHeard): true when it was one and is dealt with.
  virtual bool Intro(Controller& /*drive*/, uint8_t /*command*/, int64_t /*now*/) const {
    return false;
  }

  // A command written in vendor mode, the drive not being busy.
  virtual void VendorCommand(Controller& /*drive*/, uint8_t /*command*/, int64_t /*now*/) const {}

  // nullopt: an operation code that is none of this family's.
  virtual std::optional<ScsiReply> Scsi(Controller& drive, ByteView cdb,
                                        ByteView data_out) const = 0;
};

// The profile of this name and who plays it; nullptr when nobody does.
struct Part {
  const Personality* personality = nullptr;
  const Profile* profile = nullptr;
};
inline Part FindProfile(std::span<const Personality* const> personalities, std::string_view model) {
  for (const Personality* personality : personalities) {
    for (const Profile& profile : personality->profiles()) {
      if (profile.model == model) return {personality, &profile};
    }
  }
  return {};
}

}  // namespace firmbench::simulator

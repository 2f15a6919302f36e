// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a drive says of itself beyond its name, for people: asked once when it is identified. The
// struct is a value; AskDetails is lane-only and blocks.

#include <optional>
#include <string>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/result.h"
#include "daemon/families/likeness.h"
#include "daemon/scsi/answers.h"
#include "daemon/scsi/identity.h"
#include "daemon/scsi/transport.h"

namespace firmbench::inventory {

struct Statement {
  std::string source;  // "VPD page 80, serial number"
  std::string text;    // what it said, or in words that it said nothing
};

struct DriveDetails {
  std::vector<Statement> statements;      // in the order in which it was asked
  std::optional<scsi::RpcState> region;   // of a DVD drive that answers REPORT KEY
  std::optional<std::string> ata_serial;  // of IDENTIFY, where it can be asked
  families::Likeness likeness;            // of an unknown drive
};

// How the drive is reached, as far as it matters to what is asked.
struct WayToDrive {
  ata::TaskFile* task_file = nullptr;  // may be none
  bool second_device = false;
  bool sat = false;            // IDENTIFY is asked of the kernel's ATA layer
  bool behind_bridge = false;  // what it passes is tried with two commands of the standards that
                               // only read: one of 12 bytes, and READ BUFFER
};

// Everything but DRIVE_GONE is an answer.
Result<DriveDetails> AskDetails(scsi::Transport& transport, const scsi::Identity& identity,
                                const WayToDrive& way);

// "set", "2": the words for people.
std::string TypeText(const scsi::RpcState& region);
// Regions that play: "2", "1 to 8"; "" when none is set.
std::string RegionsText(const scsi::RpcState& region);

// The identifiers of VPD page 83 in words: "LITE-ON DVDRW LDW-451S". Believes no length field
// further than the answer goes. Pure.
std::vector<std::string> ParseDesignators(ByteView answer);

}  // namespace firmbench::inventory

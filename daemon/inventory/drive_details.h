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
  std::optional<std::string> ata_serial;  // of IDENTIFY, where the registers can be reached
  families::Likeness likeness;            // of an unknown drive
};

// Everything but DRIVE_GONE is an answer. `task_file` may be nullptr. Behind a bridge it is also
// tried, with two commands of the standards that only read, what the bridge passes: one of 12
// bytes, and READ BUFFER.
Result<DriveDetails> AskDetails(scsi::Transport& transport, ata::TaskFile* task_file,
                                bool second_device, const scsi::Identity& identity,
                                bool behind_bridge = false);

// "set", "2": the words for people.
std::string TypeText(const scsi::RpcState& region);
// Regions that play: "2", "1 to 8"; "" when none is set.
std::string RegionsText(const scsi::RpcState& region);

// The identifiers of VPD page 83 in words: "LITE-ON DVDRW LDW-451S". Believes no length field
// further than the answer goes. Pure.
std::vector<std::string> ParseDesignators(ByteView answer);

}  // namespace firmbench::inventory

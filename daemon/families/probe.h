// SPDX-License-Identifier: Apache-2.0
#pragma once

// Questions for a drive that settle what is not known of it (drive-protocols 9.9): all of them
// data-in, none can change a memory, and the rules let nothing else through the gate. Data and pure
// functions; any thread.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/base/words.h"
#include "daemon/scsi/identity.h"
#include "daemon/scsi/rules.h"
#include "daemon/scsi/transport.h"

namespace firmbench::families {

struct ProbeQuestion {
  scsi::Cdb cdb;
  uint16_t answer_bytes = 0;  // asked for; 0: a command without data
  Evidence evidence = Evidence::kDocumented;
  std::string_view name;     // as in traces: "read EEPROM (DF 89)"
  std::string_view settles;  // what its answer tells; static storage
};

// In the order in which they are sent. Those of makers come last, and only with `makers_own`.
std::vector<ProbeQuestion> ProbeQuestions(bool makers_own);

// The gate's rules for the makers' own questions: each by as many bytes as tell it from its
// neighbours that write. All read-only.
std::span<const scsi::CdbRule> ProbeRules();

// Are the makers' own questions meant for this drive: does it call itself by a name under which the
// maker of that firmware sold it, or like a model of the tables? Other drives may use the same
// operation codes for anything.
bool HasMakersOwn(const scsi::Identity& identity);

}  // namespace firmbench::families

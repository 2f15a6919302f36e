// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/command_names.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace firmbench::scsi {
namespace {

struct Name {
  uint8_t opcode;
  std::string_view text;
};
// SPC-4 and MMC-6 (drive-protocols 9.5 [D]).
constexpr std::array kNames{
    Name{0x00, "TEST UNIT READY"},
    Name{0x03, "REQUEST SENSE"},
    Name{0x12, "INQUIRY"},
    Name{0x1a, "MODE SENSE(6)"},
    Name{0x1b, "START STOP UNIT"},
    Name{0x1e, "PREVENT ALLOW MEDIUM REMOVAL"},
    Name{0x23, "READ FORMAT CAPACITIES"},
    Name{0x25, "READ CAPACITY"},
    Name{0x28, "READ(10)"},
    Name{0x3b, "WRITE BUFFER"},
    Name{0x3c, "READ BUFFER"},
    Name{0x42, "READ SUB-CHANNEL"},
    Name{0x43, "READ TOC/PMA/ATIP"},
    Name{0x44, "READ HEADER"},
    Name{0x46, "GET CONFIGURATION"},
    Name{0x4a, "GET EVENT STATUS NOTIFICATION"},
    Name{0x51, "READ DISC INFORMATION"},
    Name{0x52, "READ TRACK INFORMATION"},
    Name{0x5a, "MODE SENSE(10)"},
    Name{0x5c, "READ BUFFER CAPACITY"},
    Name{0x85, "ATA PASS-THROUGH (16)"},
    Name{0xa0, "REPORT LUNS"},
    Name{0xa4, "REPORT KEY"},
    Name{0xa8, "READ(12)"},
    Name{0xac, "GET PERFORMANCE"},
    Name{0xad, "READ DISC STRUCTURE"},
    Name{0xbd, "MECHANISM STATUS"},
    Name{0xbe, "READ CD"},
};

// SPC-4 4.3.1: the group of the operation code fixes the length; 0 for groups without one.
constexpr size_t LengthOf(uint8_t opcode) {
  constexpr std::array<size_t, 8> kByGroup{6, 10, 10, 0, 16, 12, 0, 0};
  return kByGroup[opcode >> 5];
}

}  // namespace

std::string StandardCommandName(ByteView cdb) {
  if (cdb.empty() || cdb.size() != LengthOf(cdb[0]) || cdb.back() != 0) return {};
  for (const Name& name : kNames) {
    if (name.opcode != cdb[0]) continue;
    const bool buffer = cdb[0] == 0x3b || cdb[0] == 0x3c;
    return buffer ? fmt::format("{} ({:02X} {:02X})", name.text, cdb[0], cdb[1])
                  : fmt::format("{} ({:02X})", name.text, cdb[0]);
  }
  return {};
}

}  // namespace firmbench::scsi

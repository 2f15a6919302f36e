// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sense data as drives send it: both formats, cut short, or rubbish. Pure functions, any thread.

#include <optional>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/error.h"

namespace firmbench::scsi {

// Sense keys that callers tell apart, SPC-4 4.5.6.
namespace key {
inline constexpr uint8_t kNoSense = 0x0;
inline constexpr uint8_t kRecoveredError = 0x1;
inline constexpr uint8_t kNotReady = 0x2;
inline constexpr uint8_t kMediumError = 0x3;
inline constexpr uint8_t kHardwareError = 0x4;
inline constexpr uint8_t kIllegalRequest = 0x5;
inline constexpr uint8_t kUnitAttention = 0x6;
inline constexpr uint8_t kDataProtect = 0x7;
inline constexpr uint8_t kAbortedCommand = 0xb;
}  // namespace key

// Decodes response codes 70h and 71h (fixed) and 72h and 73h (descriptor). ASC and ASCQ are 0 where
// fixed-format data ends before them, by its own length field or by what was transferred. nullopt
// when there is no sense data in `bytes`: too short for a key (fixed: 3 bytes) or for its four
// leading bytes (descriptor), or another response code.
std::optional<SenseInfo> DecodeSense(ByteView bytes);

// The same facts in fixed format, 18 bytes: what a drive of our own making answers.
Bytes EncodeFixedSense(const SenseInfo& sense);

// "illegal request: invalid command operation code (05/20/00)". Lower case, for messages.
std::string SenseText(const SenseInfo& sense);

// The three bytes as people quote them: "05/20/00".
std::string SenseCode(const SenseInfo& sense);

// 20h INVALID COMMAND OPERATION CODE: the drive does not know the command at all.
constexpr bool IsUnknownCommand(const SenseInfo& sense) {
  return sense.key == key::kIllegalRequest && sense.asc == 0x20 && sense.ascq == 0x00;
}

}  // namespace firmbench::scsi

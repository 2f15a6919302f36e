// SPDX-License-Identifier: Apache-2.0
#pragma once

// Firmware as the text that MTKFLASH reads and writes without its switch /B. Facts:
// drive-protocols 1.6 [C]: records as in Intel HEX with an offset inside a bank of 64 KB; the line
// ":00000155AA" begins the next bank, ":00000001FF" ends the file; the checksum of a line is the
// two's complement of its bytes' sum; what no record names is FF. Pure; any thread.

#include <cstdint>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::images {

// The task file has address lines for 1 MB (drive-protocols 1.3 [I]): so many banks and no more.
inline constexpr uint32_t kMaxHexBanks = 16;

struct HexText {
  Bytes bytes;               // whole banks
  uint32_t banks = 0;        // 1 to kMaxHexBanks
  uint32_t records = 0;      // that carry bytes
  uint64_t named_bytes = 0;  // that the records name; the others are FF
};

// Whether the bytes begin like such a text (a colon and the eight digits of a record's head, after
// blank lines at most). Says nothing of the rest.
bool LooksLikeHexText(ByteView text);

// The bytes that the text stands for. Memory: at most 1 MB, whatever the text says. Errors with
// metadata `line` (from 1): HEX_TEXT_INVALID for anything that is no record, HEX_TEXT_CHECKSUM,
// HEX_TEXT_TRUNCATED when the end line is missing, HEX_TEXT_OTHER_KIND for Intel HEX with wider
// addresses and for other record types, HEX_TEXT_OVERLAP when two records give a place different
// bytes, HEX_TEXT_TOO_LARGE.
Result<HexText> ParseHexText(ByteView text);

}  // namespace firmbench::images

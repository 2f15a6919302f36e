// SPDX-License-Identifier: Apache-2.0
#pragma once

// Firmware as the text that MTKFLASH writes without its switch /B (drive-protocols 1.6 [C]):
// records of 16 bytes as in Intel HEX with an offset inside a bank of 64 KB, ":00000155AA" before
// each further bank, ":00000001FF" at the end. The bench reads it; this writes it. Pure; any
// thread.

#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

// Every byte is named, also those that are FF, so that the text holds the whole chip. Lines end as
// on MS-DOS. HEX_TEXT_NOT_POSSIBLE unless the bytes are 1 to 16 whole banks of 64 KB.
Result<std::string> MakeHexText(ByteView bytes);

// Whether a file begins like such a text: with a colon, after blank lines at most.
bool BeginsLikeHexText(ByteView file);

}  // namespace firmbench::cli

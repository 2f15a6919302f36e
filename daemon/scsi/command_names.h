// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names of the commands that the standards define, for traces and reports. Pure; any thread.

#include <string>

#include "daemon/base/bytes.h"

namespace firmbench::scsi {

// "INQUIRY (12)", "READ BUFFER (3C 03)"; "" for a command that SPC and MMC do not define for
// optical drives, or whose control byte is not 0, where makers hide commands of their own.
std::string StandardCommandName(ByteView cdb);

}  // namespace firmbench::scsi

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: the vendor SCSI commands of Lite-On's MediaTek drives (drive-protocols
// 2.2, 2.3). Under the drive's lock.

#include <optional>

#include "daemon/base/bytes.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/personality.h"

namespace firmbench::families::mediatek_liteon::sim {

// nullopt: none of this family's operation codes.
std::optional<simulator::ScsiReply> AnswerVendor(simulator::Controller& drive, ByteView cdb,
                                                 ByteView data_out);

}  // namespace firmbench::families::mediatek_liteon::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The firmware files of this family's rows. SPC leaves the content of a download to the vendor; the
// rows are the simulator's, and so is this format: a header that names the drive, a body without
// function, and a sum. Pure; any thread.
//
//   00  16  "SPC MICROCODE", blank padded
//   10   8  vendor, 16 product, 4 revision: as INQUIRY has them
//   2c   4  size of the file, big endian
//   ..   2  at the end: sum of all bytes before, big endian

#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/families/family.h"
#include "daemon/images/image_report.h"

namespace firmbench::families::spc_write_buffer {

inline constexpr std::string_view kFormat = "spc_write_buffer";

// Contract: families::Family.
bool ExamineFile(ByteView file, images::ImageReport& report);
Status CheckImageFor(const ModelInfo& model, ByteView image);
Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump);

}  // namespace firmbench::families::spc_write_buffer

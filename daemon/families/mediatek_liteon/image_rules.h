// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which bytes may become a model's firmware, and which can undo that. Pure; any thread. The errors
// are those of families::Family.

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/families/family.h"

namespace firmbench::families::mediatek_liteon {

Status CheckImageFor(const ModelInfo& model, ByteView image);
Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump);
Result<Bytes> ComposeTargetFor(const ModelInfo& model, ByteView current, ByteView image);

}  // namespace firmbench::families::mediatek_liteon

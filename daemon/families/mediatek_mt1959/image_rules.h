// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which bytes may become firmware of which drive. Pure; any thread. Contracts: families::Family.

#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/families/family.h"
#include "daemon/families/mediatek_mt1959/models.h"
#include "daemon/images/image_report.h"

namespace firmbench::families::mediatek_mt1959 {

inline constexpr std::string_view kFormat = "mediatek_mt1959";

bool ExamineFile(ByteView file, images::ImageReport& report);
Status CheckImageFor(const ModelInfo& model, ByteView image);
Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump);
Result<Bytes> ComposeTargetFor(const ModelInfo& model, ByteView current, ByteView image);

// Does this show another place where the boot page is, as reads do?
bool ShowsBootPage(ByteView current);

// IMAGE_HARDWARE_MISMATCH when `config`, of a file or of a drive, is another board's than the
// row's.
Status CheckConfig(const Row& row, ByteView config, std::string_view whose);

}  // namespace firmbench::families::mediatek_mt1959

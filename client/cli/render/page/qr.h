// SPDX-License-Identifier: Apache-2.0
#pragma once

// A text as a QR code. The only file of its folder that knows libqrencode. Pure.

#include <string>

#include "daemon/base/result.h"

namespace firmbench::cli::render {

// An inline SVG of one path, with the quiet zone of four modules that readers need (ISO/IEC 18004
// 6.3.8), error correction level M. At most 1000 bytes: QR_TEXT_TOO_LONG.
Result<std::string> QrSvg(const std::string& text);

}  // namespace firmbench::cli::render

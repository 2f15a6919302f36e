// SPDX-License-Identifier: Apache-2.0
#pragma once

// A unit's passport as a page: one file that needs nothing else, for a screen and for A4 paper.
// Pure.

#include <string>

#include "daemon/base/result.h"
#include "firmbench/v1/passport.pb.h"

namespace firmbench::cli::render {

// What the page's QR code says: the unit's number and name, the bench, and the audit tree's size
// and root, a line each.
std::string PassportQrText(const v1::UnitPassport& passport);

// QR_TEXT_TOO_LONG when the bench gives names that are none.
Result<std::string> PassportHtml(const v1::UnitPassport& passport);

}  // namespace firmbench::cli::render

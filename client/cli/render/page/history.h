// SPDX-License-Identifier: Apache-2.0
#pragma once

// What happened to a unit, and the words of its records, as a passport shows them. Pure.

#include <string>

#include "firmbench/v1/passport.pb.h"

namespace firmbench::cli::render {

// One section: events and jobs in the order of time, each job once, with its outcome and what the
// comparison of the EEPROM said. "" when nothing ever happened.
std::string HistoryHtml(const v1::UnitPassport& passport);

// "serial number (INQUIRY page 80)" for "vpd_serial"; the word itself when it is new to us.
std::string EvidenceWord(const std::string& kind);
// "before a write" for "before_write".
std::string PurposeWord(const std::string& purpose);

}  // namespace firmbench::cli::render

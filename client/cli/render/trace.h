// SPDX-License-Identifier: Apache-2.0
#pragma once

// Traces and the report of a probe as text and JSON. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "daemon/base/trace.h"
#include "firmbench/v1/job.pb.h"

namespace firmbench::cli::render {

// One row for each command: what it was, why it is believed, what it answered and how fast; then
// what the answers say together. Asked of the drive several times, an EEPROM must agree.
std::string ProbeReport(const v1::Job& job, const Trace& trace);
std::string ProbeJson(const v1::Job& job, const Trace& trace);

// The whole trace, with what it keeps of payloads in hex.
std::string TraceJson(const Trace& trace);

// Clean() line by line.
std::string CleanLines(const std::string& text);

}  // namespace firmbench::cli::render

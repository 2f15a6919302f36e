// SPDX-License-Identifier: Apache-2.0
#pragma once

// Scripts of the task file as base/trace.h writes them. Pure; any thread.

#include <span>
#include <string>
#include <vector>

#include "daemon/ata/task_file.h"

namespace firmbench::transport {

// "w3=2a w7=80 r7 e7=70 c7=80 d D=1234": what the accesses are, without what they saw.
std::string ScriptText(std::span<const ata::Access> script);
// What those of its accesses that see something saw, in their order.
std::vector<uint16_t> ScriptAnswers(std::span<const ata::Access> script);
// How many of its accesses see something.
size_t AnswerCount(std::span<const ata::Access> script);

}  // namespace firmbench::transport

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages as JSON for scripts: the API's own field names, 64-bit numbers as strings (protobuf's
// mapping), enums as words, every primitive field there, and null for a serial that is not known.
// Pure.

#include <google/protobuf/message.h>

#include <string>

namespace firmbench::cli {

// Ends with a line feed.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

// How lists and resources are shown: what a person must know before everything else stands on top.
// As Context.

#include <functional>
#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

// Prints `message` as JSON when that is wanted; else, first, a sentence and a command for every
// drive of the bench whose write was cut, then what `text` makes of the message. A bench that does
// not say what its problems are is shown without them.
void PrintScreen(Context& context, const google::protobuf::Message& message,
                 const std::function<std::string()>& text);
void PrintScreen(Context& context, const google::protobuf::Message& message,
                 const std::function<render::Table()>& table);

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench explain`: texts that need no bench. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct ExplainOptions {
  std::string topic;  // "" lists the topics
};

// TOPIC_NOT_FOUND. Text whatever the output format is.
Ending RunExplain(Console& console, const ExplainOptions& options);

}  // namespace firmbench::cli

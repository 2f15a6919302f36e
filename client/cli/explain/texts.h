// SPDX-License-Identifier: Apache-2.0
#pragma once

// The two halves of ExplainTopics(), as its sources hold them. Static storage.

#include <span>

#include "client/cli/explain/topics.h"

namespace firmbench::cli::explain {

std::span<const ExplainTopic> QuestionTopics();  // questions.cc
std::span<const ExplainTopic> WordTopics();      // words.cc

}  // namespace firmbench::cli::explain

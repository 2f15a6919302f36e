// SPDX-License-Identifier: Apache-2.0
#include "client/cli/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/explain/topics.h"

namespace firmbench::cli {

Ending RunExplain(Console& console, const ExplainOptions& options) {
  if (!options.topic.empty()) {
    const ExplainTopic* topic = FindExplainTopic(options.topic);
    if (topic == nullptr) {
      return NotFound("TOPIC_NOT_FOUND", "there is no topic '" + options.topic + "'")
          .WithRemedy("`firmbench explain` lists the topics");
    }
    console.Out(RenderTopic(*topic));
    return ExitCode::kOk;
  }
  size_t columns = 0;
  for (const ExplainTopic& topic : ExplainTopics()) columns = std::max(columns, topic.name.size());
  for (const ExplainTopic& topic : ExplainTopics()) {
    console.Out(fmt::format("{:<{}}  {}\n", topic.name, columns, topic.title));
  }
  console.Err("`firmbench explain TOPIC` answers\n");
  return ExitCode::kOk;
}

}  // namespace firmbench::cli

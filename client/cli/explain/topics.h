// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `firmbench explain` answers: short texts on the two memories, on what people have read in
// forums, and on our own words. Data and pure functions; no bench is asked. Any thread.
//
// Every statement about drives says how well it is known, in the grades of topic "evidence", and
// where nobody has published the answer the text says "not publicly known".

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace firmbench::cli {

struct ExplainTopic {
  std::string_view name;   // "status-80": lower case, no blanks
  std::string_view title;  // one line
  // Paragraphs with an empty line between them. Inside one, a line break is a blank, except that a
  // line which begins with a blank is shown as it stands, and one which begins with "- " begins an
  // item of a list.
  std::string_view text;
};

// In the order in which they are listed: the users' questions first, then our own words.
std::span<const ExplainTopic> ExplainTopics();

// nullptr when there is no such topic.
const ExplainTopic* FindExplainTopic(std::string_view name);

// Title, an empty line, and the text with lines of at most `columns` (at least 40 are used). Ends
// with a line feed.
std::string RenderTopic(const ExplainTopic& topic, size_t columns = 78);

}  // namespace firmbench::cli

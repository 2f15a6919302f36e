// SPDX-License-Identifier: Apache-2.0
#include "client/cli/explain/topics.h"

#include <algorithm>
#include <vector>

#include "client/cli/explain/texts.h"

namespace firmbench::cli {
namespace {

constexpr size_t kLeastColumns = 40;

// Appends the words of one paragraph or item, broken at blanks; further lines are indented.
void AppendWrapped(std::string& out, std::string_view text, size_t columns, size_t indent) {
  size_t used = 0;
  while (!text.empty()) {
    const size_t length = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (word.empty()) continue;
    if (used != 0 && used + 1 + word.size() > columns) {
      out += '\n';
      out.append(indent, ' ');
      used = indent;
    } else if (used != 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  out += '\n';
}

// Joins the lines of a text into pieces that are shown one below the other: running paragraphs,
// list items, lines that stand as they are, and empty lines.
std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> pieces;
  bool open = false;  // the next line may continue the last piece
  while (!text.empty()) {
    const size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    const bool verbatim = line.starts_with(' ');
    if (open && !line.empty() && !verbatim && !line.starts_with("- ")) {
      pieces.back().append(" ").append(line);
      continue;
    }
    // Raw strings begin with the line break that sets them off in the source.
    if (line.empty() && pieces.empty()) continue;
    pieces.emplace_back(line);
    open = !line.empty() && !verbatim;
  }
  return pieces;
}

}  // namespace

std::span<const ExplainTopic> ExplainTopics() {
  static const auto* const topics = [] {
    auto* all = new std::vector<ExplainTopic>();
    for (const auto part : {explain::QuestionTopics(), explain::WordTopics()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return all;
  }();
  return *topics;
}

const ExplainTopic* FindExplainTopic(std::string_view name) {
  for (const ExplainTopic& topic : ExplainTopics()) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

std::string RenderTopic(const ExplainTopic& topic, size_t columns) {
  columns = std::max(columns, kLeastColumns);
  std::string out;
  AppendWrapped(out, topic.title, columns, 0);
  out += '\n';
  for (const std::string& piece : Pieces(topic.text)) {
    if (piece.starts_with(' ')) {
      out += piece + '\n';
    } else {
      AppendWrapped(out, piece, columns, piece.starts_with("- ") ? 2 : 0);
    }
  }
  return out;
}

}  // namespace firmbench::cli

// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/metrics_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::web {
namespace {

std::string Escaped(std::string_view text, bool quotes_too) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || (quotes_too && c == '"')) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

void Histogram::Observe(double value) {
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), value);
  ++counts[static_cast<size_t>(bound - bounds.begin())];
  sum += value;
}

void MetricsText::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, Escaped(help, false), name, type);
}

void MetricsText::Sample(const Labels& labels, int64_t value) {
  Line("", labels, fmt::format("{}", value));
}

void MetricsText::Sample(const Labels& labels, double value) {
  Line("", labels, fmt::format("{}", value));
}

void MetricsText::Sample(const Labels& labels, const Histogram& histogram) {
  int64_t so_far = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    so_far += histogram.counts[i];
    Labels with_bound = labels;
    with_bound.emplace_back(
        "le", i < histogram.bounds.size() ? fmt::format("{}", histogram.bounds[i]) : "+Inf");
    Line("_bucket", with_bound, fmt::format("{}", so_far));
  }
  Line("_sum", labels, fmt::format("{}", histogram.sum));
  Line("_count", labels, fmt::format("{}", so_far));
}

void MetricsText::Line(std::string_view suffix, const Labels& labels, std::string_view value) {
  text_ += name_;
  text_ += suffix;
  std::string_view before = "{";
  for (const auto& [name, text] : labels) {
    text_ += fmt::format("{}{}=\"{}\"", before, name, Escaped(text, true));
    before = ",";
  }
  text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

}  // namespace firmbench::web

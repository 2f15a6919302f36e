// SPDX-License-Identifier: Apache-2.0
#pragma once

// Metrics in the text format of Prometheus, version 0.0.4. Pure; one thread at a time.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firmbench::web {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// Counts of values up to bounds, as a scraper wants them.
struct Histogram {
  explicit Histogram(std::vector<double> upper_bounds)
      : bounds(std::move(upper_bounds)), counts(bounds.size() + 1) {}
  void Observe(double value);

  std::vector<double> bounds;   // rising
  std::vector<int64_t> counts;  // of values up to each bound and above the one before; last: others
  double sum = 0;
};

class MetricsText {
 public:
  // Begins a family; `type` is "counter", "gauge" or "histogram". Its samples follow.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Sample(const Labels& labels, int64_t value);
  void Sample(const Labels& labels, double value);
  void Sample(const Labels& labels, const Histogram& histogram);

  std::string Take() { return std::move(text_); }

 private:
  void Line(std::string_view suffix, const Labels& labels, std::string_view value);

  std::string name_;
  std::string text_;
};

}  // namespace firmbench::web

// SPDX-License-Identifier: Apache-2.0
// The text format of Prometheus.

#include "daemon/web/metrics_text.h"

#include <gtest/gtest.h>

namespace firmbench::web {
namespace {

TEST(MetricsText, SaysWhatItIsBeforeTheValues) {
  MetricsText text;
  text.Family("jobs", "gauge", "Jobs, by \\ state.");
  text.Sample({}, int64_t{3});
  text.Sample({{"state", "a\"b\\c\nd"}, {"kind", "flash"}}, 2.5);
  EXPECT_EQ(text.Take(),
            "# HELP jobs Jobs, by \\\\ state.\n"
            "# TYPE jobs gauge\n"
            "jobs 3\n"
            "jobs{state=\"a\\\"b\\\\c\\nd\",kind=\"flash\"} 2.5\n");
}

TEST(MetricsText, HistogramsCountUpwards) {
  Histogram histogram({1, 10});
  for (const double value : {0.5, 1.0, 2.0, 100.0}) histogram.Observe(value);
  MetricsText text;
  text.Family("seconds", "histogram", "How long.");
  text.Sample({{"kind", "flash"}}, histogram);
  EXPECT_EQ(text.Take(),
            "# HELP seconds How long.\n"
            "# TYPE seconds histogram\n"
            "seconds_bucket{kind=\"flash\",le=\"1\"} 2\n"
            "seconds_bucket{kind=\"flash\",le=\"10\"} 3\n"
            "seconds_bucket{kind=\"flash\",le=\"+Inf\"} 4\n"
            "seconds_sum{kind=\"flash\"} 103.5\n"
            "seconds_count{kind=\"flash\"} 4\n");
}

}  // namespace
}  // namespace firmbench::web

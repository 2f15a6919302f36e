// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts jobs as they end, for /metrics: how, how long, how many bytes. From the ledger, so it says
// what really happened; since the start of the process, as a scraper expects of a counter.
// Thread-safe.

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "daemon/base/mutex.h"
#include "daemon/web/metrics_text.h"
#include "storage/storage.h"

namespace firmbench {

class JobMeter {
 public:
  explicit JobMeter(storage::Ledger& ledger) : ledger_(ledger) {}

  // Of a job that may have ended: counts it once. Reads the ledger. LEDGER_*, JOB_NOT_FOUND.
  Status Look(const std::string& job_id);
  void Say(web::MetricsText& text) const;

 private:
  static constexpr size_t kRemembered = 1000;
  struct Ended {
    std::string kind;
    std::string result;   // "SUCCEEDED", ...
    std::string outcome;  // "CHANGED_VERIFIED", ...; "" when nothing was to be written
    auto operator<=>(const Ended&) const = default;
  };

  bool IsNew(const std::string& job_id) FB_REQUIRES(mutex_);

  storage::Ledger& ledger_;
  mutable Mutex mutex_;
  std::set<std::string> counted_ FB_GUARDED_BY(mutex_);
  std::deque<std::string> order_ FB_GUARDED_BY(mutex_);  // of those, oldest first
  std::map<Ended, int64_t> ended_ FB_GUARDED_BY(mutex_);
  std::map<std::string, web::Histogram> seconds_ FB_GUARDED_BY(mutex_);  // by kind
  int64_t read_bytes_ FB_GUARDED_BY(mutex_) = 0;
  int64_t written_bytes_ FB_GUARDED_BY(mutex_) = 0;
};

}  // namespace firmbench

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all connections of the listener share. For the listener's thread, but for `slow`, which runs
// what waits for the disk.

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <map>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/web/door.h"
#include "daemon/web/lines.h"
#include "daemon/web/page_files.h"

namespace firmbench::web {

// Wrong links and tokens, by where they come from. A secret has 255 random bits: this keeps the log
// and the ledger quiet, it does not guard anything.
class Failures {
 public:
  static constexpr int kMost = 20;  // of one address, in one kWindow
  static constexpr Nanos kWindow = std::chrono::minutes(1);
  static constexpr size_t kMostAddresses = 1000;

  explicit Failures(const Clock& clock) : clock_(clock) {}
  bool TooMany(const std::string& peer);
  void Count(const std::string& peer);

 private:
  void Begin();

  const Clock& clock_;
  Nanos since_{0};
  std::map<std::string, int> counts_;
};

struct Bridge {
  // Of all bodies that are being read and are not small.
  static constexpr size_t kMostBodies = 32U << 20;

  Bridge(Door& bench, const Clock& time, std::string page_folder, bool metrics_to_all)
      : door(bench),
        clock(time),
        page(std::move(page_folder)),
        metrics_for_all(metrics_to_all),
        failures(time),
        lines(bench, time) {}

  Door& door;
  const Clock& clock;
  const PageFiles page;
  const bool metrics_for_all;
  boost::asio::io_context io{1};
  boost::asio::thread_pool slow{1};
  Failures failures;
  Lines lines;
  size_t bodies = 0;  // bytes promised to those being read
};

}  // namespace firmbench::web

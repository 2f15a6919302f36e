// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all connections of the listener share. For the listener's thread, but for `slow`, which runs
// what waits for the disk.

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/base/failures.h"
#include "daemon/web/door.h"
#include "daemon/web/lines.h"
#include "daemon/web/page_files.h"

namespace firmbench::web {

struct Bridge {
  // Of all bodies that are being read and are not small.
  static constexpr size_t kMostBodies = 32U << 20;

  Bridge(Door& bench, const Clock& time, std::string page_folder,
         std::function<bool()> metrics_to_all)
      : door(bench),
        clock(time),
        page(std::move(page_folder)),
        metrics_for_all(std::move(metrics_to_all)),
        failures(time),
        lines(bench, time) {}

  Door& door;
  const Clock& clock;
  const PageFiles page;
  const std::function<bool()> metrics_for_all;
  boost::asio::io_context io{1};
  boost::asio::thread_pool slow{1};
  Failures failures;  // wrong links and tokens
  Lines lines;
  size_t bodies = 0;  // bytes promised to those being read
};

}  // namespace firmbench::web

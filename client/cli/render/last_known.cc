// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/last_known.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/render/drive.h"

namespace firmbench::cli::render {
namespace {

bool MayBeWritten(v1::Job::State state) {
  switch (state) {
    case v1::Job::STATE_ENTERING:
    case v1::Job::STATE_ARMED:
    case v1::Job::STATE_WRITING:
    case v1::Job::STATE_RESETTING:
    case v1::Job::STATE_READBACK:
      return true;
    default:
      return false;
  }
}

bool Writes(const v1::Job& job) { return job.kind() != "backup" && job.kind() != "verify"; }

std::string Who(const v1::Job& job) {
  return Clean(job.unit_number().empty() ? job.drive() : job.unit_number());
}

std::string WhatToDo(const v1::Job& job, Style style) {
  const bool began = job.state() != v1::Job::STATE_ENTERING && job.state() != v1::Job::STATE_ARMED;
  std::string what =
      fmt::format("drive {} was about to be written when it was last seen", Who(job));
  if (job.needs_recovery()) {
    what = fmt::format("a write to drive {} was cut, and it was not brought back yet", Who(job));
  } else if (began) {
    what = fmt::format("drive {} was being written when it was last seen", Who(job));
  }
  std::string text = Paint(style, Color::kYellow, what) + "\n";
  text += "  " +
          Wrap(
              "If that PC does not start: unplug the drive's power, start the PC, and plug the "
              "power in when you are asked to. The backup that was made before the write is in "
              "the ledger of that PC.",
              2, 2) +
          "\n";
  const std::string_view verb = job.needs_recovery() ? "recover" : "show";
  return text + fmt::format("  Once it runs: firmbench job {} {}\n", verb, Clean(job.name()));
}

}  // namespace

std::string Age(int64_t seen_us, int64_t now_us) {
  const int64_t seconds = std::max<int64_t>(0, (now_us - seen_us) / 1'000'000);
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} days", seconds / 86400);
}

std::string LastKnownText(const LastState& state, int64_t now_us, Style style) {
  std::string lines;
  std::string advice;
  for (const auto& [seen_us, job] : state.jobs) {
    const bool open = job.state() != v1::Job::STATE_CLOSED;
    if (!open && !job.needs_recovery()) continue;
    lines +=
        fmt::format("  {}, {} of {}: {}, {} ago\n", Clean(job.name()), Clean(job.kind()), Who(job),
                    open ? Word(job.state()) : "its write was cut", Age(seen_us, now_us));
    if (job.needs_recovery() || (Writes(job) && MayBeWritten(job.state()))) {
      advice += WhatToDo(job, style);
    }
  }
  for (const auto& [seen_us, drive] : state.drives) {
    lines += fmt::format("  {}: {}, {} ago\n", DriveTitle(drive), StateInWords(drive.state()),
                         Age(seen_us, now_us));
  }
  if (lines.empty()) return "";
  return "what this bench said last:\n" + lines + advice;
}

}  // namespace firmbench::cli::render

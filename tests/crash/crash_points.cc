// SPDX-License-Identifier: Apache-2.0
// Cuts every kind of job on every model at every command of the drive and at every write of the
// ledger, restarts from there, and counts what is lost. In every second of the cuts the drive lost
// its power as well, and the ledger's disk what was not synced.
//
//   crash_points [--seed N] [--sample N] [--only SCENARIO] [--point N]
//
// Without --sample every point is taken, of some scenarios one in so many that the seed begins
// with; with --sample so many of all, chosen by the seed. A point that
// is lost is printed with what replays it.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "daemon/base/log.h"
#include "daemon/base/mutex.h"
#include "tests/crash/checker.h"

namespace firmbench::test {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t sample = 0;  // 0: all
  std::string only;
  uint64_t point = 0;  // 0: all
};

struct Tally {
  std::atomic<uint64_t> points = 0;
  std::atomic<uint64_t> recovered = 0;
  std::atomic<uint64_t> declared = 0;
  std::atomic<uint64_t> lost = 0;
};

// One point, and how its world is found after the cut.
struct Point {
  uint64_t index = 0;
  WorldState left;
  bool to_new = false;
};

// Workers that check points, and a short queue before them: the job that is being cut waits while
// it is full, so that memory stays bounded.
class Workers {
 public:
  Workers(const Scenario& scenario, const Prepared& job, Tally& tally, const Options& options)
      : scenario_(scenario), job_(job), tally_(tally), options_(options) {
    // Twice as many as processors: a world waits for its own threads half of the time.
    const unsigned count = 2 * std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Workers() {
    {
      MutexLock lock(mutex_);
      closed_ = true;
    }
    changed_.NotifyAll();
  }

  void Add(Point point) {
    constexpr size_t kWaiting = 64;
    MutexLock lock(mutex_);
    while (waiting_.size() >= kWaiting) changed_.Wait(mutex_);
    waiting_.push_back(std::move(point));
    changed_.NotifyAll();
  }

 private:
  void Work() {
    for (;;) {
      Point point;
      {
        MutexLock lock(mutex_);
        while (waiting_.empty() && !closed_) changed_.Wait(mutex_);
        if (waiting_.empty()) return;
        point = std::move(waiting_.front());
        waiting_.pop_front();
        changed_.NotifyAll();
      }
      Judge(point);
    }
  }

  void Judge(const Point& point) {
    const Checked checked = CheckAfterRestart(scenario_, job_, point.left, point.to_new);
    ++tally_.points;
    switch (checked.verdict) {
      case Verdict::kRecovered:
        ++tally_.recovered;
        return;
      case Verdict::kLostAsDeclared:
        ++tally_.declared;
        return;
      case Verdict::kLost:
        break;
    }
    constexpr uint64_t kMostPrinted = 20;
    if (++tally_.lost > kMostPrinted) return;
    MutexLock lock(mutex_);
    std::printf(
        "LOST %s, point %llu: %s\n  replay: crash_points --seed %llu --only '%s' --point %llu\n",
        scenario_.name.c_str(), static_cast<unsigned long long>(point.index), checked.why.c_str(),
        static_cast<unsigned long long>(options_.seed), scenario_.name.c_str(),
        static_cast<unsigned long long>(point.index));
    std::fflush(stdout);
  }

  const Scenario& scenario_;
  const Prepared& job_;
  Tally& tally_;
  const Options& options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Point> waiting_ FB_GUARDED_BY(mutex_);
  bool closed_ FB_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use the others
};

// Runs the job once to its end and calls `at` at every point on the way, with its index from 1. The
// commands of the drive and the writes of the ledger are of different threads, but never at once.
class Cutter {
 public:
  using At = std::function<void(uint64_t index, World& world, const simulator::CommandMoment*)>;
  Cutter(World& world, At at) : world_(world), at_(std::move(at)) {}

  uint64_t Run(const jobs::JobSpec& spec) {
    world_.disk().BeforeOperation([this](int64_t) { at_(++index_, world_, nullptr); });
    world_.drive().OnCommand(
        [this](const simulator::CommandMoment& moment) { at_(++index_, world_, &moment); });
    const auto job = world_.Run(spec);
    world_.drive().OnCommand({});
    world_.disk().BeforeOperation({});
    // The job itself must end well, or its points would prove nothing.
    if (!job || job->row.result != "SUCCEEDED") {
      std::printf("the job itself fails: %s\n",
                  job ? job->row.error_message.c_str() : job.error().message().c_str());
      return 0;
    }
    return index_;
  }

 private:
  World& world_;
  const At at_;
  std::atomic<uint64_t> index_ = 0;
};

WorldState StateAt(uint64_t index, uint64_t seed, World& world,
                   const simulator::CommandMoment* moment) {
  // Killed alone, or with the power of PC and drive.
  const bool power = index % 2 == 0;
  const auto loss = !power           ? simulator::PowerLoss::kNone
                    : index % 4 == 0 ? simulator::PowerLoss::kAtOnce
                                     : simulator::PowerLoss::kDuringWork;
  constexpr Loss kLosses[] = {Loss::kUnsynced, Loss::kInOrder, Loss::kReordered};
  const Loss disk = power ? kLosses[index / 2 % 3] : Loss::kProcessKilled;
  return {{moment != nullptr ? moment->Image() : world.drive().Image(), loss},
          world.disk().Cut(disk, seed + index)};
}

bool Cut(const Scenario& scenario, const Options& options, const std::vector<bool>* chosen,
         uint64_t first, Tally& tally, uint64_t* count) {
  World world(scenario.drive, nullptr);
  if (!world.ok()) fmt::print(stderr, "{}\n", world.ok().error().ToString());
  FB_CHECK(static_cast<bool>(world.ok()));
  const Prepared job = scenario.prepare(world);
  std::optional<Workers> workers;
  if (chosen != nullptr) workers.emplace(scenario, job, tally, options);
  const auto at = [&](uint64_t index, World& now, const simulator::CommandMoment* moment) {
    if (!workers) return;
    const bool taken = options.point != 0    ? index == options.point
                       : options.sample != 0 ? (*chosen)[first + index - 1]
                                             : (index + options.seed) % scenario.every == 0;
    if (!taken) return;
    workers->Add({index, StateAt(index, options.seed, now, moment), index / 2 % 2 == 0});
  };
  *count = Cutter(world, at).Run(job.spec);
  return *count != 0;
}

std::vector<bool> Choose(uint64_t total, const Options& options) {
  // A cut may come a few operations later than when it was counted: group commits are not exact.
  std::vector<bool> chosen(total * 2 + 1000, false);
  std::mt19937_64 random(options.seed);
  for (uint64_t i = 0; i < options.sample && total != 0; ++i) chosen[random() % total] = true;
  return chosen;
}

uint64_t Number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    std::fprintf(stderr, "not a number: %.*s\n", static_cast<int>(text.size()), text.data());
    std::exit(2);
  }
  return value;
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--seed") options.seed = Number(argv[i + 1]);
    if (name == "--sample") options.sample = Number(argv[i + 1]);
    if (name == "--point") options.point = Number(argv[i + 1]);
    if (name == "--only") options.only = argv[i + 1];
  }
  return options;
}

int Main(const Options& options) {
  log::SetLevel(log::Level::kCritical);
  // Counting memory takes one lock for all worlds, at every allocation of every ledger.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const auto started = std::chrono::steady_clock::now();
  std::vector<Scenario> scenarios = AllScenarios();
  std::erase_if(scenarios, [&](const Scenario& scenario) {
    return !options.only.empty() && scenario.name != options.only;
  });
  // With a sample the points are counted first, so that each has the same chance.
  std::vector<uint64_t> first = {0};
  for (const Scenario& scenario : scenarios) {
    uint64_t count = 0;
    Tally none;
    if (options.sample != 0 && !Cut(scenario, options, nullptr, 0, none, &count)) return 1;
    first.push_back(first.back() + count);
  }
  const std::vector<bool> chosen = Choose(first.back(), options);
  Tally tally;
  bool well = true;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    const uint64_t before = tally.points;
    uint64_t count = 0;
    well = Cut(scenarios[i], options, &chosen, first[i], tally, &count) && well;
    std::printf("%-32s %8llu points, %llu cut\n", scenarios[i].name.c_str(),
                static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(tally.points - before));
    std::fflush(stdout);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::printf("%s\n",
              fmt::format("{} crash points, {} recovered, {} lost as declared, {} lost ({:.0f} s, "
                          "seed {})",
                          tally.points.load(), tally.recovered.load(), tally.declared.load(),
                          tally.lost.load(), seconds, options.seed)
                  .c_str());
  return well && tally.lost == 0 && tally.points != 0 ? 0 : 1;
}

}  // namespace
}  // namespace firmbench::test

int main(int argc, char** argv) {
  return firmbench::test::Main(firmbench::test::Parse(argc, argv));
}

// SPDX-License-Identifier: Apache-2.0
// Thousands of random jobs on a bench of simulated drives of a few KB, with faults, cancels, burned
// discs, kills and power cuts; after every round each drive and each job is judged.
//
//   random_soak [--seed N] [--jobs N] [--drives N]
//
// Every 500 jobs begin with a new ledger and the next seed. A broken promise is printed with what
// replays it. What is drawn depends on the seed alone; how the threads of the bench interleave does
// not, so a replay may need a few runs.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "daemon/base/log.h"
#include "tests/soak/drive_soak.h"

namespace firmbench::test {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t jobs = 10000;
  uint64_t drives = 16;
};

class Soak {
 public:
  explicit Soak(const Options& options) : options_(options), seed_(options.seed) {}

  int Run() {
    const auto started = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    };
    while (tally_.broken == 0 && tally_.jobs < options_.jobs) {
      if (!bench_ || tally_.jobs - first_job_ >= kJobsPerLedger) NewLedger();
      const uint64_t before = tally_.jobs / 1000;
      if (tally_.broken == 0) {
        Round();
        SayWhatDrivesBroke();
      }
      if (tally_.jobs / 1000 == before || tally_.broken != 0) continue;
      std::printf("%s\n", fmt::format("{} jobs, {:.0f} s", tally_.jobs, seconds()).c_str());
      std::fflush(stdout);
    }
    if (tally_.broken == 0) JudgeLedger();
    std::printf("%s\n", fmt::format("{} jobs, {} restarts, {} faults, {} cancelled, {} recovered, "
                                    "{} broken promises ({:.0f} s, seed {})",
                                    tally_.jobs, tally_.restarts, tally_.faults, tally_.cancelled,
                                    tally_.recovered, tally_.broken, seconds(), options_.seed)
                            .c_str());
    return tally_.broken == 0 && tally_.jobs >= options_.jobs ? 0 : 1;
  }

 private:
  // A ledger that has seen much makes every look at a drive slower, so a new one is begun now and
  // then, with drives and draws of its own: it is what a run with the next seed begins with.
  static constexpr uint64_t kJobsPerLedger = 500;

  void NewLedger() {
    if (bench_) {
      JudgeLedger();
      if (tally_.broken != 0) return;
      ++seed_;
    }
    first_job_ = tally_.jobs;
    round_ = 0;
    random_.seed(seed_);
    drives_.clear();
    for (size_t i = 0; i < options_.drives; ++i) drives_.emplace_back(i, seed_, tally_);
    Open(nullptr);
    for (DriveSoak& drive : drives_) {
      if (tally_.broken == 0) drive.Learn(*bench_);
    }
  }

  void Broken(const std::string& why, bool counted) {
    if (!counted) ++tally_.broken;
    std::printf(
        "%s\n",
        fmt::format("BROKEN near job {}: {}\n  replay: random_soak --seed {} --drives {} "
                    "--jobs {}",
                    tally_.jobs, why, options_.seed, options_.drives, tally_.jobs - first_job_ + 1)
            .c_str());
    std::fflush(stdout);
  }

  void Open(const BenchState* left) {
    bench_.reset();
    bench_ = std::make_unique<SoakBench>(options_.drives, seed_, left);
    if (!bench_->ok())
      Broken("the daemon does not start: " + bench_->ok().error().message(), false);
  }

  void Round() {
    ++round_;
    bench_->BeginRound();
    for (DriveSoak& drive : drives_) drive.Begin(*bench_, round_);
    const bool restart = random_() % 100 < 15;
    const CutDraw cut = DrawCut();
    if (restart) bench_->CutAt(cut);
    Wait();
    std::optional<BenchState> left = bench_->Disarm();
    // Draws that were not reached cut the bench when nothing runs.
    if (restart && !left) left = bench_->StateNow(cut);
    if (left) {
      CheckWatchers();
      Open(&*left);
      ++tally_.restarts;
      if (tally_.broken != 0) return;
      WaitAfterRestart();
    }
    for (DriveSoak& drive : drives_) drive.Judge(*bench_, left.has_value());
    JudgeNoneOpen();
    for (const bool with_fault : {true, false}) {
      for (DriveSoak& drive : drives_) drive.BeginRecovery(*bench_, with_fault);
      Wait();
      for (DriveSoak& drive : drives_) drive.EndRecovery(*bench_);
    }
    for (DriveSoak& drive : drives_) drive.JudgeEnd(*bench_);
    CheckWatchers();
  }

  void SayWhatDrivesBroke() {
    for (const DriveSoak& drive : drives_) {
      if (!drive.broken().empty()) Broken(drive.broken(), true);
    }
  }

  CutDraw DrawCut() {
    constexpr Loss kLosses[] = {Loss::kUnsynced, Loss::kInOrder, Loss::kReordered};
    CutDraw cut;
    cut.drive = random_() % drives_.size();
    cut.commands = 1 + random_() % (uint64_t{2} << random_() % 13);
    cut.seed = random_();
    if (random_() % 2 == 0) return cut;
    cut.disk = kLosses[random_() % 3];
    cut.power =
        random_() % 2 == 0 ? simulator::PowerLoss::kAtOnce : simulator::PowerLoss::kDuringWork;
    return cut;
  }

  void Wait() {
    for (const DriveSoak& drive : drives_) {
      if (!bench_->WaitClosed(drive.open_jobs())) Broken("a job hangs", false);
    }
  }

  void WaitAfterRestart() {
    Wait();
    if (tally_.broken == 0 && !bench_->trouble().empty()) Broken(bench_->trouble(), false);
  }

  void CheckWatchers() {
    if (const std::string trouble = bench_->trouble(); !trouble.empty()) Broken(trouble, false);
  }

  void JudgeNoneOpen() {
    const auto open = bench_->ledger().ListJobs({.open_only = true}, {.size = 100});
    if (!open) return Broken("the open jobs cannot be listed", false);
    if (!open->rows.empty()) {
      Broken(fmt::format("a {} is open and not live", open->rows.front().kind), false);
    }
  }

  void JudgeLedger() {
    const auto report = bench_->ledger().Verify();
    if (!report) return Broken("the ledger cannot be checked: " + report.error().message(), false);
    if (!report->problems.empty()) Broken("the ledger: " + report->problems.front(), false);
  }

  const Options options_;
  uint64_t seed_;           // of this ledger
  uint64_t first_job_ = 0;  // with it
  std::mt19937_64 random_;
  SoakTally tally_;
  std::vector<DriveSoak> drives_;
  std::unique_ptr<SoakBench> bench_;
  uint64_t round_ = 0;
};

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
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    uint64_t* const value = name == "--seed"     ? &options.seed
                            : name == "--jobs"   ? &options.jobs
                            : name == "--drives" ? &options.drives
                                                 : nullptr;
    if (value == nullptr || i + 1 == argc) {
      std::fprintf(stderr, "usage: random_soak [--seed N] [--jobs N] [--drives N]\n");
      std::exit(2);
    }
    *value = Number(argv[i + 1]);
  }
  return options;
}

}  // namespace
}  // namespace firmbench::test

int main(int argc, char** argv) {
  firmbench::log::SetLevel(firmbench::log::Level::kCritical);
  return firmbench::test::Soak(firmbench::test::Parse(argc, argv)).Run();
}

// SPDX-License-Identifier: Apache-2.0
// Every fault at every step of a flash job on every model: what the job says, what the drive really
// holds, and whether every promise was kept.
//
//   fault_matrix [--golden FILE | --update FILE] [--only TEXT]
//
// --golden compares the table with the file, --update writes it. A cell is as expected when no
// promise was broken and its line is the one in the file. --only takes the cells whose name,
// "MODEL, STEP, FAULT", contains the text, and prints everything about them.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "daemon/base/log.h"
#include "tests/faults/cell.h"

namespace firmbench::test {
namespace {

struct Done {
  Cell cell;
  CellResult result;
};

std::string NameOf(const Cell& cell) {
  return fmt::format("{}, {}, {} {}", cell.model, cell.step, cell.fault.name,
                     cell.fault.lasting ? "lasting" : "once");
}

std::vector<Done> AllCells(const std::string& only) {
  std::vector<Done> cells;
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.name != "flash " + scenario.drive.model) continue;
    for (const std::string& step : FaultSteps(scenario.drive.model)) {
      for (const MatrixFault& fault : AllMatrixFaults()) {
        Done done{{scenario.drive.model, step, fault}, {}};
        if (NameOf(done.cell).find(only) != std::string::npos) cells.push_back(std::move(done));
      }
    }
  }
  return cells;
}

void RunAll(std::vector<Done>& cells) {
  std::atomic<size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t at = next++; at < cells.size(); at = next++) {
        cells[at].result = RunCell(cells[at].cell);
      }
    });
  }
}

// What a cell ended with, without its name.
std::string EndOf(const CellResult& result) {
  const storage::Job& job = result.job;
  std::string drive = result.holds + ", " + result.drive;
  if (job.drive_state != "untouched") drive += ", said " + job.drive_state;
  if (result.quarantined) drive += ", quarantined";
  std::string line = fmt::format("{:<9} {:<18} {:<8} {:<48} {}", job.result, job.outcome,
                                 job.eeprom_check, drive, job.error_reason);
  if (!job.error_reason.empty()) line += ": " + job.error_message;
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string LineOf(const Done& done) {
  const Cell& cell = done.cell;
  return fmt::format("{:<22} {:<22} {:<8} {}", cell.step, cell.fault.name,
                     cell.fault.lasting ? "lasting" : "once", EndOf(done.result));
}

constexpr const char* kIntroduction =
    R"(What a flash job says when a fault strikes from one of its steps on, and what the drive then holds.

"once": the first command that the fault can strike; "lasting": all of them from then on. Faults
that begin with "way:" are between host and drive, the others are the drive's own. The column "drive"
is the truth of the simulated drive: its flash ("old", "new" or "neither" firmware), what it does,
and what the job said of it where it did not call it untouched. Of the other models only
the lines that differ from the first model's are listed.
)";

std::string TableOf(const std::vector<Done>& cells) {
  std::string table = kIntroduction;
  std::vector<std::string> first;
  std::string model;
  for (const Done& done : cells) {
    if (done.cell.model != model) {
      table += fmt::format("\n{}{}\n", done.cell.model, model.empty() ? "" : ", where it differs");
      model = done.cell.model;
      table += fmt::format("{:<22} {:<22} {:<8} {:<9} {:<18} {:<8} {:<48} {}\n", "STEP", "FAULT",
                           "HOW", "RESULT", "OUTCOME", "EEPROM", "DRIVE", "REASON: MESSAGE");
    }
    const std::string line = LineOf(done);
    if (done.cell.model == cells.front().cell.model) {
      first.push_back(line);
    } else if (std::find(first.begin(), first.end(), line) != first.end()) {
      continue;
    }
    table += line + "\n";
  }
  return table;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Prints what is in one table and not in the other; returns how many lines are missing or new.
size_t Compare(const std::string& golden, const std::string& now) {
  auto expected = LinesOf(golden), got = LinesOf(now);
  if (expected == got) return 0;
  size_t different = 0;
  const auto print = [&](const auto& from, const auto& in, char mark) {
    for (const std::string& line : from) {
      if (std::find(in.begin(), in.end(), line) != in.end()) continue;
      std::printf("%c %s\n", mark, line.c_str());
      different += mark == '+' ? 1 : 0;
    }
  };
  print(expected, got, '-');
  print(got, expected, '+');
  return std::max<size_t>(different, 1);
}

int Main(const std::vector<std::string>& arguments) {
  std::string golden, update, only;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    std::string* value = arguments[i] == "--golden"   ? &golden
                         : arguments[i] == "--update" ? &update
                         : arguments[i] == "--only"   ? &only
                                                      : nullptr;
    if (value == nullptr || i + 1 == arguments.size()) {
      std::fprintf(stderr, "usage: fault_matrix [--golden FILE | --update FILE] [--only TEXT]\n");
      return 2;
    }
    *value = arguments[i + 1];
  }
  log::SetLevel(log::Level::kCritical);
  std::vector<Done> cells = AllCells(only);
  RunAll(cells);
  size_t wrong = 0;
  for (const Done& done : cells) {
    if (!only.empty())
      std::printf("%s: %s\n", NameOf(done.cell).c_str(), EndOf(done.result).c_str());
    if (done.result.broken.empty()) continue;
    ++wrong;
    for (const std::string& why : done.result.broken) {
      std::printf("BROKEN %s: %s\n  %s\n", NameOf(done.cell).c_str(), why.c_str(),
                  EndOf(done.result).c_str());
    }
  }
  const std::string table = TableOf(cells);
  if (!update.empty()) std::ofstream(update) << table;
  if (!golden.empty()) {
    std::ifstream in(golden);
    wrong += Compare({std::istreambuf_iterator<char>(in), {}}, table);
  }
  wrong = std::min(wrong, cells.size());
  std::printf("%zu cells, %zu as expected, %zu not\n", cells.size(), cells.size() - wrong, wrong);
  return wrong == 0 && !cells.empty() ? 0 : 1;
}

}  // namespace
}  // namespace firmbench::test

int main(int argc, char** argv) {
  return firmbench::test::Main(std::vector<std::string>(argv + 1, argv + argc));
}

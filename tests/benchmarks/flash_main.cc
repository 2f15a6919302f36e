// SPDX-License-Identifier: Apache-2.0
// firmbench-bench: one protected flash of a simulated drive, timed; prints one line of JSON.
//   firmbench-bench virtual|paced MODEL FOLDER    FOLDER exists, is empty and lies on a real disk
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "storage/audit/canonical_json.h"
#include "tests/benchmarks/formula.h"
#include "tests/benchmarks/rig.h"

namespace firmbench::benchmarks {
namespace {

using storage::audit::Json;

int64_t Micros(Nanos time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// How long the threads of this process have been ready to run while other processes had the
// processors: what it grows by is no time of ours. 0 where the kernel does not count it.
Nanos HeldUp() {
  Nanos sum{0};
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::ifstream counts(task.path() / "schedstat");
    int64_t ran_ns = 0, waited_ns = 0;
    if (counts >> ran_ns >> waited_ns) sum += Nanos(waited_ns);
  }
  return sum;
}

Status Run(std::string_view mode, std::string_view model, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Rig> rig, Rig::Make(model, mode, folder));
  const simulator::Profile& profile = rig->drive().profile();
  const chips::ChipRow* chip = chips::FindChip(profile.chip_part);
  if (chip == nullptr) return NotFound("BENCH_CHIP", "the drive's chip is not in the table");
  ASSIGN_OR_RETURN(const chips::ChipPlan plan,
                   chips::PlanChipWrite(*chip, rig->before(), rig->after()));
  int64_t differing = 0;
  for (size_t i = 0; i < rig->before().size(); ++i) {
    differing += rig->before()[i] != rig->after()[i];
  }
  const Nanos held_up = HeldUp();
  ASSIGN_OR_RETURN(const Nanos took, rig->Flash());
  Json terms = Json::Object();
  const std::vector<Term> least =
      LeastFlashTime({profile.timings, *chip, plan, profile.eeprom.size_bytes});
  for (const Term& term : least) terms.Set(term.name, Micros(term.time));
  const Json line = Json::Object()
                        .Set("chip", chip->part)
                        .Set("differing_bytes", differing)
                        .Set("held_up_us", Micros(HeldUp() - held_up))
                        .Set("least_us", Micros(Sum(least)))
                        .Set("model", model)
                        .Set("size_bytes", static_cast<int64_t>(chip->size_bytes))
                        .Set("terms_us", std::move(terms))
                        .Set("took_us", Micros(took))
                        .Set("units", static_cast<int64_t>(plan.units.size()));
  std::puts(line.Dump().c_str());
  return Ok();
}

}  // namespace
}  // namespace firmbench::benchmarks

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: firmbench-bench virtual|paced MODEL FOLDER\n", stderr);
    return 2;
  }
  const firmbench::Status status = firmbench::benchmarks::Run(argv[1], argv[2], argv[3]);
  if (status) return 0;
  fmt::print(stderr, "error: {} ({})\n", status.error().message(), status.error().reason());
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
// Fuzz target: TOML: the daemon's configuration, and scenarios of simulated benches. The first byte
// says which.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/config/config.h"
#include "daemon/families/personalities.h"
#include "daemon/simulator/scenario.h"

namespace {

void Require(bool promise) {
  if (!promise) std::abort();
}

void CheckSettings(std::string_view text) {
  namespace config = firmbench::config;
  const auto settings = config::ParseConfig(text, "firmbenchd.toml");
  if (!settings) {
    Require(settings.error().reason() == "CONFIG_INVALID");
    Require(settings.error().message().find("firmbenchd.toml") != std::string::npos);
    return;
  }
  Require(config::Differences(*settings, *settings).empty());
  Require(settings->claim.count() >= 1 && settings->claim.count() <= config::kMaxClaimMinutes);
  Require(settings->solo_wait.count() >= 1 &&
          settings->solo_wait.count() <= config::kMaxSoloWaitMinutes);
  // What it says of itself can be read again, and is the same.
  std::string written, table;
  for (const config::KeyInfo& key : config::Keys(*settings)) {
    if (key.table != table) written += "[" + key.table + "]\n";
    table = key.table;
    written += key.name + " = " + key.value + "\n";
  }
  const auto again = config::ParseConfig(written, "again.toml");
  Require(again && config::Differences(*settings, *again).empty());
}

void CheckScenario(std::string_view text) {
  const auto scenario = firmbench::simulator::ParseScenario(
      text, "/nowhere/bench.toml", firmbench::families::AllPersonalities());
  if (!scenario) {
    Require(scenario.error().reason() == "SCENARIO_INVALID");
    return;
  }
  for (const auto& drive : scenario->drives) Require(!drive.model.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  data[0] == 's' ? CheckScenario(text) : CheckSettings(text);
  return 0;
}

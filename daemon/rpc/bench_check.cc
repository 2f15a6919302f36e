// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/bench_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/jobs/bridge_history.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

// A clock that was set back by less is no matter: entries are ordered by number, not by time.
constexpr int64_t kBackwardsUs = 60'000'000;

Check CheckLedger(const Context& bench) {
  const storage::LedgerHealth health = bench.ledger.Health();
  if (!health.writable) {
    return {"ledger", Verdict::kBad, health.reason, health.text, health.remedy};
  }
  return {
      "ledger", Verdict::kGood, "",
      fmt::format("the ledger takes records, schema {}; `firmbench ledger check` reads all of it",
                  bench.ledger.schema_version()),
      ""};
}

// The log is the only clock besides the PC's own that a bench without a network has.
Check CheckTime(const Context& bench) {
  constexpr char kSubject[] = "time";
  const auto size = bench.ledger.AuditSize();
  if (!size) {
    return {kSubject, Verdict::kBad, size.error().reason(), size.error().message(),
            size.error().remedy()};
  }
  if (*size == 0) return {kSubject, Verdict::kGood, "", "the log has no entry yet", ""};
  const auto newest = bench.ledger.GetAuditEntry(*size - 1);
  if (!newest) {
    return {kSubject, Verdict::kBad, newest.error().reason(), newest.error().message(),
            newest.error().remedy()};
  }
  if (bench.clock.WallMicros() + kBackwardsUs < newest->time_us) {
    return {
        kSubject, Verdict::kBad, "CLOCK_BEHIND_LOG",
        "this PC's clock is behind the newest entry of the log, so it was set back, or was wrong",
        "set the clock: timedatectl; entries keep their order by number"};
  }
  return {kSubject, Verdict::kGood, "", "the clock does not contradict the log", ""};
}

Check CheckCopy(const Context& bench) {
  constexpr char kSubject[] = "copy";
  if (bench.second_copy == nullptr) {
    return {kSubject, Verdict::kWarning, "NO_SECOND_COPY",
            "every dump lies on one disk only, and a drive's EEPROM is nowhere else",
            "name a folder on another file system: [copy] folder in firmbenchd.toml"};
  }
  const jobs::CopyState state = bench.second_copy->State();
  if (state.failing) {
    return {kSubject, Verdict::kBad, state.failing->reason, state.failing->text,
            state.failing->remedy};
  }
  if (!state.pending.empty()) {
    return {kSubject, Verdict::kWarning, "COPY_PENDING",
            fmt::format("{} files are still to be copied", state.pending.size()),
            "ask again in a minute"};
  }
  return {kSubject, Verdict::kGood, "", "every dump also lies on another file system", ""};
}

// One line for each bridge that drives hang on now.
void CheckBridges(const Context& bench, std::vector<Check>& checks) {
  constexpr char kSubject[] = "bridge";
  std::map<std::string, std::string> bays;
  for (const inventory::Snapshot& drive : bench.inventory.List()) {
    if (!drive->bridge.empty() && drive->condition != inventory::DriveCondition::kGone) {
      bays.emplace(drive->bridge, drive->bay);
    }
  }
  for (const auto& [bridge, bay] : bays) {
    const auto history = jobs::HistoryOf(bench.ledger, bridge);
    if (!history) continue;  // what is wrong with the ledger stands in its own line
    const std::string text = fmt::format("the bridge of {}: {}", bay, jobs::ToText(*history));
    if (history->failed == 0) {
      checks.push_back({kSubject, Verdict::kGood, "", text, ""});
      continue;
    }
    checks.push_back({kSubject, Verdict::kWarning, "BRIDGE_FAILED_BEFORE", text,
                      "change cable, power or bridge before a drive is written through it"});
  }
}

v1::Check::Verdict ToApi(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return v1::Check::VERDICT_GOOD;
    case Verdict::kWarning:
      return v1::Check::VERDICT_WARNING;
    case Verdict::kBad:
      return v1::Check::VERDICT_BAD;
    case Verdict::kNotChecked:
      return v1::Check::VERDICT_NOT_CHECKED;
  }
  return v1::Check::VERDICT_UNSPECIFIED;
}

}  // namespace

v1::CheckBenchResponse CheckBench(const Context& bench) {
  std::vector<Check> checks;
  if (bench.check_machine) checks = bench.check_machine();
  checks.push_back(CheckTime(bench));
  checks.push_back(CheckLedger(bench));
  checks.push_back(CheckCopy(bench));
  CheckBridges(bench, checks);
  v1::CheckBenchResponse response;
  for (const Check& check : checks) {
    v1::Check& row = *response.add_checks();
    row.set_subject(check.subject);
    row.set_verdict(ToApi(check.verdict));
    row.set_reason(check.reason);
    row.set_text(check.text);
    row.set_remedy(check.remedy);
  }
  SetTime(response.mutable_current_time(), bench.clock.WallMicros());
  return response;
}

}  // namespace firmbench::rpc

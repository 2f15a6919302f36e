// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::test {
namespace {

class Check {
 public:
  Check(const Scenario& scenario, const Prepared& job, const WorldState& left, bool to_new)
      : job_(job),
        boot_lost_(scenario.drive.boot_lost),
        to_new_(to_new),
        world_(scenario.drive, &left) {}

  Checked Run() {
    if (!world_.ok()) return Lost("the daemon does not start: " + world_.ok().error().message());
    JudgeOpenJobs();
    if (!why_.empty()) return Lost(why_);
    world_.WaitIdle();
    JudgeJobs();
    if (!why_.empty()) return Lost(why_);
    if (boot_lost_ && IsDead()) {
      // A chip in the middle of a command keeps a drive from starting as well.
      SwitchOffAndOn();
      if (IsDead()) return JudgeDeclaredLoss();
    }
    Recover();
    if (why_.empty()) JudgeDrive();
    if (why_.empty()) JudgeLedger();
    return why_.empty() ? Checked{} : Lost(why_);
  }

 private:
  static Checked Lost(std::string why) { return {Verdict::kLost, std::move(why)}; }
  void Fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
  }

  Bytes Memory() {
    return job_.memory == firmbench::Memory::kEeprom ? world_.drive().EepromBytes()
                                                     : world_.drive().FlashBytes();
  }

  std::vector<storage::Job> Jobs() {
    auto jobs = world_.ledger().ListJobs({}, {.size = 100});
    if (!jobs) {
      Fail("the jobs cannot be listed: " + jobs.error().message());
      return {};
    }
    return std::move(jobs->rows);
  }

  // Directly after the restart a job that wrote is closed; others may run again, or for the first
  // time, and may have come to their write by now.
  void JudgeOpenJobs() {
    for (const storage::Job& job : Jobs()) {
      if (!job.result.empty() || job.write_started_us == 0 || job.attempts != 0 ||
          world_.engine().Live(job.id) != nullptr) {
        continue;
      }
      // It may have ended since it was listed.
      const auto now = world_.ledger().GetJob(job.id);
      if (!now || now->result.empty()) {
        Fail(fmt::format("{} of a job that wrote is still {}", job.kind, job.state));
      }
    }
  }

  // The newest job is the one that was cut; it says what became of its memory.
  void JudgeJobs() {
    const auto jobs = Jobs();
    for (const storage::Job& job : jobs) {
      if (job.result.empty()) Fail(fmt::format("a {} never ended", job.kind));
    }
    if (jobs.empty() || jobs.front().kind != ToString(job_.spec.kind)) return;
    const storage::Job& cut = jobs.front();
    const Bytes now = Memory();
    const Bytes eeprom = world_.drive().EepromBytes();
    const bool is_old = now == job_.old_bytes && (!job_.both || eeprom == job_.old_eeprom);
    const bool is_new = now == job_.new_bytes && (!job_.both || eeprom == job_.new_eeprom);
    const auto claims = [&](std::string_view outcome) { return cut.outcome == outcome; };
    const bool untrue = (claims("CHANGED_VERIFIED") && !is_new) ||
                        (claims("NO_EFFECT") && !is_old) ||
                        ((claims("UNCHANGED") || claims("NOT_STARTED")) && !is_old && !is_new) ||
                        (cut.drive_state == "partly_written" && (is_old || is_new));
    if (untrue) {
      Fail(fmt::format("says {} / {}, but the {} is {}", cut.outcome, cut.drive_state, cut.memory,
                       is_old   ? "the old one"
                       : is_new ? "the new one"
                                : "neither"));
    }
  }

  // What the screens tell of a chip that is half written: it is written again, with what it held or
  // with what it was to hold. Before a drive is switched off that may hold nothing any more.
  void WriteChipAgain(const storage::Job& cut) {
    jobs::JobSpec spec = job_.spec;
    if (!to_new_) {
      const auto dumps = world_.ledger().ListDumps({.job_id = cut.id}, {.size = 100});
      if (!dumps) return Fail("the dumps cannot be listed: " + dumps.error().message());
      for (const storage::Dump& dump : dumps->rows) {
        if (dump.purpose == "before_write") spec.dump_id = dump.id;
      }
      if (spec.dump_id.empty()) return Fail("a chip was written without a dump");
      spec.image_id.clear();
    }
    const auto again = world_.Run(spec);
    if (!again) return Fail("the chip was not written again: " + again.error().message());
    if (again->row.result != "SUCCEEDED") {
      Fail(fmt::format("writing the chip again {} {}: {}", again->row.result,
                       again->row.error_reason, again->row.error_message));
    }
  }

  // What the screens tell a technician to do: the recovery, or switching the drive off and on.
  void Recover() {
    for (const storage::Job& row : Jobs()) {
      if (!inventory::WroteChip(row) || row.drive_state == "untouched") continue;
      WriteChipAgain(row);
      break;
    }
    for (const storage::Job& row : Jobs()) {
      const auto view = world_.engine().Get(row.id);
      if (!view) return Fail("a job cannot be shown: " + view.error().message());
      if (!view->needs_recovery) continue;
      jobs::JobSpec spec = world_.Spec(jobs::Kind::kRecover);
      spec.recovers = row.recovers.empty() ? row.id : row.recovers;
      spec.recover_to = to_new_ ? "new" : "old";
      const auto recovery = world_.Run(spec);
      if (!recovery) return Fail("not recovered: " + recovery.error().message());
      if (recovery->row.result != "SUCCEEDED") {
        return Fail(fmt::format("recovery {} {}: {}", recovery->row.result,
                                recovery->row.error_reason, recovery->row.error_message));
      }
      return;
    }
    if (world_.drive().state() != simulator::RunState::kRun) SwitchOffAndOn();
  }

  bool IsDead() { return world_.drive().state() == simulator::RunState::kDead; }
  void SwitchOffAndOn() {
    world_.drive().PowerCycle();
    world_.LookAgain();
  }

  void JudgeDrive() {
    if (world_.snapshot()->condition != inventory::DriveCondition::kReady ||
        world_.drive().state() != simulator::RunState::kRun) {
      return Fail("the drive does not answer at the end");
    }
    if (!world_.snapshot()->quarantine.empty()) {
      return Fail("still in quarantine: " + world_.snapshot()->quarantine);
    }
    const Bytes flash = world_.drive().FlashBytes();
    const Bytes eeprom = world_.drive().EepromBytes();
    if (job_.both) return JudgeBoth(flash, eeprom);
    const bool writes_eeprom = job_.memory == firmbench::Memory::kEeprom;
    if (eeprom != job_.eeprom && (!writes_eeprom || eeprom != job_.new_bytes)) {
      Fail("the EEPROM is not the unit's own");
    }
    if (std::find(job_.sound.begin(), job_.sound.end(), flash) == job_.sound.end()) {
      Fail("the firmware is neither the old nor the new one");
    }
  }

  // Half a conversion is none.
  void JudgeBoth(const Bytes& flash, const Bytes& eeprom) {
    const bool is_old = flash == job_.sound[0] && eeprom == job_.eeprom;
    const bool is_new = flash == job_.sound[1] && eeprom == job_.eeprom_of_new;
    if (!is_old && !is_new) Fail("firmware and EEPROM do not belong together");
  }

  void JudgeLedger() {
    const auto report = world_.ledger().Verify();
    if (!report) return Fail("the ledger cannot be checked: " + report.error().message());
    if (!report->problems.empty()) Fail("the ledger: " + report->problems.front());
  }

  // It must say so itself, and say the truth.
  Checked JudgeDeclaredLoss() {
    const auto jobs = Jobs();
    if (jobs.empty() || jobs.front().result != "FAILED" || jobs.front().outcome != "UNKNOWN") {
      return Lost(fmt::format(
          "a drive without a way back ends {} {} {}: {}", jobs.empty() ? "" : jobs.front().result,
          jobs.empty() ? "" : jobs.front().outcome, jobs.empty() ? "" : jobs.front().state,
          jobs.empty() ? "" : jobs.front().error_message));
    }
    JudgeLedger();
    return why_.empty() ? Checked{Verdict::kLostAsDeclared, {}} : Lost(why_);
  }

  const Prepared& job_;
  const bool boot_lost_;
  const bool to_new_;
  std::string why_;
  World world_;
};

}  // namespace

Checked CheckAfterRestart(const Scenario& scenario, const Prepared& job, const WorldState& left,
                          bool to_new) {
  return Check(scenario, job, left, to_new).Run();
}

}  // namespace firmbench::test

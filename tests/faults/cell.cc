// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/families/family.h"

namespace firmbench::test {
namespace {

using simulator::FaultSpec;
using DriveFault = simulator::FaultKind;
using WayFault = transport::FaultKind;

constexpr Nanos kBackSoon = std::chrono::seconds(2);
// Small enough for a flash of a few KB.
constexpr uint32_t kNoise = 64;
constexpr uint32_t kWindow = 256;

MatrixFault OfDrive(std::string name, bool lasting, FaultSpec spec) {
  spec.times = lasting ? 0 : 1;
  spec.one_in = kNoise;
  spec.window_bytes = kWindow;
  return {std::move(name), lasting, [spec](World& world) { world.drive().AddFault(spec); }};
}

MatrixFault OfWay(WayFault kind, bool lasting) {
  transport::Fault fault;
  fault.kind = kind;
  fault.times = lasting ? 0 : 1;
  fault.identity = {"OTHER", "DVD-ROM", "1.00"};
  return {"way: " + std::string(transport::ToString(kind)), lasting,
          [fault](World& world) { world.script().Add(fault); }};
}

simulator::DriveIdentity IdentityOf(World& world) {
  const scsi::Identity& now = world.snapshot()->identity;
  return {now.vendor, now.product, now.revision, now.vendor_specific, now.vpd_serial.value_or("")};
}

// Unplugged and at once back under another name or number.
MatrixFault BackAs(std::string name, std::function<void(simulator::DriveIdentity&)> change) {
  return {std::move(name), false, [change = std::move(change)](World& world) {
            FaultSpec spec;
            spec.kind = DriveFault::kBackAs;
            spec.identity = IdentityOf(world);
            change(spec.identity);
            world.drive().AddFault(spec);
          }};
}

Scenario FlashOf(const std::string& model) {
  for (Scenario& scenario : AllScenarios()) {
    if (scenario.name == "flash " + model) return std::move(scenario);
  }
  FB_CHECK(false);
  return {};
}

class Run {
 public:
  explicit Run(const Cell& cell) : cell_(cell), scenario_(FlashOf(cell.model)) {
    scenario_.drive.script = std::make_shared<transport::FaultScript>();
    world_ = std::make_unique<World>(scenario_.drive, nullptr);
    FB_CHECK(static_cast<bool>(world_->ok()));
  }

  CellResult Judge() {
    const Prepared job = scenario_.prepare(*world_);
    own_ = IdentityOf(*world_);
    world_->WhenStep(cell_.step, [this] {
      struck_ = true;
      cell_.fault.strike(*world_);
    });
    const auto view = world_->Run(job.spec);
    if (!view) {
      Broken("the job cannot be shown: " + view.error().message());
      return std::move(result_);
    }
    result_.job = view->row;
    if (!struck_) Broken("the job never came to this step");
    Look(job);
    JudgeTruth(job);
    JudgeQuarantine(*view);
    TakeAwayTheCause();
    view->needs_recovery ? Recover(view->row.id) : SwitchOffAndOn();
    JudgeEnd(job, view->needs_recovery);
    return std::move(result_);
  }

 private:
  void Broken(std::string why) { result_.broken.push_back(std::move(why)); }

  void Look(const Prepared& job) {
    const Bytes flash = world_->drive().FlashBytes();
    result_.holds = flash == job.old_bytes ? "old" : flash == job.new_bytes ? "new" : "neither";
    const auto state = world_->drive().state();
    result_.drive = !world_->drive().plugged()              ? "gone"
                    : state == simulator::RunState::kOff    ? "no power"
                    : state == simulator::RunState::kDead   ? "dead"
                    : state == simulator::RunState::kVendor ? "in update mode"
                                                            : "runs";
    eeprom_own_ = world_->drive().EepromBytes() == job.eeprom;
  }

  // What the job says, against the memory of the drive itself.
  void JudgeTruth(const Prepared& job) {
    const storage::Job& row = result_.job;
    const bool old_there = result_.holds == "old", new_there = result_.holds == "new";
    const auto says = [&](std::string_view outcome) { return row.outcome == outcome; };
    if ((says("CHANGED_VERIFIED") && !new_there) || (says("NO_EFFECT") && !old_there) ||
        ((says("UNCHANGED") || says("NOT_STARTED")) && !old_there) ||
        (says("CHANGED_UNVERIFIED") && old_there) || row.outcome.empty()) {
      Broken(fmt::format("it says {}, but the flash holds {}", row.outcome, result_.holds));
    }
    if (row.result == "SUCCEEDED" && !(new_there && eeprom_own_ && says("CHANGED_VERIFIED"))) {
      Broken("it succeeded, but the drive is not as planned");
    }
    if (row.drive_state == "untouched" && !old_there && !says("CHANGED_VERIFIED")) {
      Broken("it says that the drive is untouched, but its flash is not");
    }
    if (!eeprom_own_) Broken("the EEPROM is not the unit's own any more");
    if ((row.eeprom_check == "EQUAL") && world_->drive().EepromBytes() != job.eeprom) {
      Broken("it says that the EEPROM is equal, but it is not");
    }
    const auto counted = world_->drive().counters();
    if (counted.destructive_before_write_started != 0) {
      Broken("a destructive command came before the start of the write was durable");
    }
    if (row.write_started_us == 0 && counted.destructive_commands != 0) {
      Broken("it says that no write began, but destructive commands were sent");
    }
    if (row.result != "SUCCEEDED" && (row.error_reason.empty() || row.error_message.empty())) {
      Broken("it failed without saying why");
    }
  }

  void JudgeQuarantine(const jobs::JobView& view) {
    const auto quarantines = world_->ledger().ListQuarantines(true);
    result_.quarantined = !quarantines || !quarantines->empty();
    if (view.row.drive_state == "untouched") return;
    if (!result_.quarantined) Broken("the state of the drive is open, but it is in no quarantine");
    if (!view.needs_recovery) Broken("the state of the drive is open, but no recovery is offered");
  }

  // The cable is mended, the drive is back in its place with power, and says its own name.
  void TakeAwayTheCause() {
    world_->drive().ClearFaults();
    world_->script().Clear();
    world_->drive().RestorePower();
    world_->drive().Plug();
    if (cell_.fault.name.starts_with("back_as")) world_->drive().PlugAs(own_);
    world_->Rescan();
  }

  void SwitchOffAndOn() {
    world_->drive().PowerCycle();
    world_->LookAgain();
  }

  void Recover(const std::string& job_id) {
    jobs::JobSpec spec = world_->Spec(jobs::Kind::kRecover);
    spec.recovers = job_id;
    spec.recover_to = cell_.fault.lasting ? "old" : "new";
    const auto recovery = world_->Run(spec);
    if (!recovery) return Broken("not recovered: " + recovery.error().message());
    if (recovery->row.result != "SUCCEEDED") {
      Broken(fmt::format("the recovery {}: {}: {}", recovery->row.result,
                         recovery->row.error_reason, recovery->row.error_message));
    }
  }

  void JudgeEnd(const Prepared& job, bool recovered) {
    if (world_->snapshot()->condition != inventory::DriveCondition::kReady ||
        world_->drive().state() != simulator::RunState::kRun) {
      return Broken("the drive does not answer at the end");
    }
    const Bytes flash = world_->drive().FlashBytes();
    if (std::find(job.sound.begin(), job.sound.end(), flash) == job.sound.end()) {
      Broken("the flash ends with neither the old nor the new firmware");
    }
    if (world_->drive().EepromBytes() != job.eeprom) Broken("the EEPROM ends as another one");
    if (recovered && !world_->snapshot()->quarantine.empty()) {
      Broken("it was recovered, but is still in quarantine");
    }
  }

  const Cell& cell_;
  Scenario scenario_;
  std::unique_ptr<World> world_;
  simulator::DriveIdentity own_;
  CellResult result_;
  bool struck_ = false;
  bool eeprom_own_ = false;
};

}  // namespace

std::vector<MatrixFault> AllMatrixFaults() {
  std::vector<MatrixFault> faults;
  for (const DriveFault kind :
       {DriveFault::kTimeout, DriveFault::kCheckCondition, DriveFault::kShortTransfer,
        DriveFault::kDropWrite, DriveFault::kNoisyRead, DriveFault::kAliasedRead,
        DriveFault::kStuckRead, DriveFault::kStaleRead, DriveFault::kStuckStatus,
        DriveFault::kIgnoreIntro, DriveFault::kPreempted}) {
    for (const bool lasting : {false, true}) {
      faults.push_back(OfDrive(std::string(ToString(kind)), lasting, {.kind = kind}));
    }
  }
  for (const DriveFault kind : {DriveFault::kPowerCut, DriveFault::kGone}) {
    FaultSpec spec{.kind = kind};
    faults.push_back(OfDrive(std::string(ToString(kind)), true, spec));
    faults.back().strike = [spec](World& world) { world.drive().AddFault(spec); };
    spec.back_after = kBackSoon;
    faults.push_back(OfDrive(std::string(ToString(kind)), false, spec));
  }
  faults.push_back(BackAs("back_as another model", [](simulator::DriveIdentity& identity) {
    identity.vendor = "OTHER";
    identity.product = "DVD-ROM";
  }));
  faults.push_back(BackAs("back_as another unit", [](simulator::DriveIdentity& identity) {
    identity.serial = "0123456789";
  }));
  for (const WayFault kind : {WayFault::kStaleBuffer, WayFault::kEchoedWrite,
                              WayFault::kOtherIdentity, WayFault::kErrorAfter}) {
    for (const bool lasting : {false, true}) faults.push_back(OfWay(kind, lasting));
  }
  return faults;
}

std::vector<std::string> FaultSteps(const std::string& model) {
  const Scenario scenario = FlashOf(model);
  World world(scenario.drive, nullptr);
  if (!world.ok()) fmt::print(stderr, "{}\n", world.ok().error().ToString());
  FB_CHECK(static_cast<bool>(world.ok()));
  const auto plan = world.engine().MakePlanFor(scenario.prepare(world).spec);
  FB_CHECK(static_cast<bool>(plan));
  std::vector<std::string> names;
  std::set<jobs::StepId> seen;
  for (const jobs::PlanStep& step : plan->steps) {
    if (seen.insert(step.id).second) names.push_back(step.name);
  }
  return names;
}

CellResult RunCell(const Cell& cell) { return Run(cell).Judge(); }

}  // namespace firmbench::test

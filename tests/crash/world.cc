// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/world.h"

#include <fmt/format.h>

#include <atomic>
#include <future>

#include "daemon/base/ids.h"
#include "daemon/families/personalities.h"
#include "daemon/gated_handles.h"
#include "daemon/jobs/library.h"
#include "daemon/simulator/scenario.h"
#include "tests/support/image_builder.h"

namespace firmbench::test {
namespace {

constexpr const char* kPrincipal = "user/anna";

std::string Toml(const WorldDrive& drive) {
  std::string text = fmt::format(
      "[time]\nmode = \"virtual\"\n[[drives]]\nmodel = \"{}\"\nbay = \"bay 1\"\n"
      "eeprom_write = true\nboot_lost = {}\n",
      drive.model, drive.boot_lost);
  for (const char* prompt : {"hold_eject", "release_eject", "power_cycle"}) {
    text += fmt::format("[[drives.operator]]\non_prompt = \"{0}\"\ndo = [\"{0}\"]\n", prompt);
  }
  return text;
}

Result<std::unique_ptr<simulator::Bench>> MakeBench(const WorldDrive& drive,
                                                    const WorldState* left) {
  const auto personalities = families::AllPersonalities();
  ASSIGN_OR_RETURN(const simulator::Scenario scenario,
                   simulator::ParseScenario(Toml(drive), "world.toml", personalities));
  if (left != nullptr) {
    return simulator::Bench::Create(scenario, personalities, std::span(&left->drive, 1));
  }
  return simulator::Bench::Create(
      scenario, personalities,
      [](const auto& spec, const auto&) -> Result<Bytes> { return BuildImage(spec.model); },
      [](const auto& spec, const auto&) -> Result<Bytes> { return BuildEeprom(spec.model); });
}

// The simulated bench with a script of faults between every drive and its gate.
class FaultySource final : public inventory::DriveSource {
 public:
  FaultySource(SimulatedBench& real, std::shared_ptr<transport::FaultScript> script)
      : real_(real), script_(std::move(script)) {}

  std::vector<inventory::Attachment> List() override {
    auto attachments = real_.List();
    for (inventory::Attachment& attachment : attachments) {
      simulator::Drive* const drive = real_.bench().FindTopology(attachment.topology);
      attachment.open = [drive, script = script_](
                            const inventory::GateRules& rules) -> Result<inventory::Handles> {
        RawHandles raw;
        ASSIGN_OR_RETURN(raw.scsi, drive->OpenTransport());
        ASSIGN_OR_RETURN(raw.task_file, drive->OpenTaskFile());
        raw.scsi = transport::MakeFaulty(std::move(raw.scsi), script);
        raw.task_file = transport::MakeFaulty(std::move(raw.task_file), script);
        return PutBehindGate(std::move(raw), rules, /*simulated=*/true);
      };
    }
    return attachments;
  }
  void Watch(std::function<void()> changed) override { real_.Watch(std::move(changed)); }

 private:
  SimulatedBench& real_;
  const std::shared_ptr<transport::FaultScript> script_;
};

}  // namespace

World::World(const WorldDrive& drive, const WorldState* left) : spec_(drive) {
  if (left != nullptr) disk_.Load(left->disk);
  auto bench = MakeBench(drive, left);
  if (!bench) {
    started_ = bench.error();
    return;
  }
  simulated_ = std::make_unique<SimulatedBench>(std::move(*bench));
  started_ = Start();
}

World::~World() {
  hooks_.clear();
  engine_.reset();
  inventory_.reset();
  ledger_.reset();
}

// In the order of the daemon.
Status World::Start() {
  storage::OpenOptions options;
  options.path = disk_.path();
  options.clock_synchronised = [] { return true; };
  ASSIGN_OR_RETURN(ledger_, storage::OpenLedger(options));
  if (spec_.script) faulty_ = std::make_unique<FaultySource>(*simulated_, spec_.script);
  inventory::DriveSource& source = faulty_ ? *faulty_ : *simulated_;
  inventory_ = std::make_unique<inventory::Inventory>(source, *ledger_);
  inventory_->Rescan();
  if (!inventory_->WaitUntilIdentified(std::chrono::minutes(1))) {
    return DeadlineExceeded("NOT_IDENTIFIED", "the drive was never looked at");
  }
  engine_ =
      std::make_unique<jobs::Engine>(jobs::Services{*ledger_, *inventory_, hub_, RealClock()});
  return engine_->RecoverOpenJobs();
}

std::string World::AddImage(ByteView bytes) {
  auto added = jobs::AddImage(*ledger_, "firmware.bin", bytes, kPrincipal);
  FB_CHECK(static_cast<bool>(added));
  return added->image.id;
}

void World::WhenStep(const std::string& name, std::function<void()> act) {
  hooks_.push_back(hub_.Subscribe(
      [this, name, act = std::move(act),
       done = std::make_shared<std::atomic<bool>>(false)](const std::string& job_id) {
        const auto job = job_id.empty() ? nullptr : engine_->Live(job_id);
        const auto progress = job == nullptr ? std::nullopt : job->progress();
        if (!progress || progress->phase != name) return;
        if (!done->exchange(true)) act();
      }));
}

jobs::JobSpec World::Spec(jobs::Kind kind) {
  jobs::JobSpec spec;
  spec.kind = kind;
  spec.drive_id = snapshot()->id;
  return spec;
}

Result<jobs::JobView> World::Submit(const jobs::JobSpec& spec) {
  jobs::CreateRequest request;
  request.spec = spec;
  request.principal = kPrincipal;
  request.request_id = NewId(RealClock());
  ASSIGN_OR_RETURN(const jobs::Plan plan, engine_->MakePlanFor(spec));
  request.etag = plan.etag;
  request.plan_digest = plan.digest;
  return engine_->Create(request);
}

void World::WaitIdle() {
  const std::string drive = snapshot()->id;
  std::promise<void> idle;
  bool done = false;
  Mutex mutex;
  const auto look = [&](const std::string&) {
    if (!engine_->CurrentJob(drive).empty()) return;
    MutexLock lock(mutex);
    if (!std::exchange(done, true)) idle.set_value();
  };
  const auto watching = hub_.Subscribe(look);
  look({});
  idle.get_future().wait();
}

Result<jobs::JobView> World::Run(const jobs::JobSpec& spec) {
  ASSIGN_OR_RETURN(const jobs::JobView job, Submit(spec));
  WaitIdle();
  return engine_->Get(job.row.id);
}

void World::LookAgain() {
  auto binding = inventory_->Bind(snapshot()->id);
  FB_CHECK(static_cast<bool>(binding));
  std::promise<void> done;
  binding->lane->Post([&] {
    inventory_->IdentifyNow(binding->snapshot->id);
    done.set_value();
  });
  done.get_future().wait();
}

void World::Rescan() {
  inventory_->Rescan();
  inventory_->WaitUntilIdentified(std::chrono::minutes(1));
}

WorldState World::State(simulator::PowerLoss power, Loss loss, uint64_t seed) {
  return {{drive().Image(), power}, disk_.Cut(loss, seed)};
}

}  // namespace firmbench::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/soak/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>

#include "daemon/base/ids.h"
#include "daemon/families/family.h"
#include "daemon/families/personalities.h"
#include "daemon/simulator/scenario.h"
#include "tests/support/image_builder.h"

namespace firmbench::test {
namespace {

constexpr const char* kPrincipal = "user/anna";
constexpr const char* kSecondPerson = "user/ben";
constexpr Nanos kLongestWait = std::chrono::minutes(5);

// The models in turn, every second drive without a serial number.
std::string Toml(size_t drives, uint64_t seed) {
  std::vector<std::string> models;
  for (const families::Family* family : families::AllFamilies()) {
    for (const families::ModelInfo& row : family->models()) {
      // Those without parts have no reduced geometry.
      if (!row.chip_part.empty()) models.emplace_back(row.model);
    }
  }
  std::string text = "[time]\nmode = \"virtual\"\n";
  for (size_t i = 0; i < drives; ++i) {
    text += fmt::format(
        "[[drives]]\nmodel = \"{}\"\nbay = \"bay {:02}\"\nserial = \"{}\"\neeprom_write = true\n"
        "firmware_seed = {}\neeprom_seed = {}\n",
        models[i % models.size()], i + 1, i % 2 == 0 ? fmt::format("SOAK{:04}", i + 1) : "",
        seed % 1000 + i + 1, seed % 1000 + 100 * (i + 1));
    for (const char* prompt : {"hold_eject", "release_eject", "power_cycle"}) {
      text += fmt::format("[[drives.operator]]\non_prompt = \"{0}\"\ndo = [\"{0}\"]\n", prompt);
    }
  }
  return text;
}

Result<std::unique_ptr<simulator::Bench>> MakeBench(size_t drives, uint64_t seed,
                                                    const BenchState* left) {
  const auto personalities = families::AllPersonalities();
  ASSIGN_OR_RETURN(const simulator::Scenario scenario,
                   simulator::ParseScenario(Toml(drives, seed), "soak.toml", personalities));
  if (left != nullptr) return simulator::Bench::Create(scenario, personalities, left->drives);
  return simulator::Bench::Create(
      scenario, personalities,
      [](const auto& spec, const auto&) -> Result<Bytes> {
        return BuildImage(spec.model, {}, spec.firmware_seed);
      },
      [](const auto& spec, const auto&) -> Result<Bytes> {
        return BuildEeprom(spec.model, spec.eeprom_seed);
      });
}

}  // namespace

SoakBench::SoakBench(size_t drives, uint64_t seed, const BenchState* left)
    : drives_(drives), commands_(new std::atomic<uint64_t>[drives] {}) {
  if (left != nullptr) disk_.Load(left->disk);
  auto bench = MakeBench(drives, seed, left);
  if (!bench) {
    started_ = bench.error();
    return;
  }
  simulated_ = std::make_unique<SimulatedBench>(std::move(*bench));
  started_ = Start();
}

SoakBench::~SoakBench() {
  disk_.BeforeOperation({});
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  woken_.NotifyAll();
  threads_.clear();
  engine_.reset();
  if (simulated_) {
    for (const auto& drive : simulated_->bench().drives()) drive->OnCommand({});
  }
  inventory_.reset();
  ledger_.reset();
  watching_.clear();
}

// In the order of the daemon.
Status SoakBench::Start() {
  storage::OpenOptions options;
  options.path = disk_.path();
  options.clock_synchronised = [] { return true; };
  ASSIGN_OR_RETURN(ledger_, storage::OpenLedger(options));
  inventory_ = std::make_unique<inventory::Inventory>(*simulated_, *ledger_);
  watching_.push_back(hub_.Subscribe([this](const std::string&) { Wake(); }));
  for (int i = 0; i < 2; ++i) {
    watching_.push_back(hub_.Subscribe([this](const std::string&) { ++wakes_seen_; }));
  }
  inventory_->OnChange([this](const std::string&) { hub_.Notify(""); });
  inventory_->Rescan();
  if (!inventory_->WaitUntilIdentified(std::chrono::minutes(1))) {
    return DeadlineExceeded("NOT_IDENTIFIED", "the drives were never looked at");
  }
  engine_ =
      std::make_unique<jobs::Engine>(jobs::Services{*ledger_, *inventory_, hub_, RealClock()});
  RETURN_IF_ERROR(engine_->RecoverOpenJobs());
  Hook();
  threads_.emplace_back([this] { Watch(); });
  threads_.emplace_back([this] { CancelDue(); });
  return Ok();
}

// The hook of a drive only counts: what follows from it is done by others, without the drive's
// lock.
void SoakBench::Hook() {
  for (size_t i = 0; i < drives_; ++i) {
    drive(i).OnCommand([this, i](const simulator::CommandMoment& moment) {
      if (moment.kind() != simulator::CommandMoment::Kind::kBefore) return;
      const uint64_t now = ++commands_[i];
      const uint64_t cut = cut_command_;
      if (cut != 0 && cut_drive_ == i && now >= cut) cut_due_ = true;
      if (!wishing_) return;
      MutexLock lock(mutex_);
      for (Wish& wish : wishes_) {
        if (wish.drive != i || wish.due || now < wish.at_command) continue;
        wish.due = true;
        woken_.NotifyAll();
      }
    });
  }
  // While the writer is in here nothing more becomes durable, so that no drive can be further than
  // the ledger lets it: what each drive is when its turn comes is one moment of a cut.
  disk_.BeforeOperation([this](int64_t) {
    if (!cut_due_.exchange(false)) return;
    CutDraw draw;
    {
      MutexLock lock(mutex_);
      if (!cut_ || left_) return;
      draw = *cut_;
    }
    BenchState state = StateNow(draw);
    {
      MutexLock lock(mutex_);
      left_ = std::move(state);
    }
    Wake();
  });
}

BenchState SoakBench::StateNow(const CutDraw& cut) const {
  BenchState state;
  state.disk = disk_.Cut(cut.disk, cut.seed);
  for (const auto& drive : simulated_->bench().drives()) {
    state.drives.push_back({drive->Image(), cut.power});
  }
  return state;
}

void SoakBench::BeginRound() {
  MutexLock lock(mutex_);
  wishes_.clear();
}

void SoakBench::CutAt(const CutDraw& cut) {
  {
    MutexLock lock(mutex_);
    cut_ = cut;
  }
  cut_drive_ = cut.drive;
  cut_command_ = commands_[cut.drive] + cut.commands;
}

void SoakBench::CancelAt(size_t drive, uint64_t commands, const std::string& job_id) {
  MutexLock lock(mutex_);
  wishing_ = true;
  wishes_.push_back({.drive = drive, .at_command = commands_[drive] + commands, .job_id = job_id});
}

std::optional<BenchState> SoakBench::Disarm() {
  cut_command_ = 0;
  cut_due_ = false;
  wishing_ = false;
  MutexLock lock(mutex_);
  cut_.reset();
  // Those that are due are being carried out: their answers are waited for.
  for (Wish& wish : wishes_) {
    if (!wish.due) wish.due = wish.done = true;
  }
  const auto all_done = [this]() FB_REQUIRES(mutex_) {
    return std::all_of(wishes_.begin(), wishes_.end(), [](const Wish& wish) { return wish.done; });
  };
  while (!all_done()) woken_.Wait(mutex_);
  return std::exchange(left_, std::nullopt);
}

bool SoakBench::cancelled(const std::string& job_id) {
  MutexLock lock(mutex_);
  for (const Wish& wish : wishes_) {
    if (wish.job_id == job_id) return wish.agreed;
  }
  return false;
}

void SoakBench::CancelDue() {
  for (;;) {
    std::string job;
    size_t index = 0;
    {
      MutexLock lock(mutex_);
      const auto is_due = [](const Wish& wish) { return wish.due && !wish.done; };
      auto due = std::find_if(wishes_.begin(), wishes_.end(), is_due);
      while (!stopping_ && due == wishes_.end()) {
        woken_.Wait(mutex_);
        due = std::find_if(wishes_.begin(), wishes_.end(), is_due);
      }
      if (stopping_) return;
      job = due->job_id;
      index = static_cast<size_t>(due - wishes_.begin());
    }
    const bool agreed = static_cast<bool>(engine_->Cancel(job, kPrincipal));
    {
      MutexLock lock(mutex_);
      wishes_[index].agreed = agreed;
      wishes_[index].done = true;
    }
    woken_.NotifyAll();
  }
}

void SoakBench::Wake() {
  {
    MutexLock lock(mutex_);
    ++wakes_;
  }
  woken_.NotifyAll();
}

// Somebody with a screen: looks again whenever enough has happened.
void SoakBench::Watch() {
  constexpr uint64_t kEvery = 200;
  uint64_t seen = 0;
  for (;;) {
    {
      MutexLock lock(mutex_);
      while (!stopping_ && wakes_ < seen + kEvery) woken_.Wait(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    LookOnce();
  }
}

void SoakBench::LookOnce() {
  const auto open = ledger_->ListJobs({.open_only = true}, {.size = 100});
  if (!open) return Trouble("the open jobs cannot be listed: " + open.error().message());
  std::map<std::string, int> at_work;
  for (const storage::Job& job : open->rows) {
    const bool waits = job.state == "QUEUED" || job.state == "AWAITING_APPROVAL";
    if (!waits && ++at_work[job.drive_id] > 1) Trouble("two jobs work on drive " + job.drive_id);
    if (const auto view = engine_->Get(job.id); !view) {
      Trouble("an open job cannot be shown: " + view.error().message());
    }
  }
  for (const inventory::Snapshot& drive : inventory_->List()) engine_->CurrentJob(drive->id);
}

void SoakBench::Trouble(std::string text) {
  MutexLock lock(mutex_);
  if (trouble_.empty()) trouble_ = std::move(text);
}

std::string SoakBench::trouble() {
  MutexLock lock(mutex_);
  return trouble_;
}

inventory::Snapshot SoakBench::snapshot(size_t index) {
  const std::string& topology = drive(index).topology();
  for (const inventory::Snapshot& seen : inventory_->List()) {
    if (seen->topology == topology) return seen;
  }
  FB_CHECK(false);
  return nullptr;
}

Result<jobs::JobView> SoakBench::Submit(const jobs::JobSpec& spec) {
  jobs::CreateRequest request;
  request.spec = spec;
  request.principal = kPrincipal;
  request.request_id = NewId(RealClock());
  ASSIGN_OR_RETURN(const jobs::Plan plan, engine_->MakePlanFor(spec));
  request.etag = plan.etag;
  request.plan_digest = plan.digest;
  ASSIGN_OR_RETURN(jobs::JobView job, engine_->Create(request));
  if (plan.needs_approval) {
    RETURN_IF_ERROR(engine_->Approve(job.row.id, plan.digest, "seen", kSecondPerson));
  }
  return job;
}

bool SoakBench::WaitClosed(const std::vector<std::string>& job_ids) {
  const Nanos until = RealClock().Monotonic() + kLongestWait;
  for (const std::string& id : job_ids) {
    for (;;) {
      uint64_t seen = 0;
      {
        MutexLock lock(mutex_);
        if (left_) return true;
        seen = wakes_;
      }
      if (engine_->Live(id) == nullptr) break;
      MutexLock lock(mutex_);
      while (wakes_ == seen) {
        const Nanos rest = until - RealClock().Monotonic();
        if (rest <= Nanos{0}) return false;
        woken_.WaitFor(mutex_, rest);
      }
    }
  }
  return true;
}

void SoakBench::LookAgain(size_t index) {
  auto binding = inventory_->Bind(snapshot(index)->id);
  if (!binding) return;
  std::promise<void> done;
  const bool posted = binding->lane->Post([&] {
    inventory_->IdentifyNow(binding->snapshot->id);
    done.set_value();
  });
  if (posted) done.get_future().wait();
}

}  // namespace firmbench::test

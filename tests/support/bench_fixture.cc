// SPDX-License-Identifier: Apache-2.0
#include "tests/support/bench_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "daemon/base/hash.h"
#include "daemon/families/personalities.h"
#include "daemon/images/recognise.h"
#include "daemon/simulator/personality.h"
#include "storage/spill.h"
#include "tests/support/image_builder.h"

namespace firmbench::test {
namespace {

// With sanitizers and beside other programs, too.
constexpr Nanos kPatience = std::chrono::minutes(5);

constexpr const char* kHands = R"(
[[drives.operator]]
on_prompt = "hold_eject"
do = ["hold_eject"]
[[drives.operator]]
on_prompt = "release_eject"
do = ["release_eject"]
[[drives.operator]]
on_prompt = "power_cycle"
do = ["power_cycle"]
)";

constexpr const char* kPrincipal = "user/anna";

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = testing::TempDir() + "firmbench-bench-XXXXXX";
  FB_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScenarioOf(const Drives& drives) {
  std::string text = "[time]\nmode = \"virtual\"\n";
  for (const DriveToml& drive : drives) {
    text += fmt::format("\n[[drives]]\nmodel = \"{}\"\nbay = \"{}\"\n{}\n{}\n{}\n", drive.model,
                        drive.bay, drive.keys, drive.alone ? "" : kHands, drive.tables);
  }
  return text;
}

const std::vector<std::string>& ThreeModels() {
  static const std::vector<std::string> models = {"LTR-48246S", "LTR-52327S", "LDW-451S"};
  return models;
}

std::string TestName(const testing::TestParamInfo<std::string>& model) {
  std::string name = model.param;
  std::erase(name, '-');
  return name;
}

class BenchFixture::AdjustedSource final : public inventory::DriveSource {
 public:
  AdjustedSource(inventory::DriveSource& real, Adjust adjust)
      : real_(real), adjust_(std::move(adjust)) {}
  std::vector<inventory::Attachment> List() override {
    auto attachments = real_.List();
    if (adjust_) std::for_each(attachments.begin(), attachments.end(), adjust_);
    return attachments;
  }
  void Watch(std::function<void()> changed) override { real_.Watch(std::move(changed)); }

 private:
  inventory::DriveSource& real_;
  const Adjust adjust_;
};

BenchFixture::BenchFixture(const Drives& drives, Adjust adjust) {
  std::filesystem::create_directory(folder_.Path("spill"));
  const std::string scenario = folder_.Path("bench.toml");
  std::ofstream(scenario) << ScenarioOf(drives);
  simulated_ = Must(SimulatedBench::Load(scenario, ""));
  source_ = std::make_unique<AdjustedSource>(*simulated_, std::move(adjust));
  waking_ = hub_.Subscribe([this](const std::string&) {
    {
      MutexLock lock(mutex_);
      ++wakes_;
    }
    woken_.NotifyAll();
  });
  Start();
}

BenchFixture::~BenchFixture() {
  hooks_.clear();
  Stop();
}

void BenchFixture::Start() {
  ledger_ = Must(storage::OpenLedger({.path = ledger_path()}));
  spy_ = std::make_unique<LedgerSpy>(*ledger_);
  inventory_ = std::make_unique<inventory::Inventory>(*source_, *spy_);
  inventory_->OnChange([this](const std::string&) { hub_.Notify(""); });
  // The order of the daemon: what a full disk could not take, the drives, the open jobs.
  Must(storage::TakeInSpills(*ledger_, services().spill_folder));
  inventory_->Rescan();
  FB_CHECK(inventory_->WaitUntilIdentified(kPatience));
  engine_ = std::make_unique<jobs::Engine>(services());
  Must(engine_->RecoverOpenJobs());
}

void BenchFixture::Stop() {
  engine_.reset();
  inventory_.reset();
  spy_.reset();
  ledger_.reset();
}

void BenchFixture::Restart(const std::function<void(storage::Ledger&)>& between) {
  hooks_.clear();
  Stop();
  if (between) {
    const auto ledger = Must(storage::OpenLedger({.path = ledger_path()}));
    between(*ledger);
  }
  Start();
}

simulator::Drive& BenchFixture::drive(std::string_view bay) {
  simulator::Drive* found = simulated_->bench().Find(bay);
  FB_CHECK(found != nullptr);
  return *found;
}

inventory::Snapshot BenchFixture::snapshot(std::string_view bay) {
  for (const auto& drive : inventory_->List()) {
    if (drive->bay == bay) return drive;
  }
  FB_CHECK(false);
  return nullptr;
}

std::string BenchFixture::AddImage(ByteView bytes, const std::string& file_name) {
  return Must(jobs::AddImage(*spy_, file_name, bytes, kPrincipal)).image.id;
}

std::string BenchFixture::ForceImage(ByteView bytes) {
  storage::Image image;
  Must(spy_->Commit([&](storage::Transaction& tx) -> Status {
    image.id = tx.NewId();
    image.file_name = "odd.bin";
    image.size_bytes = static_cast<int64_t>(bytes.size());
    image.layout = "plain";
    image.principal = kPrincipal;
    image.created_us = tx.now_us();
    ASSIGN_OR_RETURN(image.sha256, tx.PutBlob(bytes));
    return tx.InsertImage(image);
  }));
  return image.id;
}

Bytes BenchFixture::NewFirmware(std::string_view bay) {
  simulator::Drive& target = drive(bay);
  const auto part = simulator::FindProfile(families::AllPersonalities(), target.spec().model);
  std::string revision(part.profile->revision);
  revision.back() = revision.back() == '1' ? '2' : '1';
  if (auto own =
          part.personality->Firmware(*part.profile, revision, target.spec().firmware_seed + 1)) {
    return std::move(*own);
  }
  Bytes bytes = target.FlashBytes();
  // Places in several banks, all outside of what identifies the image.
  const images::ImageReport report = images::Recognise(bytes);
  FB_CHECK(report.ok());
  const size_t bank = bytes.size() / report.banks;
  const std::array<size_t, 4> places{0x1234 * bank / 0x10000, 0x23456 * bank / 0x10000,
                                     5 * bank + 3, 6 * bank - 2};
  for (const size_t offset : places) bytes[offset] ^= 0x5a;
  return bytes;
}

jobs::JobSpec BenchFixture::BackupOf(std::string_view bay, const std::string& memory) {
  jobs::JobSpec spec;
  spec.kind = jobs::Kind::kBackup;
  spec.drive_id = drive_id(bay);
  spec.memory = memory;
  return spec;
}

jobs::JobSpec BenchFixture::FlashOf(std::string_view bay, const std::string& image_id) {
  jobs::JobSpec spec;
  spec.kind = jobs::Kind::kFlash;
  spec.drive_id = drive_id(bay);
  spec.image_id = image_id;
  return spec;
}

jobs::JobSpec BenchFixture::RestoreOf(std::string_view bay, const std::string& dump_id) {
  jobs::JobSpec spec;
  spec.kind = jobs::Kind::kRestore;
  spec.drive_id = drive_id(bay);
  spec.dump_id = dump_id;
  return spec;
}

jobs::JobSpec BenchFixture::RecoverOf(std::string_view bay, const std::string& job_id,
                                      const std::string& to) {
  jobs::JobSpec spec;
  spec.kind = jobs::Kind::kRecover;
  spec.drive_id = drive_id(bay);
  spec.recovers = job_id;
  spec.recover_to = to;
  return spec;
}

void BenchFixture::LookAgain() {
  for (const auto& drive : inventory_->List()) {
    const auto binding = Must(inventory_->Bind(drive->id));
    std::promise<void> done;
    binding.lane->Post([&] {
      inventory_->IdentifyNow(drive->id);
      done.set_value();
    });
    done.get_future().wait();
  }
}

jobs::Services BenchFixture::services() {
  jobs::Services services{*spy_, *inventory_, hub_, RealClock()};
  services.spill_folder = folder_.Path("spill");
  if (adjust_services) adjust_services(services);
  return services;
}

jobs::CreateRequest BenchFixture::Request(const jobs::JobSpec& spec) {
  jobs::CreateRequest request;
  request.spec = spec;
  request.principal = kPrincipal;
  request.request_id = fmt::format("request {}", ++requests_);
  if (const auto plan = engine_->MakePlanFor(spec)) {
    request.etag = plan->etag;
    request.plan_digest = plan->digest;
  }
  return request;
}

Result<jobs::JobView> BenchFixture::Submit(const jobs::JobSpec& spec) {
  return engine_->Create(Request(spec));
}

jobs::JobView BenchFixture::Run(const jobs::JobSpec& spec) {
  return WaitClosed(Must(Submit(spec)).row.id);
}

bool BenchFixture::WaitUntil(const std::function<bool()>& reached) {
  const Nanos until = RealClock().Monotonic() + kPatience;
  for (;;) {
    uint64_t seen = 0;
    {
      MutexLock lock(mutex_);
      seen = wakes_;
    }
    if (reached()) return true;
    MutexLock lock(mutex_);
    while (wakes_ == seen) {
      const Nanos left = until - RealClock().Monotonic();
      if (left <= Nanos{0}) return false;
      woken_.WaitFor(mutex_, left);
    }
  }
}

jobs::JobView BenchFixture::WaitClosed(const std::string& job_id) {
  EXPECT_TRUE(WaitUntil([&] { return engine_->Live(job_id) == nullptr; })) << "job hangs";
  return Must(engine_->Get(job_id));
}

void BenchFixture::When(jobs::State state, std::function<void(const std::string&)> act) {
  hooks_.push_back(hub_.Subscribe(
      [this, state, act = std::move(act),
       done = std::make_shared<std::atomic<bool>>(false)](const std::string& job_id) {
        const auto job = job_id.empty() ? nullptr : engine_->Live(job_id);
        if (job == nullptr || job->row().state != jobs::ToString(state)) return;
        if (!done->exchange(true)) act(job_id);
      }));
}

std::vector<storage::Dump> BenchFixture::DumpsOf(const jobs::JobView& job,
                                                 const std::string& memory,
                                                 const std::string& purpose) {
  auto rows = Must(spy_->ListDumps({.job_id = job.row.id, .memory = memory}, {.size = 100})).rows;
  std::reverse(rows.begin(), rows.end());
  std::erase_if(rows, [&](const auto& dump) { return dump.purpose != purpose; });
  return rows;
}

std::vector<storage::AuditEntry> BenchFixture::Audit() {
  auto entries = Must(spy_->ListAudit({}, {.size = 1000})).rows;
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  return entries;
}

std::vector<std::string> BenchFixture::QuarantinesInForce() {
  std::vector<std::string> subjects;
  for (const auto& quarantine : Must(spy_->ListQuarantines(true))) {
    subjects.push_back(quarantine.subject_kind);
  }
  std::sort(subjects.begin(), subjects.end());
  return subjects;
}

}  // namespace firmbench::test

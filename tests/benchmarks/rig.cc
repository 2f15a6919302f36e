// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmarks/rig.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "daemon/images/recognise.h"
#include "daemon/images/synthetic.h"
#include "daemon/jobs/library.h"

namespace firmbench::benchmarks {
namespace {

constexpr uint32_t kPiece = 64;

Result<Bytes> MakeImage(std::string_view model, uint64_t seed) {
  images::SyntheticImage spec;
  spec.model = model;
  spec.seed = seed;
  return images::BuildSyntheticImage(spec);
}

// Another image, made as different from `before` as an image of the same model can be: inverted
// wherever it stays recognised as what it is.
Result<Bytes> MakeOpposite(ByteView before) {
  Bytes image(before.begin(), before.end());
  const images::ImageReport wanted = images::Recognise(image);
  const auto invert = [&image](size_t offset, size_t length) {
    for (size_t i = 0; i < length; ++i) image[offset + i] ^= 0xff;
  };
  const auto same = [&] {
    const images::ImageReport now = images::Recognise(image);
    return !now.refusal && now.model == wanted.model && now.product == wanted.product &&
           now.revision == wanted.revision && now.layout == wanted.layout;
  };
  // Halving from the whole down, so that only the pieces that matter are looked at one by one.
  const auto invert_what_may = [&](const auto& self, size_t offset, size_t length) -> void {
    invert(offset, length);
    if (same()) return;
    invert(offset, length);
    if (length <= kPiece) return;
    self(self, offset, length / 2);
    self(self, offset + length / 2, length / 2);
  };
  invert_what_may(invert_what_may, 0, image.size());
  return image;
}

Status WriteFile(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return Ok();
  return FailedPrecondition("BENCH_FILE", "cannot write " + path);
}

}  // namespace

Result<std::unique_ptr<Rig>> Rig::Make(std::string_view model, std::string_view mode,
                                       const std::string& folder) {
  auto rig = std::unique_ptr<Rig>(new Rig);
  ASSIGN_OR_RETURN(rig->before_, MakeImage(model, 1));
  ASSIGN_OR_RETURN(rig->after_, MakeOpposite(rig->before_));
  const std::string scenario = folder + "/bench.toml";
  RETURN_IF_ERROR(WriteFile(folder + "/before.bin", AsText(rig->before_)));
  RETURN_IF_ERROR(WriteFile(
      scenario, fmt::format("[time]\nmode = \"{}\"\n[[drives]]\nmodel = \"{}\"\nbay = \"bay 1\"\n"
                            "firmware_file = \"before.bin\"\n",
                            mode, model)));
  ASSIGN_OR_RETURN(rig->ledger_, storage::OpenLedger({.path = folder + "/ledger.db"}));
  ASSIGN_OR_RETURN(rig->bench_, SimulatedBench::Load(scenario, {}));
  rig->inventory_ = std::make_unique<inventory::Inventory>(*rig->bench_, *rig->ledger_);
  rig->engine_ = std::make_unique<jobs::Engine>(
      jobs::Services{*rig->ledger_, *rig->inventory_, rig->hub_, RealClock()});
  rig->inventory_->Rescan();
  if (!rig->inventory_->WaitUntilIdentified(std::chrono::seconds(20))) {
    return Unavailable("BENCH_DRIVE", "the simulated drive was not identified");
  }
  ASSIGN_OR_RETURN(const jobs::AddedImage added,
                   jobs::AddImage(*rig->ledger_, "after.bin", rig->after_, "bench"));
  rig->image_id_ = added.image.id;
  return rig;
}

Result<Nanos> Rig::Flash() {
  const inventory::Snapshot drive = inventory_->List().front();
  jobs::CreateRequest request;
  request.spec.kind = jobs::Kind::kFlash;
  request.spec.drive_id = drive->id;
  request.spec.image_id = image_id_;
  ASSIGN_OR_RETURN(const jobs::Plan plan, engine_->MakePlanFor(request.spec));
  request.etag = drive->etag;
  request.plan_digest = plan.digest;
  request.request_id = "bench";
  request.principal = "bench";

  const Nanos start = RealClock().Monotonic();
  ASSIGN_OR_RETURN(const jobs::JobView job, engine_->Create(request));
  Mutex mutex;
  CondVar changed;
  const auto subscription = hub_.Subscribe([&](const std::string&) {
    MutexLock lock(mutex);
    changed.NotifyAll();
  });
  {
    MutexLock lock(mutex);
    // Bounded, because the last wake may come between the question and the wait.
    while (engine_->Live(job.row.id) != nullptr) {
      changed.WaitFor(mutex, std::chrono::milliseconds(5));
    }
  }
  const Nanos took = RealClock().Monotonic() - start;
  RETURN_IF_ERROR(CheckEnd(job.row.id));
  return took;
}

Status Rig::CheckEnd(const std::string& job_id) {
  ASSIGN_OR_RETURN(const storage::Job row, ledger_->GetJob(job_id));
  const simulator::Counters counters = drive().counters();
  if (row.result != "SUCCEEDED" || row.outcome != "CHANGED_VERIFIED" ||
      row.eeprom_check != "EQUAL" || counters.destructive_before_write_started != 0 ||
      drive().FlashBytes() != after_) {
    return DataLoss("BENCH_JOB_WRONG",
                    fmt::format("the job ended {} {} {}: {} {}", row.result, row.outcome,
                                row.eeprom_check, row.error_reason, row.error_message));
  }
  return Ok();
}

}  // namespace firmbench::benchmarks

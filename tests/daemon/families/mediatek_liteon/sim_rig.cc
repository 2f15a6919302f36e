// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/families/personalities.h"
#include "daemon/images/synthetic.h"

namespace firmbench::families::mediatek_liteon {
namespace {

// A recognised image that is blank for the most part: a byte part is written eight times as fast.
Result<Bytes> SparseImage(const images::SyntheticImage& spec) {
  constexpr size_t kBank = 0x10000;
  ASSIGN_OR_RETURN(Bytes image, images::BuildSyntheticImage(spec));
  for (size_t bank = 0; bank < image.size(); bank += kBank) {
    const size_t kept = bank == 0 ? 0x5000 : 0x1000;
    std::fill(image.begin() + bank + kept, image.begin() + bank + kBank, uint8_t{0xff});
  }
  return image;
}

}  // namespace

void Hands::Progress(uint64_t done, uint64_t total) {
  confused_ = confused_ || done < done_ || done > total || total == 0;
  done_ = done;
  if (calls_left_ > 0) --calls_left_;
}

Status Hands::Prompt(const PromptRequest& request) {
  prompts_.push_back(request.kind);
  if (request.kind == ignored_) return DeadlineExceeded("PROMPT_EXPIRED", "nobody answered");
  if (request.kind == "hold_eject") drive_.HoldEject(true);
  if (request.kind == "release_eject") drive_.HoldEject(false);
  return Ok();
}

SimRig::SimRig(std::string_view model, const std::function<void(simulator::Scenario&)>& adjust) {
  simulator::Scenario scenario;
  simulator::DriveSpec spec;
  spec.model = model;
  spec.bay = "bay 1";
  spec.eeprom_write = true;
  scenario.drives.push_back(spec);
  if (adjust) adjust(scenario);
  auto bench = simulator::Bench::Create(
      scenario, AllPersonalities(),
      [](const simulator::DriveSpec& drive, const simulator::Profile& profile) {
        return SparseImage({.model = drive.model,
                            .revision = std::string(profile.revision),
                            .size_bytes = profile.firmware_bytes,
                            .seed = drive.firmware_seed});
      },
      [](const simulator::DriveSpec& drive, const simulator::Profile& profile) {
        return images::BuildSyntheticEeprom({.model = drive.model,
                                             .seed = drive.eeprom_seed,
                                             .size_bytes = profile.eeprom.size_bytes});
      });
  FB_CHECK(bench.has_value());
  bench_ = std::move(bench).value();
  drive_ = bench_->Find("bay 1");
  for (const ModelInfo& info : Models()) {
    if (info.model == model) model_ = &info;
  }
  FB_CHECK(drive_ != nullptr && model_ != nullptr);
  recorder_ = std::make_unique<TraceRecorder>(family());
  hands_ = std::make_unique<Hands>(*drive_);
}

const Family& SimRig::family() const { return GetFamily(); }

std::unique_ptr<Session> SimRig::Open() { return OpenWith(true, true); }

std::unique_ptr<Session> SimRig::OpenWith(bool scsi, bool task_file, bool simulated) {
  scsi_.reset();
  task_file_.reset();
  if (scsi) {
    auto handle = drive_->OpenTransport();
    FB_CHECK(handle.has_value());
    scsi_ = transport::MakeGated(recorder_->Wrap(std::move(handle).value()), family().cdb_rules(),
                                 gate_, true);
  }
  if (task_file) {
    auto handle = drive_->OpenTaskFile();
    FB_CHECK(handle.has_value());
    task_file_ = transport::MakeGated(recorder_->Wrap(std::move(handle).value()),
                                      family().task_file_rules(), gate_, true);
  }
  return family().Open(*model_, {.scsi = scsi_.get(),
                                 .task_file = task_file_.get(),
                                 .clock = &drive_->clock(),
                                 .second_device = drive_->spec().second_device,
                                 .simulated = simulated});
}

std::unique_ptr<ChipProgrammer> SimRig::OpenProgrammer() {
  OpenWith(true, true);
  return family().OpenProgrammer(*model_, {.scsi = scsi_.get(),
                                           .task_file = task_file_.get(),
                                           .clock = &drive_->clock(),
                                           .second_device = drive_->spec().second_device,
                                           .simulated = true});
}

Bytes SimRig::Image() const {
  std::string revision(model_->revision_prefix);
  revision.append("SB7", 4 - revision.size());
  auto image = SparseImage({.model = std::string(model_->model),
                            .revision = revision,
                            .size_bytes = ImageBytesOf(*RowOf(*model_)),
                            .seed = 2});
  FB_CHECK(image.has_value());
  auto target = family().ComposeTarget(*model_, drive_->FlashBytes(), *image);
  FB_CHECK(target.has_value());
  return std::move(target).value();
}

Bytes SimRig::Changed() const {
  Bytes bytes = drive_->FlashBytes();
  for (const uint32_t offset : {0x00007u, 0x01234u, 0x23456u, 0x50003u, 0x5fffeu, 0x5ffffu}) {
    bytes[offset] = bytes[offset] == 0x5a ? 0xa5 : 0x5a;
  }
  return bytes;
}

Status SimRig::EnterAndWrite(Session& session, ByteView target, WriteReport& report) {
  const Bytes current = drive_->FlashBytes();
  recorder_->BeginStep("enter update mode");
  RETURN_IF_ERROR(session.EnterUpdateMode(*hands_));
  recorder_->BeginStep("identify chip");
  gate_.SetLevel(transport::GateLevel::kChipIdentify);
  const Result<ChipIdentity> chip = session.IdentifyChip();
  gate_.SetLevel(transport::GateLevel::kReadOnly);
  if (!chip) return chip.error();
  ASSIGN_OR_RETURN(const WritePlan plan,
                   family().PlanWrite(*model_, Memory::kFirmware, current, target, chip->part));
  recorder_->BeginStep("write", {"vendor mode: read byte (00)"});
  hands_->NewPhase();
  drive_->MarkWriteStarted();
  gate_.SetLevel(transport::GateLevel::kOpen);
  const Status written = session.Write(plan, current, target, report, *hands_);
  gate_.SetLevel(transport::GateLevel::kReadOnly);
  drive_->MarkWriteEnded();
  return written;
}

std::vector<std::string> ModelNames() {
  std::vector<std::string> names;
  for (const ModelInfo& model : Models()) names.emplace_back(model.model);
  return names;
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  std::set<std::tuple<EntryGate, FirmwareRead, uint32_t, std::string_view>> seen;
  for (const ModelInfo& model : Models()) {
    const Row& row = *RowOf(model);
    const auto kind = std::tuple(row.gate, row.firmware_read, row.image_bytes, model.chip_part);
    if (seen.insert(kind).second) names.emplace_back(model.model);
  }
  return names;
}

std::string TestNameOf(const testing::TestParamInfo<std::string>& model) {
  std::string name = model.param;
  std::erase(name, '-');
  return name;
}

}  // namespace firmbench::families::mediatek_liteon
